"""Coefficients of quotients of two polynomials, and which term to add to one.

Reweighting the linear problem ``P - y Q = 0`` by the last denominator turns its error into that of ``P / Q``
(Sanathanan and Koerner, *Transfer function synthesis as a ratio of two complex polynomials*, IEEE
Transactions on Automatic Control 8, 1963). Growing goes by the Gauss-Newton linearisation of ``P / Q``
itself, whose regressors hold the fitted values in place of the target's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.sparse.selection import least_squares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.sparse.terms import Library

    Array = NDArray[np.float64]

_REWEIGHTINGS = 4
_NEWTON_STEPS = 4
_HALVINGS = 5
# A term of which the others explain more than all but this fraction is not added.
_INDEPENDENT = 1e-8


class Quotient(NamedTuple):
    """Terms above and below, their coefficients, and the loss; the pivot's coefficient is 1."""

    above: tuple[int, ...]
    below: tuple[int, ...]
    pivot: int
    coefficients: Array
    loss: float


def reweighted(
    library: Library, y: Array, weights: Array, above: tuple[int, ...], below: tuple[int, ...], pivot: int
) -> Quotient | None:
    """Coefficients by Sanathanan and Koerner's iteration; None when the denominator changes its sign."""
    top, bottom, lead = library.values[list(above)], library.values[list(below)], library.values[pivot]
    columns, target = np.vstack([top, -y * bottom]), y * lead
    unit = np.max(np.abs(columns), axis=1)
    if not np.all(np.isfinite(unit)) or not np.all(unit > 0) or not np.max(np.abs(lead)) > 0:
        return None
    root, best = np.sqrt(weights / np.sum(weights)), None
    variance = float(root**2 @ (y - root**2 @ y) ** 2)
    denominator = np.full(len(y), np.max(np.abs(lead)))
    with np.errstate(all="ignore"):
        for _ in range(_REWEIGHTINGS):
            share = root / np.abs(denominator)
            if not np.all(np.isfinite(share)):
                break
            coefficients = least_squares((columns / unit[:, None] * share).T, target * share) / unit
            denominator = lead + coefficients[len(above) :] @ bottom
            residual = y - coefficients[: len(above)] @ top / denominator
            loss = float(root**2 @ residual**2) / variance
            one_sign = np.all(denominator > 0) or np.all(denominator < 0)
            if one_sign and np.isfinite(loss) and (best is None or loss < best.loss):
                best = Quotient(above, below, pivot, coefficients, loss)
    return best


def grown(
    library: Library, y: Array, weights: Array, max_coefficients: int, below_first: bool
) -> list[Quotient]:
    """Quotients grown from a constant by the term that promises most, one of each size.

    Parameters
    ----------
    library
        Terms, the constant 1 in front; it is the pivot.
    y, weights
        (n_rows,).
    max_coefficients
        Largest size.
    below_first
        Whether the first term goes below where above and below promise the same.
    """
    root = np.sqrt(weights / np.sum(weights))
    mean = float(root**2 @ y)
    quotient = Quotient((0,), (), 0, np.array([mean]), 1.0)
    found: list[Quotient] = []
    with np.errstate(all="ignore"):
        while len(quotient.coefficients) < max_coefficients and quotient.loss > 1e-20:
            larger = _with_best_term(library, y, root, quotient, below_first)
            if larger is None:
                break
            quotient = _newton(library, y, root, larger)
            found.append(quotient)
    return found


def _slopes(library: Library, quotient: Quotient) -> tuple[Array, Array, Array]:
    """Fitted values, and their derivatives by the coefficient of every term above and below."""
    n_above = len(quotient.above)
    top = quotient.coefficients[:n_above] @ library.values[list(quotient.above)]
    bottom = quotient.coefficients[n_above:] @ library.values[list(quotient.below)]
    bottom = bottom + library.values[quotient.pivot]
    above = library.values / bottom
    fitted = top / bottom
    return fitted, above, -fitted * above


def _with_best_term(
    library: Library, y: Array, root: Array, quotient: Quotient, below_first: bool
) -> Quotient | None:
    """The quotient with one more term, of coefficient 0; None where no term promises anything."""
    fitted, above, below = _slopes(library, quotient)
    n_terms = len(library.terms)
    columns = np.vstack([above, below]) * root
    used = [*quotient.above, *(n_terms + place for place in quotient.below)]
    if not np.all(np.isfinite(columns)):
        return None
    norms = np.sqrt(np.einsum("ij,ij->i", columns, columns))
    columns /= np.where(norms > 0, norms, 1.0)[:, None]
    basis = np.linalg.qr(columns[used].T)[0]
    columns -= (columns @ basis) @ basis.T
    left = np.einsum("ij,ij->i", columns, columns)
    gains = (columns @ (root * (y - fitted))) ** 2 / np.where(left > _INDEPENDENT, left, np.inf)
    gains[n_terms:] *= 1.0 + (1e-6 if below_first else -1e-6)
    gains[[*used, n_terms + quotient.pivot]] = 0.0
    best = int(np.argmax(gains))
    if not gains[best] > 0.0:
        return None
    n_above, c = len(quotient.above), quotient.coefficients
    if best >= n_terms:
        return quotient._replace(below=(*quotient.below, best - n_terms), coefficients=np.append(c, 0.0))
    coefficients = np.insert(c, n_above, 0.0)
    return quotient._replace(above=(*quotient.above, best), coefficients=coefficients)


def _newton(library: Library, y: Array, root: Array, quotient: Quotient) -> Quotient:
    """Gauss-Newton steps, each halved until the loss falls and the denominator keeps its sign."""
    variance = float(root**2 @ (y - root**2 @ y) ** 2)
    for _ in range(_NEWTON_STEPS):
        fitted, above, below = _slopes(library, quotient)
        slopes = np.vstack([above[list(quotient.above)], below[list(quotient.below)]]) * root
        norms = np.sqrt(np.einsum("ij,ij->i", slopes, slopes))
        if not np.all(np.isfinite(norms)) or not np.all(norms > 0):
            break
        step = least_squares((slopes / norms[:, None]).T, root * (y - fitted)) / norms
        for _ in range(_HALVINGS):
            trial = quotient._replace(coefficients=quotient.coefficients + step)
            values, slope, _ = _slopes(library, trial)
            loss = float(root**2 @ (y - values) ** 2) / variance
            sign = library.values[quotient.pivot] * slope[quotient.pivot]
            if loss < quotient.loss and np.all(sign > 0):
                break
            step = step / 2.0
        else:
            break
        quotient = trial._replace(loss=loss)
    return quotient
