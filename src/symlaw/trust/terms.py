"""What each term of a sum is worth: its share of the variance, its coefficient, what leaving it out costs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine import reference
from symlaw.engine.evaluate import evaluate
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import operator
from symlaw.search.constants.coefficients import written_out
from symlaw.trust.constants.fit import Fit, Sample, model_of

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
_DIGITS = 6
_NUMBERS = ("coefficient", "error", "share", "cost")
_HEADS = ("share", "coefficient", "without it", "term")


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


def table_of_terms(terms: Sequence[TermFigures]) -> list[tuple[str, ...]]:
    """Heads and cells as they are shown everywhere; empty where there are no terms."""
    return [_HEADS, *(one.cells() for one in terms)] if terms else []


def several_terms(formula: Expression) -> list[tuple[float, Expression]]:
    """Coefficients and terms of a sum of three terms or more; none of other formulas."""
    terms = terms_of(formula)
    return terms if len(terms) >= LEAST_TERMS else []


def term_figures(formula: Expression, sample: Sample) -> tuple[TermFigures, ...]:
    """Figures of a sum's terms, the largest share first; none of a formula of fewer than three terms.

    Parameters
    ----------
    formula
        Complete, scale and offset included.
    sample
        Rows, target and weights.
    """
    terms = several_terms(formula)
    if not terms or any(row.table for row in formula.operators):
        return ()
    coefficients = np.array([coefficient for coefficient, _ in terms])
    with np.errstate(all="ignore"):
        *each, whole = evaluate([*(term for _, term in terms), formula], sample.X, sample.names)
        values = np.array(each)
        if not (np.all(np.isfinite(values)) and np.all(np.isfinite(whole))):
            return ()
        root = np.sqrt(sample.weights / np.sum(sample.weights))
        parts = coefficients[:, None] * values
        centred = (parts - (parts @ root**2)[:, None]) * root
        total = np.sum(centred, axis=0)
        if not total @ total > 0.0:
            return ()
        shares = centred @ total / (total @ total)
        costs = _costs(values, sample.y, whole, root)
        offset = float(np.mean(whole - np.sum(parts, axis=0)))
        errors = _errors(terms, offset, sample, sample.y - whole)
    found = [
        TermFigures(term.shown(_DIGITS), *map(float, figures))
        for (_, term), *figures in zip(terms, coefficients, errors, shares, costs, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -one.share))


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
    terms: Sequence[tuple[float, Expression]], offset: float, sample: Sample, residual: Array
) -> Array:
    """Standard errors of the coefficients, with all constants fitted; nan where rows do not tell them."""
    sums, coefficients = written_out(terms)
    model = model_of(Expression((*sums.nodes, Constant(offset), operator("+"))))
    slopes, root = model.values_and_slopes(sample.X, sample.names)[1], np.sqrt(sample.weights)
    fit = Fit(model, sample, root * residual, root[:, None] * slopes)
    constants = [place for place, node in enumerate(sums.nodes) if isinstance(node, Constant)]
    own = [model.places[constants.index(place)] for place in coefficients]
    variances = np.diag(fit.covariance())[own]
    return np.where(np.isfinite(variances), np.sqrt(variances), np.nan)
