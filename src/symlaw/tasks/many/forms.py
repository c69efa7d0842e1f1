"""Forms: formulas without their numbers, fitted to table after table and compared there."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.errors import DataError
from symlaw.language.expression import Constant, Expression
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample, fitted, model_of
from symlaw.trust.selection.description import Criteria, criteria_on, description_length
from symlaw.trust.selection.finding import Candidate, Finding, finding_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Evaluations of a formula and its slopes in one fit.
_STEPS = 60
# Gain of a loss, as a share, from which another start is the better one.
_BETTER = 1e-6
# Tables that a form is counted to have been seen in beside those where it is, of the share that it costs.
_UNSEEN = 0.5


class Form(NamedTuple):
    """A formula whose numbers are any.

    Attributes
    ----------
    key
        Its symbols in postfix order, numbers left out.
    starts
        The formula with numbers that it had in some tables, which fits begin from.
    """

    key: str
    starts: tuple[Expression, ...]


def key_of(formula: Expression) -> str:
    """What formulas that differ in their numbers only have in common."""
    record = json.loads(formula.to_json())
    return " ".join(
        "c" if isinstance(node, Constant) else json.dumps(one, sort_keys=True)
        for node, one in zip(formula.nodes, record["nodes"], strict=True)
    )


def forms_of(formulas: Sequence[Expression], most_starts: int) -> list[Form]:
    """The forms of formulas, in their order, each with its first few starts."""
    found: dict[str, list[Expression]] = {}
    for formula in formulas:
        starts = found.setdefault(key_of(formula), [])
        if len(starts) < most_starts:
            starts.append(formula)
    return [Form(key, tuple(starts)) for key, starts in found.items()]


@dataclass(frozen=True)
class Rows:
    """One of the tables.

    Parameters
    ----------
    X, y
        (n_rows, n_features) and (n_rows,).
    names
        Of the columns.
    """

    X: Array
    y: Array
    names: tuple[str, ...]

    def sample(self) -> Sample:
        """The rows, of equal weights."""
        return Sample(self.X, self.y, self.names, np.ones(len(self.y)))


class Judged(NamedTuple):
    """A formula on a table.

    Attributes
    ----------
    key
        Of its form.
    expression
        With the numbers that fit best there.
    loss
        Share of the target's variance that it leaves.
    named, data
        Nats for its form, and for its numbers and the rows with its help.
    """

    key: str
    expression: Expression
    loss: float
    named: float
    data: float


def constant_of(rows: Rows, criteria: Criteria) -> Judged:
    """The best constant on a table."""
    formula = Expression((Constant(float(np.mean(rows.y))),))
    named = criteria.named(formula)
    length = description_length(Entry(formula, 1.0, 1.0, formula), criteria, rows.sample())
    return Judged("c", formula, 1.0, named, length - named)


def judged(form: Form, rows: Rows, criteria: Criteria) -> Judged | None:
    """A form with its numbers fitted to a table; None where it is not defined there."""
    sample, best, loss = rows.sample(), None, math.inf
    deviation = float(np.std(rows.y))
    for start in form.starts:
        try:
            fit = fitted(model_of(start), sample, max_steps=_STEPS)
        except DataError:
            continue
        found = fit.squares / (len(rows.y) * deviation**2)
        if found < loss * (1.0 - _BETTER):
            best, loss = fit.expression, found
    if best is None:
        return None
    named = criteria.named(best)
    length = description_length(Entry(best, best.complexity(), loss, best), criteria, sample)
    return Judged(form.key, best, loss, named, length - named) if math.isfinite(length) else None


def on_table(forms: Sequence[Form], rows: Rows, operators: Sequence[str]) -> list[Judged]:
    """The best constant, and each form that is defined on a table."""
    with np.errstate(all="ignore"):
        criteria = criteria_on(rows.sample(), operators)
        found = (judged(form, rows, criteria) for form in forms)
        return [constant_of(rows, criteria), *(one for one in found if one is not None)]


def lengths_of(candidates: Sequence[Judged], shares: Mapping[str, float]) -> list[float]:
    """Description lengths of formulas on a table, where a form costs no more than its share says.

    Parameters
    ----------
    candidates
        Formulas on the table.
    shares
        By form, the share of the other tables that have it.
    """
    return [one.data + min(one.named, _price(shares.get(one.key, 0.0))) for one in candidates]


def chosen_of(candidates: Sequence[Judged], shares: Mapping[str, float]) -> Judged:
    """The formula of the shortest description on a table."""
    return candidates[int(np.argmin(lengths_of(candidates, shares)))]


def found_on(
    candidates: Sequence[Judged], rows: Rows, shares: Mapping[str, float], largest: float
) -> Finding:
    """What a table says of the formula that is chosen there.

    Parameters
    ----------
    candidates, shares
        As in `lengths_of`, a constant among the formulas.
    rows
        The table.
    largest
        Complexity up to which formulas were searched.
    """
    lengths = lengths_of(candidates, shares)
    compared = [
        Candidate(one.expression, one.expression.complexity(), one.loss, length)
        for one, length in zip(candidates, lengths, strict=True)
    ]
    with np.errstate(all="ignore"):
        return finding_of(compared, int(np.argmin(lengths)), rows.X, rows.names, None, largest)


def shares_of(chosen: Mapping[object, str]) -> dict[str, float]:
    """By form, in which share of the tables it was chosen; one table more has none of them."""
    counts: dict[str, int] = {}
    for key in chosen.values():
        counts[key] = counts.get(key, 0) + 1
    total = len(chosen) + 1.0
    # a form of one table says nothing of the others
    return {key: (count - _UNSEEN) / total for key, count in counts.items() if count > 1}


def _price(share: float) -> float:
    return -math.log(share) if share > 0.0 else math.inf
