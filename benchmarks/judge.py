"""When a formula is the law of a problem; the same judge for every engine.

A candidate is the law when all of this holds:

- before refitting it has at most 2 n + 4 nodes, where the law has n; both counted in SymPy's tree;
- it uses no column but the problem's inputs;
- after its constants are refitted on clean rows, abs(f - y) <= 1e-6 (abs(y) + 1e-6 std(y)) on each of 500
  fresh rows;
- no additive term of it, except an overall offset, vanishes on refitting: leaving the term out changes the
  formula by more than 1e-6 std(y) somewhere. A term inside another function is judged by what leaving it
  out does to the value of the whole formula.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from benchmarks.candidates import (
    Parametrised,
    as_sympy,
    count_nodes,
    parametrise,
    truth,
    without_each_term,
)
from benchmarks.refit import refits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from benchmarks.problems import Problem, Sample
    from symlaw.language import Expression

FIT_ROWS, CHECK_ROWS = 1000, 500
PRECISION = 1e-6
MAX_CONSTANTS = 60
LAW, VANISHING, OTHER_COLUMNS = "law", "a term that vanishes", "uses columns that are no inputs"
_UNDEFINED = (sympy.nan, sympy.zoo, sympy.oo, sympy.I)


@dataclass(frozen=True)
class Verdict:
    """What the judge says of a formula.

    Attributes
    ----------
    law
        Whether it is the law.
    reason
        In a few words why not; ``"law"`` where it is.
    nodes
        Its size before refitting.
    """

    law: bool
    reason: str
    nodes: int


@dataclass(frozen=True)
class Judge:
    """The rows and bounds by which the candidates for one problem are judged.

    Parameters
    ----------
    names
        Names of the inputs.
    fit
        Clean rows to refit constants on.
    check
        Fresh clean rows to check on.
    max_nodes
        Largest size of a candidate.
    """

    names: tuple[str, ...]
    fit: Sample
    check: Sample
    max_nodes: int

    @classmethod
    def of(cls, problem: Problem) -> Judge:
        """The judge of a problem; its rows do not depend on the rows that engines get."""
        return cls(
            tuple(problem.names),
            problem.fresh(FIT_ROWS, purpose="refit"),
            problem.fresh(CHECK_ROWS, purpose="check"),
            2 * count_nodes(truth(problem)) + 4,
        )

    def verdict(self, candidate: Expression | str | Any) -> Verdict:
        """Judge a symlaw expression, a text in symlaw's language, or a SymPy expression."""
        formula = as_sympy(candidate)
        nodes = count_nodes(formula)
        if nodes > self.max_nodes:
            return Verdict(False, f"{nodes} nodes, {self.max_nodes} allowed", nodes)
        if not {symbol.name for symbol in formula.free_symbols} <= set(self.names):
            return Verdict(False, OTHER_COLUMNS, nodes)
        free = parametrise(formula, self.names)
        if free.tree.has(*_UNDEFINED) or len(free.start) > MAX_CONSTANTS:
            return Verdict(False, "undefined", nodes)
        try:
            with np.errstate(all="ignore"):
                reason = self._reason(free)
        except (ArithmeticError, TypeError, RecursionError, MemoryError) as error:
            # numbers beyond floats, or forms that SymPy cannot compile
            reason = f"not computable: {error}"
        return Verdict(reason == LAW, reason, nodes)

    def _reason(self, free: Parametrised) -> str:
        function = free.function()
        for constants in refits(free, self.fit.X, self.fit.y):
            found = function(self.check.X, constants)
            if self._agrees(found):
                return self._vanishing(free, constants, found)
        return "other values"

    def _agrees(self, found: NDArray[np.float64]) -> bool:
        y = self.check.y
        # nan compares as False
        return bool(np.all(np.abs(found - y) <= PRECISION * (np.abs(y) + PRECISION * np.std(y))))

    def _vanishing(
        self, free: Parametrised, constants: NDArray[np.float64], found: NDArray[np.float64]
    ) -> str:
        for tree in without_each_term(free.tree):
            change = np.abs(free.function(tree)(self.check.X, constants) - found)
            # where the rest is undefined, the term mattered
            if np.all(change < PRECISION * np.std(self.check.y)):
                return VANISHING
        return LAW


def is_law(candidate: Expression | str | Any, problem: Problem) -> bool:
    """Whether a formula is the law of a problem.

    Parameters
    ----------
    candidate
        A symlaw expression, a text in symlaw's language, or a SymPy expression.
    problem
        What it was found for.

    Examples
    --------
    >>> from benchmarks.problems import load
    >>> kinetic = load("feynman")[15]
    >>> kinetic.formula, is_law("0.49 * k_spring * x * x", kinetic)
    ('1/2*k_spring*x**2', True)
    """
    return Judge.of(problem).verdict(candidate).law
