"""Statements about values that the data contradict: a formula that breaks only one of them is far better."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.values import values
from symlaw.search.scoring.expected_errors import residual_scale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Outcome
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Errors are clearly smaller when the sums of their squares on rows held out differ by so many standard
# errors, and the rows searched on say the same with this many nats; without rows held out more clearly.
_CLEARLY, _NATS, _NATS_ALONE = 2.5, 6.0, 12.0
# A formula breaks a statement really when it is off by this many standard deviations of the noise.
_REALLY = 1.0


@dataclass(frozen=True)
class Doubt:
    """A statement that the data contradict.

    Parameters
    ----------
    statement
        Its text.
    formula
        One that breaks only this.
    error
        Its root mean square error, on rows held out where there are some.
    allowed
        That of the best formula that holds everything.
    """

    statement: str
    formula: Expression
    error: float
    allowed: float

    def words(self) -> str:
        """In a sentence.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> print(Doubt("increasing in x", parse("2 - x"), 0.12, 0.48).words())
        the data contradict 'increasing in x': 2 - x breaks only that, and its error is 0.12 instead of 0.48
        """
        return (
            f"the data contradict {self.statement!r}: {self.formula.shown()} breaks only that,"
            f" and its error is {self.error:.3g} instead of {self.allowed:.3g}"
        )


def doubts_of(outcome: Outcome, problem: Problem, X: Array, y: Array) -> tuple[Doubt, ...]:
    """Statements of a problem that the data contradict: the costliest, and those that cost about as much.

    Parameters
    ----------
    outcome
        What a search for the problem gave.
    problem
        With its statements, and the rows searched on.
    X, y
        Rows held out, (n_rows, n_features) and (n_rows,); there may be none.
    """
    if problem.shape is None or not outcome.front:
        return ()
    searched = _Rows(problem.rows.X, problem.y, problem)
    held_out = _Rows(np.ascontiguousarray(X.T), y, problem)
    allowed = min(_length(entry, searched) for entry in outcome.front)
    enough = _NATS if len(y) else _NATS_ALONE
    found: list[tuple[float, Doubt]] = []
    for number, entries in outcome.doubts.items():
        length, _, broken = min(
            ((_length(entry, searched), entry.complexity, entry) for entry in entries),
            key=lambda one: one[:2],
        )
        if not allowed - length > enough:
            continue
        doubt = _doubt(number, broken, outcome.front, searched, held_out)
        if doubt is not None:
            found.append((length, doubt))
    # where one statement is false, breaking another one in its place helps too, but less
    least = min((length for length, _ in found), default=math.inf)
    return tuple(doubt for length, doubt in found if length <= least + _NATS)


@dataclass(frozen=True, eq=False)
class _Rows:
    """Rows on which formulas are compared: columns (n_features, n_rows) and target."""

    X: Array
    y: Array
    problem: Problem

    def values(self, entry: Entry) -> Array:
        """A formula's values, float64 (n_rows,)."""
        return values(entry.expression, dict(zip(self.problem.language.variables, self.X, strict=True)))

    def squares(self, entry: Entry) -> Array:
        """Squared errors, float64 (n_rows,); inf where the formula is undefined."""
        with np.errstate(all="ignore"):
            found: Array = (self.values(entry) - self.y) ** 2
        found[~np.isfinite(found)] = np.inf
        return found


def _doubt(
    number: int, broken: Entry, front: Sequence[Entry], searched: _Rows, held_out: _Rows
) -> Doubt | None:
    """A doubt about a statement that a far better formula breaks, if really and if errors confirm it."""
    shape = searched.problem.shape
    judged = held_out if len(held_out.y) else searched
    errors = judged.squares(broken)
    if shape is None or not np.all(np.isfinite(errors)):
        return None
    best = min(front, key=lambda entry: float(np.mean(judged.squares(entry))))
    noise = min(residual_scale(searched.X, searched.y), _rms(searched.squares(broken)))
    if len(held_out.y) and not _margin(best, broken, held_out, noise) > _CLEARLY:
        return None
    if not shape.worst(broken.expression, number).excess > _REALLY * noise:
        return None
    rms = (_rms(judged.squares(entry)) for entry in (broken, best))
    return Doubt(shape.statements[number].text, broken.expression, *rms)


def _margin(allowed: Entry, broken: Entry, rows: _Rows, noise: float) -> float:
    """Standard errors by which the squares of the one that breaks a statement are smaller in sum.

    Where two formulas differ by d, the difference of their squared errors has the standard deviation
    2 * noise * d, whichever of them is true.
    """
    squares, others = rows.squares(allowed), rows.squares(broken)
    if not np.all(np.isfinite(squares)):
        return math.inf
    apart = rows.values(allowed) - rows.values(broken)
    noise = max(noise, _rms(others))
    spread = 2.0 * noise * math.sqrt(float(np.sum(apart**2)))
    return float(np.sum(squares - others)) / spread if spread > 0 else 0.0


def _rms(squares: Array) -> float:
    return math.sqrt(float(np.mean(squares)))


def _length(entry: Entry, searched: _Rows) -> float:
    """Nats for the rows by a formula's errors and for its constants and nodes."""
    mean = float(np.mean(searched.squares(entry)))
    if not math.isfinite(mean):
        return math.inf
    n_rows, floor = len(searched.y), (1e-9 * searched.problem.y_scale) ** 2
    written = 0.5 * len(entry.expression.constants) * math.log(n_rows) + len(entry.expression.nodes)
    return 0.5 * n_rows * math.log(mean + floor) + written
