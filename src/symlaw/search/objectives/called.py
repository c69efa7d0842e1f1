"""Formulas judged by a Python function: no rows, no target, nothing but a score."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.fit import make_rows
from symlaw.engine.losses.table import CALLED, Loss, RowLoss
from symlaw.engine.objectives.called import judge_address
from symlaw.engine.tape import from_nodes
from symlaw.language.algebra.tuples import formulas_of
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

    Array = NDArray[np.float64]

# Points at which behaviours are compared where the user gives none, and how far out they lie.
_POINTS, _REACH = 24, 3.0
# Scores that are kept, by formula.
_MOST_SCORES = 500_000
# Seconds of a call from which on it is worth to find a formula's canonical form first.
_WORTH_A_FORM = 5e-4
# Bits of a value that rounding may change.
_LAST_BITS = 8
# Messages of failures that are kept.
_MOST_MESSAGES = 5


@dataclass
class Judge:
    """A user's function with the scores that it gave.

    It is asked once for each formula: of the same nodes, of the same canonical form where a call takes long,
    and of the same values on the user's points. What it raises, and what is no finite number, is a bad score
    (inf), counted.

    Parameters
    ----------
    function
        Of a formula; a smaller number is better.
    language
        Formulas that may come.
    by_points
        Whether formulas of the same values on the sample points are one.
    n_formulas
        How many formulas it takes, a tuple of them where it is more than one.
    calls, seconds
        How often it was called, and how long that took.
    failures
        Messages of what it raised, with how often each did.
    not_finite
        How often it gave no finite number.
    deadline
        On the clock of `time.monotonic`, from which on nothing is asked any more.
    """

    function: Callable[[Any], float]
    language: Language
    by_points: bool = False
    n_formulas: int = 1
    calls: int = 0
    seconds: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)
    not_finite: int = 0
    deadline: float = math.inf
    _scores: dict[Any, float] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    def score(self, formula: Expression) -> float:
        """The function's score; inf where it fails, or when it is too late to ask."""
        known = self._scores.get(formula.nodes)
        if known is not None:
            return known
        if time.monotonic() > self.deadline:
            return math.inf
        with self._lock:
            return self._kept(formula.nodes, self._by_form(formula))

    def of_program(self, codes: Any, columns: Any, values: Any, points: Any) -> float:
        """The same of node arrays and values on sample points, as kernels hold them; it never raises."""
        key: Any = codes.tobytes(), columns.tobytes(), values.tobytes()
        if self.by_points:
            key = (points.view(np.int64) >> _LAST_BITS).tobytes()

        known = self._scores.get(key)
        if known is not None:
            return known
        language = self.language
        try:
            inner = from_nodes(codes, columns, values, language.operators, language.variables)
            return self._kept(key, self.score(language.shown(inner)))
        except Exception as error:
            self._note(error)
            return math.inf

    def _kept(self, key: Any, score: float) -> float:
        """A score, kept for the next time while there is room."""
        if len(self._scores) < _MOST_SCORES:
            self._scores[key] = score
        return score

    def _by_form(self, formula: Expression) -> float:
        """The score, of the canonical form where calls take long."""
        if self.by_points or self.seconds < _WORTH_A_FORM * self.calls:
            return self._ask(formula)
        form = tuple(part.canonical for part in formulas_of(formula, self.n_formulas))
        known = self._scores.get(form)
        return self._kept(form, self._ask(formula)) if known is None else known

    def _ask(self, formula: Expression) -> float:
        began = time.perf_counter()
        self.calls += 1
        try:
            with np.errstate(all="ignore"):
                parts = formulas_of(formula, self.n_formulas)
                found = float(self.function(parts[0] if self.n_formulas == 1 else parts))
        except Exception as error:
            self._note(error)
            return math.inf
        finally:
            self.seconds += time.perf_counter() - began
        if not math.isfinite(found):
            self.not_finite += 1
            return math.inf
        return found

    def _note(self, error: Exception) -> None:
        words = f"{type(error).__name__}: {error}"
        if words in self.failures or len(self.failures) < _MOST_MESSAGES:
            self.failures[words] = self.failures.get(words, 0) + 1
        else:
            self.failures["others"] = self.failures.get("others", 0) + 1


@dataclass(frozen=True)
class CalledObjective:
    """The score that a Python function gives.

    Parameters
    ----------
    judge
        The function and what it said.
    exact
        Score from which on formulas count as equally good; -inf where scores have no floor.
    alive
        What keeps the address alive by which kernels call it.
    """

    judge: Judge
    exact: float
    alive: Any

    @property
    def abilities(self) -> frozenset[Ability]:
        """None but the score."""
        return frozenset()

    @property
    def loss(self) -> Loss:
        """Nothing is known of it."""
        return Loss()

    @property
    def ordered_by(self) -> Callable[[Expression], float] | None:
        """The loss of a formula is its score already."""
        return None

    def shown(self, formula: Expression) -> Expression:
        """The formula as it is."""
        return formula


def make_called_problem(
    function: Callable[[Any], float],
    language: Language,
    *,
    n_formulas: int = 1,
    points: Array | None = None,
    floor: float = -math.inf,
    seed: int = 0,
) -> Problem:
    """Prepare a search for formulas that a function judges.

    Parameters
    ----------
    function
        Score of a formula, or of a tuple of them, smaller is better.
    language
        Formulas that may be proposed.
    n_formulas
        How many formulas are asked for.
    points
        (n_points, n_variables), where two formulas of equal values are one; made here where None.
    floor
        Score from which on formulas count as equally good.
    seed
        Of the points that are made here.
    """
    judge = Judge(function, language, points is not None, n_formulas)
    if points is None:
        rng = np.random.Generator(np.random.Philox(key=seed))
        points = _REACH * rng.uniform(-1.0, 1.0, (_POINTS, len(language.variables)))
        points[: _POINTS // 2] = np.abs(points[: _POINTS // 2])
    address, alive = judge_address(judge.of_program, len(points))
    columns = np.ascontiguousarray(np.asarray(points, dtype=float).T)
    loss = RowLoss(CALLED, 0.0, 0.0, 0.0, 1.0, 0, 0.0, 0.0, address)
    rows = make_rows(columns, np.zeros(len(points)))._replace(loss=loss, variance=1.0)
    places, objective = np.arange(len(points)), CalledObjective(judge, floor, alive)
    return Problem(language, rows, rows, rows, places, np.zeros(len(points)), 0.0, 1.0, objective)
