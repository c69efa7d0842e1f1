"""How likely a formula is before the data are seen, for what is recommended.

A column is measured in some unit and from some origin, and what is the same for all rows is a number: a
formula is a scale and an offset, or one of them or none, around a form. The form's probability is half by
what named equations look like, half by nothing but size: a law that is written as few equations are is not
held back by more than a bit.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from symlaw.knowledge.priors.prior import Preference, Prior, pairs_of
from symlaw.language.expression import Constant, Expression, joined
from symlaw.language.operators import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Sequence

FormulaLength = Callable[["Expression"], float]

# Nats for each operator right inside another one where laws hardly ever have that.
_PILED = 4.0
# Exponents of laws are of this size; larger ones are less likely by as many nats as they are times larger.
_USUAL_EXPONENT = 2.0

# Probability of a constant before the data are seen: of tables without a law few are given one.
NOTHING = 0.9

# Probabilities of a form with (scale, offset): tables are of measurements, where a scale is the rule.
FRAMES = {(True, False): 0.5, (False, False): 0.25, (False, True): 0.125, (True, True): 0.125}


@cache
def named_equations() -> Prior:
    """Counts over named equations; its source says where they come from."""
    text = files("symlaw.knowledge.priors").joinpath("named_equations.json").read_text(encoding="utf-8")
    return Prior.from_record(json.loads(text))


@cache
def _by_named_equations() -> Preference:
    """One for all fits, as it keeps the prices that it computed."""
    return Preference({}, named_equations())


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
        scaled, offset, form = framed(formula)
        counted = _by_named_equations().length(form, self.operators, self.n_variables)
        even = len(form.nodes) * math.log(len(self.operators) + self.n_variables + 1)
        rare = {row.name for row in form.operators if row.rarely_nested}
        even += _PILED * sum(rare.issuperset(pair) for pair in pairs_of(form))
        likelier, less = min(counted, even), max(counted, even)
        nats = likelier - math.log(0.5 * (1.0 + math.exp(likelier - less)))
        nats += sum(map(abs, exponents_of(form))) / _USUAL_EXPONENT
        return nats - math.log(FRAMES[scaled, offset])


def exponents_of(formula: Expression) -> list[float]:
    """Numbers that parts of a formula are raised to.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> exponents_of(parse("2 * pow(x, 1.3) + pow(x, y)"))
    [1.3]
    """
    pairs = pairwise(formula.nodes)
    return [own.value for own, node in pairs if isinstance(own, Constant) and node == operator("pow")]


def framed(formula: Expression) -> tuple[bool, bool, Expression]:
    """Whether a formula has a scale and an offset, and its form without them.

    The number in ``2.5 / x`` is a scale, and stays.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> scaled, offset, form = framed(parse("1.5 - 2.5 * x / (x + 3)"))
    >>> scaled, offset, str(form)
    (True, True, 'x / (x + 3.0)')
    """
    shifted = _without_number(formula, "+", "-")
    formula = formula if shifted is None else shifted
    unscaled = _without_number(formula, "*", "/")
    return unscaled is not None, shifted is not None, formula if unscaled is None else unscaled


def _without_number(formula: Expression, joins: str, parts: str) -> Expression | None:
    """A sum without its offset, or a product without its scale; None where there is none."""
    node = formula.nodes[-1]
    if not isinstance(node, Operator) or node.name not in ("neg", joins, parts):
        return None
    arguments = formula.arguments()
    for place, part in enumerate(arguments):
        if part.variables:
            form = _without_number(part, joins, parts)
            if form is not None:
                own = [form if k == place else other for k, other in enumerate(arguments)]
                return Expression(joined(node, [one.nodes for one in own]))
        elif (node.name, place) == ("/", 0):
            return None if part.constants == (1.0,) else formula
        else:
            return arguments[1 - place]
    return None


def expected(operators: Sequence[str], n_variables: int, preference: Preference | None = None) -> Expected:
    """Nats for formulas of operators and columns; see `Expected`."""
    return Expected(tuple(operators), n_variables, preference)
