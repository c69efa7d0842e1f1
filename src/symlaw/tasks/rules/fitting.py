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
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns
    from symlaw.search.watch import Watch
    from symlaw.tasks.rules.costs import Costs

    IsLate = Callable[[], bool]

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
    costs
        What errors cost.
    """

    columns: Columns
    y: NDArray[Any]
    weights: Floats
    costs: Costs

    def at(self, rows: NDArray[np.bool_]) -> Rows:
        """The same of some of the rows."""
        columns = {name: values[rows] for name, values in self.columns.items()}
        return Rows(columns, self.y[rows], self.weights[rows], self.costs)


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
    others = rows.costs.classes[rows.costs.classes != positive]
    found = _found(rows, positive, others, plan, (watch.is_late, watch.part(_LOOKING)))
    return Step(positive, found, np.ones(len(rows.y), bool), _shares(rows, rows.y == positive, found))


def _found(rows: Rows, label: Any, others: NDArray[Any], plan: Plan, late: tuple[IsLate, IsLate]) -> Found:
    """The front of a label, where one of some others is said in its place."""
    is_late, is_half = late
    smooth = smoothing(plan.seed, is_late) if rows.costs.differ else None
    costs = rows.costs.of_rows(rows.y, label, others, rows.weights)
    data = Data(rows.columns, rows.y == label, rows.weights, costs)
    return search(data, plan, is_late, smooth, is_half)


def _shares(rows: Rows, target: NDArray[np.bool_], found: Found) -> Shares:
    """How probable a class is among rows, by distance from the recommended rule of a front."""
    formula = found.front[found.place].formula
    return shares_of(formula, rows.columns, target, rows.weights)


def fit_list(rows: Rows, plan: Plan, watch: Watch) -> tuple[list[Step], Any]:
    """Rules for all classes but one, the rarest first, each on the rows left; and that class.

    What is left is the class that costs least where it is said of every row: the commonest, where all errors
    cost the same. Each rule has an equal share of the time that is left to the watch.
    """
    classes = rows.costs.classes
    mass = np.array([rows.weights[rows.y == label].sum() for label in classes])
    order = np.argsort(mass, kind="stable")
    said = mass @ rows.costs.matrix
    last = min(reversed(order.tolist()), key=lambda place: said[place]) if rows.costs.differ else order[-1]
    order = np.array([*(place for place in order if place != last), last])
    left = np.ones(len(rows.y), bool)
    steps: list[Step] = []
    for number, label in enumerate(classes[order[:-1]]):
        part = rows.at(left)
        own = part.y == label
        if not own.any() or own.all():
            continue
        watch.tell(f"rules for {label}")
        share = 1.0 / (len(order) - 1 - number)
        late = watch.part(share), watch.part(_LOOKING * share)
        found = _found(part, label, classes[order[number + 1 :]], plan, late)
        if found.front[found.place].formula == NEVER:
            continue
        steps.append(Step(label, found, left.copy(), _shares(part, own, found)))
        left = left & ~truths_of(found.front[found.place].formula, rows.columns, len(rows.y))
    return steps, classes[last]
