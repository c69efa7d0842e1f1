"""What each term of a sum is worth: its share of the variance, its coefficient, what leaving it out costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine import reference
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import operator
from symlaw.search.constants.coefficients import written_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# A sum of fewer terms says by itself what is in it.
LEAST_TERMS = 3
# A term that costs no more than this is not needed: nats.
NEEDED = 5.0
# Losses below this share of the variance are rounding.
_EXACT = 1e-28
# Directions of constants in which formulas stay the same, and their share in a constant that is not told.
_SINGULAR, _UNTOLD = 1e-12, 1e-6


@dataclass(frozen=True)
class TermFigures:
    """One term of a sum.

    Parameters
    ----------
    text
        The term without its coefficient.
    coefficient, error
        The coefficient and its standard error, all constants of the formula being uncertain; nan where the
        rows do not tell it.
    share
        Covariance of the term with the formula over the formula's variance: shares add up to 1, and one
        below 0 is of a term that others outweigh.
    cost
        Nats of description length by which the rows are worse told without it, the other coefficients fitted
        again.
    """

    text: str
    coefficient: float
    error: float
    share: float
    cost: float

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON: None for what is not finite."""
        return {k: None if v != v or v in (math.inf, -math.inf) else v for k, v in asdict(self).items()}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> TermFigures:
        """Read what `to_record` gave."""
        numbers = {name: math.nan if record[name] is None else float(record[name]) for name in _NUMBERS}
        return cls(str(record["text"]), **numbers)

    def cells(self) -> tuple[str, str, str, str]:
        """Share, coefficient, cost and term, as they are shown."""
        error = f" ± {self.error:.1g}" if math.isfinite(self.error) else ""
        cost = "not needed" if self.cost <= NEEDED else f"{self.cost:,.0f} nats"
        return f"{100 * self.share:.0f}%", f"{self.coefficient:.4g}{error}", cost, self.text


def read_terms(records: Iterable[Mapping[str, Any]]) -> tuple[TermFigures, ...]:
    """Figures from what `TermFigures.to_record` gave of each."""
    return tuple(map(TermFigures.from_record, records))


_NUMBERS = ("coefficient", "error", "share", "cost")
HEADS = ("share", "coefficient", "without it", "term")


def term_figures(
    formula: Expression, columns: Mapping[str, Array], y: Array, weights: Array | None = None
) -> tuple[TermFigures, ...]:
    """Figures of a sum's terms, the largest share first; none of a formula of fewer than three terms.

    Parameters
    ----------
    formula
        Complete, scale and offset included.
    columns
        Rows by name, float64 (n_rows,) each.
    y, weights
        Target and weights, float64 (n_rows,).
    """
    terms = terms_of(formula)
    if len(terms) < LEAST_TERMS or any(row.table for row in formula.operators):
        return ()
    w = np.ones(len(y)) if weights is None else weights
    root = np.sqrt(w / np.sum(w))
    with np.errstate(all="ignore"):
        values = np.array([np.broadcast_to(reference.values(t, columns), len(y)) for _, t in terms])
        whole = np.asarray(reference.values(formula, columns))
        if not (np.all(np.isfinite(values)) and np.all(np.isfinite(whole))):
            return ()
        coefficients = np.array([coefficient for coefficient, _ in terms])
        parts = coefficients[:, None] * values
        centred = (parts - (parts @ root**2)[:, None]) * root
        total = np.sum(centred, axis=0)
        if not total @ total > 0.0:
            return ()
        shares = centred @ total / (total @ total)
        costs = _costs(values, y, whole, root)
        errors = _errors(terms, whole - np.sum(parts, axis=0), columns, y - whole, root)
    found = [
        TermFigures(term.shown(_DIGITS), *map(float, figures))
        for (_, term), *figures in zip(terms, coefficients, errors, shares, costs, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -one.share))


_DIGITS = 6


def _costs(values: Array, y: Array, whole: Array, root: Array) -> Array:
    """Nats that each term saves."""
    spread = float(np.sum(((y - float(y @ root**2)) * root) ** 2))
    left = max(float(np.sum(((y - whole) * root) ** 2)), _EXACT * spread)
    costs = []
    for place in range(len(values)):
        others = np.vstack([np.delete(values, place, axis=0), np.ones(len(y))]) * root
        units = np.linalg.norm(others, axis=1)
        design = (others / np.where(units > 0.0, units, 1.0)[:, None]).T
        target = y * root
        without = target - design @ reference.least_squares(design, target)
        costs.append(0.5 * len(y) * math.log(max(float(without @ without), left) / left))
    return np.array(costs)


def _errors(
    terms: Sequence[tuple[float, Expression]],
    offset: Array,
    columns: Mapping[str, Array],
    residual: Array,
    root: Array,
) -> Array:
    """Standard errors of the coefficients, with all constants fitted."""
    sums, _ = written_out(terms)
    written = Expression((*sums.nodes, Constant(float(np.mean(offset))), operator("+")))
    slopes = reference.jacobian(written, columns) * root[:, None]
    free = [node for node in written.nodes if isinstance(node, Constant)]
    place, places = 0, []
    for _, term in terms:
        places.append(place)
        place += 1 + sum(isinstance(node, Constant) for node in term.nodes)
    if slopes.shape[1] != len(free) or not np.all(np.isfinite(slopes)):
        return np.full(len(terms), np.nan)
    units = np.linalg.norm(slopes, axis=0)
    if not np.all(units > 0.0) or len(residual) <= len(free):
        return np.full(len(terms), np.nan)
    values, vectors = np.linalg.eigh((slopes / units).T @ (slopes / units))
    known = values > _SINGULAR * values[-1]
    # a number inside of a term may do what its coefficient does
    told = np.sum(vectors[:, ~known] ** 2, axis=1) < _UNTOLD
    variance = float(np.sum((residual * root) ** 2)) / (len(residual) - len(free))
    squares = (vectors[:, known] ** 2 / values[known]).sum(axis=1) * variance / units**2
    return np.asarray(np.where(told, np.sqrt(squares), np.nan)[places])
