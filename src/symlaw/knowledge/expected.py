"""How likely a formula is before the data are seen, for what is recommended.

Half of it by what named equations look like, half by nothing but size: a law that is written as few equations
are is not held back by more than a bit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from symlaw.knowledge.priors import Preference, Prior, pairs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression

FormulaLength = Callable[["Expression"], float]

# Functions that hardly ever stand right inside one another, and nats for each that does.
_FUNCTIONS = frozenset(
    "exp log sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf log10 log2 log1p expm1".split()
)
_PILED = 4.0

# Probability of a constant before the data are seen: of tables without a law few are given one.
NOTHING = 0.95


@cache
def named_equations() -> Prior:
    """Counts over named equations; its source says where they come from."""
    text = files("symlaw.knowledge").joinpath("named_equations.json").read_text(encoding="utf-8")
    return Prior.from_record(json.loads(text))


@dataclass(frozen=True)
class Expected:
    """Nats for the form of a formula.

    Parameters
    ----------
    operators
        Names of those that formulas may use.
    n_variables
        Columns and named constants.
    preference
        What the user expects in place of what named equations look like.
    """

    operators: tuple[str, ...]
    n_variables: int
    preference: Preference | None = None

    def __call__(self, formula: Expression) -> float:
        """Nats for a formula; a constant is likely before anything is seen.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> expected = Expected(("+", "*", "/", "exp", "sqrt"), 2)
        >>> expected(parse("2.5 * x")) < expected(parse("exp(exp(x))"))
        True
        """
        if not formula.variables:
            return -math.log(NOTHING)
        return self._form(formula) - math.log(1.0 - NOTHING)

    def _form(self, formula: Expression) -> float:
        preference = self.preference
        if preference is not None:
            return preference.length(formula, self.operators, self.n_variables)
        counted = Preference({}, named_equations()).length(formula, self.operators, self.n_variables)
        even = len(formula.nodes) * math.log(len(self.operators) + self.n_variables + 1)
        even += _PILED * sum(_FUNCTIONS.issuperset(pair) for pair in pairs_of(formula))
        likelier, less = min(counted, even), max(counted, even)
        return likelier - math.log(0.5 * (1.0 + math.exp(likelier - less)))


def expected(operators: Sequence[str], n_variables: int, preference: Preference | None = None) -> Expected:
    """Nats for formulas of operators and columns; see `Expected`."""
    return Expected(tuple(operators), n_variables, preference)
