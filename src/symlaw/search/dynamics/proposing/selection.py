"""Which few terms of a library make up a right side: forwards with a beam, and backwards from all powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_BEAM, _PAIRS, _NEXT = 6, 24, 8
# Columns are one where less than this share of a column's square is new.
_NEW = 1e-9


class Chosen(NamedTuple):
    """A few terms and how well they do.

    Attributes
    ----------
    places
        Of the terms in the library, rising.
    left
        Share of the target's square that is left.
    """

    places: tuple[int, ...]
    left: float


def forwards(
    A: Array, b: Array, most: int, forms: NDArray[Any], firsts: NDArray[Any] | None = None
) -> list[Chosen]:
    """Sets of up to ``most`` columns of A (n_rows, n_columns), each step adding to the best few.

    Parameters
    ----------
    A, b
        Columns, and what their sum is to be.
    most
        Columns of a set at most.
    forms
        A number for each column; of sets with the same numbers the best is kept.
    firsts
        Columns whose pairs with any other are all tried; none by default.

    Returns
    -------
    list of Chosen
        All that were in the beam.
    """
    total = float(b @ b)
    beam, found = [Chosen((), 1.0)], dict[tuple[int, ...], Chosen]()
    for size in range(1, most + 1):
        grown: dict[tuple[int, ...], Chosen] = {}
        for one in beam:
            for place, left in _added(A, b, one.places, total, forms):
                places = tuple(sorted((*one.places, place)))
                key = tuple(sorted(forms[list(places)].tolist()))
                if key not in grown or left < grown[key].left:
                    grown[key] = Chosen(places, left)
        for one in pairs(A, b, forms, firsts) if size == 2 and firsts is not None else ():
            grown[tuple(sorted(forms[list(one.places)].tolist()))] = one
        beam = sorted(grown.values(), key=lambda one: one.left)[: _PAIRS if firsts is not None else _BEAM]
        found.update((one.places, one) for one in beam)
        if not beam or beam[0].left < 1e-16:
            break
    return list(found.values())


def pairs(A: Array, b: Array, forms: NDArray[Any], firsts: NDArray[Any]) -> list[Chosen]:
    """Pairs of one of the first columns and any other that leave least, one of each two forms."""
    total, gram, slope = float(b @ b), A[:, firsts].T @ A, A.T @ b
    own = np.einsum("ij,ij->j", A, A)
    whole = np.outer(own[firsts], own)
    rest = whole - gram**2
    usable = rest > _NEW * whole
    gain = np.outer(slope[firsts] ** 2, own) + np.outer(own[firsts], slope**2)
    gain -= 2.0 * np.outer(slope[firsts], slope) * gram
    gains = np.where(usable, gain / np.where(usable, rest, 1.0), -1.0).ravel()
    most = min(60 * _PAIRS, len(gains) - 1)
    order = np.argpartition(-gains, most)[:most]
    order = order[np.argsort(-gains[order], kind="stable")]
    found: dict[tuple[int, int], Chosen] = {}
    for place in order:
        i, j = int(firsts[place // len(own)]), int(place % len(own))
        key = (min(forms[i], forms[j]), max(forms[i], forms[j]))
        if gains[place] > 0.0 and key not in found:
            found[key] = Chosen((i, j), max(total - float(gains[place]), 0.0) / total)
    return list(found.values())[:_PAIRS]


def _added(
    A: Array, b: Array, places: tuple[int, ...], total: float, forms: NDArray[Any]
) -> list[tuple[int, float]]:
    """The columns, one of each form, that take most off the residual of a set, and what they leave."""
    norms = np.einsum("ij,ij->j", A, A)
    if places:
        q, _ = np.linalg.qr(A[:, places])
        inner = q.T @ A
        residual = b - q @ (q.T @ b)
        rest = norms - np.einsum("ij,ij->j", inner, inner)
        gain = residual @ A
    else:
        residual, rest, gain = b, norms, b @ A
    usable = rest > _NEW * np.maximum(norms, 1e-300)
    gains = np.where(usable, gain**2 / np.where(usable, rest, 1.0), -1.0)
    order = np.argsort(-gains, kind="stable")[: 8 * _NEXT]
    _, first = np.unique(forms[order], return_index=True)
    now = float(residual @ residual)
    best = order[np.sort(first)][:_NEXT]
    return [(int(k), max(now - float(gains[k]), 0.0) / total) for k in best if gains[k] > 0.0]


def backwards(A: Array, b: Array, allowed: NDArray[Any], most: int) -> list[Chosen]:
    """Sets of at most ``most`` of the allowed columns: the least needed of all is taken out in turn."""
    total, kept, found = float(b @ b), list(map(int, allowed)), []
    while len(kept) > 0:
        part = A[:, kept]
        gram = part.T @ part
        gram[np.diag_indices(len(kept))] *= 1.0 + 1e-12
        try:
            inverse = np.linalg.inv(gram)
        except np.linalg.LinAlgError:
            inverse = np.linalg.pinv(gram)
        weights = inverse @ (part.T @ b)
        residual = b - part @ weights
        if len(kept) <= most:
            found.append(Chosen(tuple(sorted(kept)), float(residual @ residual) / total))
        loss = weights**2 / np.maximum(np.diag(inverse), 1e-300)
        del kept[int(np.argmin(loss))]
    return found


def coefficients(A: Array, b: Array, places: tuple[int, ...]) -> Array:
    """Least squares of a set, (n_places,)."""
    return np.asarray(np.linalg.lstsq(A[:, places], b, rcond=None)[0])
