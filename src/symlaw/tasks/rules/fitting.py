"""Fitting a decision: one rule for two classes, a list of rules for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.language.rules.formula import NEVER, truths_of
from symlaw.search.rules.preparing import Data, Plan
from symlaw.search.rules.search import Found, search
from symlaw.tasks.rules.probabilities import Shares, shares_of
from symlaw.tasks.rules.smoothing import smoothing

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns
    from symlaw.search.watch import Watch

    Floats = NDArray[np.float64]


# The share of the time that columns of wide tables, and conjunctions, may be looked for.
_LOOKING = 0.5


@dataclass(frozen=True)
class Rows:
    """The rows of a fit.

    Attributes
    ----------
    columns
        The table.
    y
        Labels (n_rows,).
    weights
        What rows count, (n_rows,), above 0.
    miss, false_alarm
        What errors cost, for two classes.
    """

    columns: Columns
    y: NDArray[Any]
    weights: Floats
    miss: float = 1.0
    false_alarm: float = 1.0


class Step(NamedTuple):
    """A clause of a decision and what was found for it.

    Attributes
    ----------
    label
        The class that it is about.
    found
        The front.
    rows
        Which rows it was found on: those that no earlier clause takes.
    shares
        How probable the class is, by distance from the decision.
    """

    label: Any
    found: Found
    rows: NDArray[np.bool_]
    shares: Shares


def fit_two(rows: Rows, positive: Any, plan: Plan, watch: Watch) -> Step:
    """The rule for one of two classes."""
    target = rows.y == positive
    costs = np.where(target, rows.miss, rows.false_alarm)
    smooth = smoothing(plan.seed, watch.is_late) if rows.miss != rows.false_alarm else None
    found = search(
        Data(rows.columns, target, rows.weights, costs), plan, watch.is_late, smooth, watch.part(_LOOKING)
    )
    return Step(positive, found, np.ones(len(target), bool), _shares(rows, target, found))


def _shares(rows: Rows, target: NDArray[np.bool_], found: Found) -> Shares:
    """How probable a class is among rows, by distance from the recommended rule of a front."""
    formula = found.front[found.place].formula
    return shares_of(formula, rows.columns, target, rows.weights)


def fit_list(rows: Rows, classes: NDArray[Any], plan: Plan, watch: Watch) -> tuple[list[Step], Any]:
    """Rules for all classes but the commonest, the rarest first, each on the rows left; and that class.

    Each has an equal share of the time that is left to the watch.
    """
    mass = np.array([rows.weights[rows.y == label].sum() for label in classes])
    order = classes[np.argsort(mass, kind="stable")]
    left = np.ones(len(rows.y), bool)
    steps: list[Step] = []
    for number, label in enumerate(order[:-1]):
        own = rows.y[left] == label
        if not own.any() or own.all():
            continue
        part = Rows(
            {name: values[left] for name, values in rows.columns.items()}, rows.y[left], rows.weights[left]
        )
        data = Data(part.columns, own, part.weights, np.ones(len(own)))
        watch.tell(f"rules for {label}")
        share = 1.0 / (len(order) - 1 - number)
        found = search(data, plan, watch.part(share), None, watch.part(_LOOKING * share))
        if found.front[found.place].formula == NEVER:
            continue
        steps.append(Step(label, found, left.copy(), _shares(part, own, found)))
        left = left & ~truths_of(found.front[found.place].formula, rows.columns, len(rows.y))
    return steps, order[-1]
