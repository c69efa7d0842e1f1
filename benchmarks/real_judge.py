"""Whether a formula is what is accepted for a published data set, as good as that, or nonsense.

*Accepted*: it is an accepted form but for its constants, of which it has no more, or has the values of one
when the constants of both are fitted to the rows. *As good*: it is no longer than an accepted form, and
misses rows that were left out by at most 5% more. Whole and half numbers up to 10 belong to the structure of
a formula; all others are fitted.
"""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.candidates import as_sympy
from benchmarks.distance import skeleton
from symlaw.errors import DataError
from symlaw.language.values import values
from symlaw.search.archive import Entry
from symlaw.search.problem import make_problem
from symlaw.search.pruning.artefacts import is_artefact
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.constants.fit import Model, Sample, fitted, model_of
from symlaw.trust.selection.description import fitted_constants
from symlaw.trust.selection.validation import folds_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.real_sets import Form, RealSet
    from symlaw.language import Expression

ACCEPTED, AS_GOOD, MISSED = "accepted", "as good", "missed"
# Values are the same within this share of the accepted form's residuals, or of the target's spread.
RESIDUAL_SHARE, SPREAD_SHARE = 1e-3, 1e-6
# As good: misses rows left out by so many times as much as the accepted form at most.
AS_MUCH = 1.05
# Tables of fewer rows are judged leaving out one row at a time, others in so many folds.
FEW_ROWS, FOLDS = 15, 10
EXACT_LOSS = 1e-20


class Row(NamedTuple):
    """A formula of a front: its constants as found, complexity and loss as the front states them."""

    formula: Expression
    complexity: float
    loss: float


@dataclass(frozen=True)
class RealVerdict:
    """What is said of a recommended formula.

    Attributes
    ----------
    verdict
        ``"accepted"``, ``"as good"`` or ``"missed"``.
    accepted_form
        The form that it was compared with last: the one that it is, or is as good as, or else the one that
        misses left-out rows least.
    nodes, accepted_nodes
        Complexities of both, counted alike.
    left_out, accepted_left_out
        Root mean square errors of both on rows left out, in units of the target.
    """

    verdict: str
    accepted_form: str
    nodes: float
    accepted_nodes: float
    left_out: float
    accepted_left_out: float

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON; errors without bound are None."""
        return {name: plain(value) for name, value in asdict(self).items()}


def plain(value: Any) -> Any:
    """A value as JSON has it: None for numbers that are not finite."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


class _Reference(NamedTuple):
    """An accepted form, fitted, and its error on rows left out."""

    form: Form
    fit: Expression
    left_out: float


def verdict(candidate: Expression, real: RealSet) -> RealVerdict:
    """Judge a recommended formula.

    Parameters
    ----------
    candidate
        The formula, its constants as found.
    real
        The set that it was found for.
    """
    missed = left_out_error(candidate, real)
    known = [
        _Reference(form, fit, left_out_error(fit, real, form.model))
        for form, fit in ((form, real.fit(form)) for form in real.forms)
    ]

    def said(word: str, one: _Reference) -> RealVerdict:
        nodes = candidate.complexity()
        return RealVerdict(word, one.form.formula, nodes, one.fit.complexity(), missed, one.left_out)

    for one in known:
        if is_same(candidate, one.form, one.fit, real):
            return said(ACCEPTED, one)
    least = SPREAD_SHARE * float(np.std(real.y))
    for one in known:
        as_short = candidate.complexity() <= one.fit.complexity()
        if as_short and missed <= max(AS_MUCH * one.left_out, least):
            return said(AS_GOOD, one)
    return said(MISSED, min(known, key=lambda one: one.left_out))


def is_accepted(candidate: Expression, real: RealSet) -> bool:
    """Whether a formula is one of a set's accepted forms, without asking how it does on rows left out."""
    return any(is_same(candidate, form, real.fit(form), real) for form in real.forms)


def is_same(candidate: Expression, form: Form, fit: Expression, real: RealSet) -> bool:
    """Whether a formula is an accepted form: but for its constants, of which it has no more, or in values."""
    as_few = len(structure(candidate).names) <= len(form.start)
    if as_few and skeleton(as_sympy(candidate)) == skeleton(as_sympy(fit)):
        return True
    return has_values(candidate, fit, real)


def has_values(candidate: Expression, accepted: Expression, real: RealSet) -> bool:
    """Whether a formula, as it is or when it is fitted, has the values of a fitted accepted one."""
    expected = _values(accepted, real)
    residual = _rms(expected - real.y)
    bound = max(RESIDUAL_SHARE * residual, SPREAD_SHARE * float(np.std(real.y)))
    # the fit may end elsewhere than the search did
    refitted = _refitted(structure(candidate), real.sample)
    return any(_rms(_values(one, real) - expected) <= bound for one in (candidate, refitted))


def structure(formula: Expression) -> Model:
    """A formula whose whole and half numbers up to 10 stay as they are when it is fitted."""
    model = model_of(formula)
    for place in reversed(range(len(model.names))):
        if _is_structural(model.values[place]):
            model = model.without(place)
    return model


def _is_structural(value: float) -> bool:
    return abs(value) <= 10.0 and float(2.0 * value).is_integer()


def left_out_error(formula: Expression, real: RealSet, model: Model | None = None) -> float:
    """Root mean square error on rows that the constants were not fitted to; inf where it is undefined.

    Parameters
    ----------
    formula
        Its constants are where each fit begins.
    real
        The rows.
    model
        Which numbers are fitted; by default all that are no whole or half ones.
    """
    sample = real.sample
    start = structure(formula) if model is None else fitted(model, sample).model
    n_folds = sample.n_rows if sample.n_rows < FEW_ROWS else FOLDS
    errors = np.concatenate(list(_errors(start, sample, folds_of(sample.n_rows, n_folds, 0))))
    found = _rms(errors)
    return found if math.isfinite(found) else math.inf


def _errors(
    start: Model, sample: Sample, folds: Sequence[NDArray[np.int64]]
) -> Iterator[NDArray[np.float64]]:
    for fold in folds:
        rest, left = sample.at(np.setdiff1d(np.arange(sample.n_rows), fold)), sample.at(fold)
        own = _refitted(start, rest)
        yield values(own, dict(zip(left.names, left.X.T, strict=True))) - left.y


def _refitted(model: Model, sample: Sample) -> Expression:
    """A formula fitted to rows, or as it is where it is undefined on one."""
    try:
        return fitted(model, sample).expression
    except DataError:
        return model.expression


def nonsense(front: Sequence[Row], recommended: int, reason: str, real: RealSet) -> list[str]:
    """What of a front is nonsense, each in a sentence; none for a front that makes sense.

    Parameters
    ----------
    front
        The formulas that are shown.
    recommended
        Which of them is recommended.
    reason
        Why, as it is stated.
    real
        The rows.
    """
    n_rows, found = len(real.y), []
    problem = make_problem(real.X, real.y, Settings().language(list(real.inputs)))
    for row in front:
        text = row.formula.text(digits=6)
        if fitted_constants(row.formula) >= n_rows:
            found.append(f"{text} has as many fitted constants as there are rows")
        if not np.all(np.isfinite([row.complexity, row.loss, *_values(row.formula, real)])):
            found.append(f"{text} is not finite on every row")
        elif is_artefact(Entry(row.formula, row.complexity, row.loss, row.formula), problem):
            found.append(f"{text} is an artefact of rounding")
    best = front[recommended]
    if re.search(r"\bexact\b", reason) and not best.loss <= EXACT_LOSS:
        found.append(f"the recommended formula is called exact at a loss of {best.loss:.3g}")
    if fitted_constants(best.formula) >= max(1, n_rows - 1):
        found.append(f"{best.formula.text(digits=6)} is recommended and has a constant for each row but one")
    return found


def _values(formula: Expression, real: RealSet) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        found = values(formula, dict(zip(real.inputs, real.X.T, strict=True)))
    return np.broadcast_to(np.asarray(found, dtype=float), real.y.shape)


def _rms(errors: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt(np.mean(errors**2)))
