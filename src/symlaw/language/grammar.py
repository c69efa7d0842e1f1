"""Which formulas may be proposed: operators, variables, constants and size."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Protocol

from symlaw.errors import InvalidSetting
from symlaw.language.algebra.powers import in_logarithms, with_powers
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Constant, Expression, Node, Variable, node_cost
from symlaw.language.operators import Operator, operator
from symlaw.language.types import Type
from symlaw.language.user_operators.fixed_powers import in_fixed_powers, in_powers
from symlaw.language.well_typed import check_types, result_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.macros import Macro
    from symlaw.language.template import Template

# Operators of powers that people get where searches have none.
_SHOWN = ("pow", "cube")
DEFAULT_OPERATORS = (
    "+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "asin", "acos", "tanh",
)  # fmt: skip


# Complexity of a formula, and of a sum of terms that each are no larger than that.
MAX_COMPLEXITY, MAX_SUM = 30, 60


class Rule(Protocol):
    """What the user knows about formulas beside their operators, such as units."""

    def allows(self, expression: Expression) -> bool:
        """Whether a formula obeys; a fitted scale and offset may be around it."""
        ...


class Preference(Protocol):
    """What operators the user expects where."""

    def odds(self, parent: str, child: str) -> float:
        """Odds of an operator as an argument of another one, ``""`` standing for the root; above 0."""
        ...


@dataclass(frozen=True)
class Language:
    """The formulas a search may propose.

    Parameters
    ----------
    operators
        Operators allowed.
    variables
        Column names allowed, in the order of the data's columns.
    constants
        Whether constants may appear inside a formula. Scale and offset are always fitted.
    max_complexity
        Largest complexity of a formula on the front that is no sum, and of each term of one that is.
    costs
        Complexity by operator name, ``"variable"`` and ``"constant"``, where it differs from the
        operator table.
    macros
        Pieces of formulas that searchers may put in as a whole. They say nothing about which formulas are
        allowed: their operators are among ``operators``, and what is put in is a formula like any other.
    rules
        What formulas have to obey beside.
    demands
        What formulas have to hold to come to the front; others may be steps on the way.
    template
        The form of every formula, with unknown parts that searches fill; None for any form.
    named
        Values of those variables that are named constants, by name.
    preference
        What operators are expected where, which steers proposals; all alike by default.
    types
        Types of those variables that are no numbers, by name.
    result
        Type of a whole formula. Scale and offset go with numbers only.
    max_sum
        Largest complexity of a sum of terms; None as of any formula.
    writes_powers
        Whether people get ``pow(x, 1.3)`` where formulas are searched with ``exp(1.3 * log(x))``.
    """

    operators: tuple[Operator, ...]
    variables: tuple[str, ...]
    constants: bool = True
    max_complexity: int = MAX_COMPLEXITY
    costs: Mapping[str, float] = field(default_factory=dict)
    macros: tuple[Macro, ...] = ()
    rules: tuple[Rule, ...] = ()
    demands: tuple[Rule, ...] = ()
    template: Template | None = None
    named: Mapping[str, float] = field(default_factory=dict)
    preference: Preference | None = None
    writes_powers: bool = False
    types: Mapping[str, Type] = field(default_factory=dict)
    result: Type = Type.REAL
    max_sum: int | None = None

    @classmethod
    def of(
        cls,
        variables: Iterable[str],
        operators: Iterable[str | Operator] = DEFAULT_OPERATORS,
        *,
        constants: bool = True,
        max_complexity: int = MAX_COMPLEXITY,
        costs: Mapping[str, float] | None = None,
        macros: Iterable[Macro] = (),
        rules: Iterable[Rule] = (),
        demands: Iterable[Rule] = (),
        template: Template | None = None,
        named: Mapping[str, float] | None = None,
        preference: Preference | None = None,
        types: Mapping[str, Type] | None = None,
        result: Type = Type.REAL,
    ) -> Language:
        """A language from names; without ``types`` it is not asked where truths come from.

        Raises
        ------
        UnknownOperator
            When a name is not in the operator table.
        InvalidSetting
            When no operator is given, the largest complexity is below 1, a macro uses another operator, or
            nothing gives what the types of operators ask for.
        """
        if isinstance(operators, str) or not isinstance(operators, Iterable):
            raise InvalidSetting(f"operators is {operators!r}: give a list of names, such as ['+', '*']")
        given = [one if isinstance(one, Operator) else operator(one) for one in operators]
        rows = tuple(dict.fromkeys(given))
        twice = [row.name for row in rows if sum(row.name == other.name for other in rows) > 1]
        if twice:
            raise InvalidSetting(f"operators holds two called {twice[0]!r}: give one of them another name")
        if not rows:
            raise InvalidSetting("operators is empty: give at least one, such as ['+', '*']")
        if not isinstance(max_complexity, Integral) or max_complexity < 1:
            raise InvalidSetting(f"max_complexity is {max_complexity!r}: give a whole number of 1 or more")
        for name, cost in (costs or {}).items():
            if name not in ("variable", "constant"):
                operator(name)
            if not isinstance(cost, Real) or not 0 < cost < math.inf:
                raise InvalidSetting(f"the cost of {name!r} is {cost!r}: give a number above 0")
        names = {row.name for row in rows}
        signs = "neg" not in names and "-" in names
        pieces = tuple(m.without_neg() if signs and "neg" in m.operators else m for m in macros)
        for macro in pieces:
            _check_operators(macro, rows)
        own, known, wanted = dict(costs or {}), tuple(rules), tuple(demands)
        made = cls(
            rows, (*variables, *(named or {})), constants, int(max_complexity), own, pieces, known, wanted,
            template, dict(named or {}), preference, types=dict(types or {}), result=result,
        )  # fmt: skip
        if types is not None and made.is_typed:
            check_types(rows, [made.type_of(name) for name in made.variables], constants, result)
        return made

    @property
    def is_typed(self) -> bool:
        """Whether there is anything but numbers in it."""
        return bool(self.types) or self.result is not Type.REAL or not all(r.is_real for r in self.operators)

    def type_of(self, variable: str) -> Type:
        """Type of a variable."""
        return self.types.get(variable, Type.REAL)

    def of_numbers(self) -> Language | None:
        """What it has of numbers alone: operators and variables; None where no formula is made of them."""
        rows = tuple(row for row in self.operators if row.is_real)
        variables = tuple(name for name in self.variables if self.type_of(name) is Type.REAL)
        if self.result is not Type.REAL or not rows or not set(variables) - set(self.named):
            return None
        return replace(self, operators=rows, variables=variables, types={})

    def cost(self, node: Node) -> float:
        """Complexity of one node."""
        return node_cost(node, self.costs)

    def complexity(self, expression: Expression) -> float:
        """Complexity of a formula in this language."""
        return expression.complexity(self.costs)

    def fits(self, expression: Expression) -> bool:
        """Whether a formula is within the language and not too complex for it."""
        return self.has_room_for(expression) and self.allows(expression)

    def varies(self, expression: Expression) -> bool:
        """Whether searches vary a formula: within the language, and no larger than one that is no sum."""
        return self.complexity(expression) <= self.max_complexity and self.allows(expression)

    def has_room_for(self, expression: Expression) -> bool:
        """Whether a formula is not too complex, a sum of terms being allowed to be larger."""
        return self.complexity(expression) <= self.largest_like(expression)

    def largest_like(self, expression: Expression) -> int:
        """Largest complexity of formulas of its kind: of sums of terms that are small, or of others."""
        if self.max_sum is None:
            return self.max_complexity
        terms = [term for _, term in terms_of(expression)]
        small = all(self.complexity(term) <= self.max_complexity for term in terms)
        return self.max_sum if len(terms) > 1 and small else self.max_complexity

    def allows(self, expression: Expression) -> bool:
        """Whether a formula is within the language; a fitted scale and offset may be around it."""
        return (
            self.uses_only_its_own(expression)
            and self.is_well_typed(expression)
            and self.obeyed_by(expression)
        )

    def is_well_typed(self, expression: Expression) -> bool:
        """Whether each operator of a formula has arguments of its types, and the whole is of the result's.

        A number by itself is taken for any type: it is the best constant that others have to beat.
        """
        if not self.is_typed or (len(expression.nodes) == 1 and isinstance(expression.nodes[0], Constant)):
            return True
        return result_of(expression.nodes, self.types) is self.result

    def uses_only_its_own(self, expression: Expression) -> bool:
        """Whether all operators and variables of a formula are the language's."""
        variables, operators = set(self.variables), {row.name for row in self.operators}
        for node in expression.nodes:
            if isinstance(node, Variable):
                if node.name not in variables:
                    return False
            elif isinstance(node, Constant):
                continue
            elif node.name not in operators:
                return False
        return True

    def obeyed_by(self, expression: Expression) -> bool:
        """Whether a formula obeys all rules."""
        ruled = self._with_own_symbols(expression)
        return all(rule.allows(ruled) for rule in self.rules)

    def admits(self, expression: Expression) -> bool:
        """Whether a formula may come to the front: it obeys, and holds what is demanded."""
        ruled = self._with_own_symbols(expression)
        return all(rule.allows(ruled) for rule in (*self.rules, *self.demands))

    def shown(self, expression: Expression) -> Expression:
        """A formula as people get it: powers written out, named constants with their values."""
        written = with_powers(expression) if self.writes_powers else in_powers(expression)
        if not self.named:
            return written
        return written.map_nodes(
            lambda n: Variable(n.name, self.named.get(n.name)) if isinstance(n, Variable) else n
        )

    def searched(self, expression: Expression) -> Expression:
        """A formula as searches vary it: the inverse of `shown`."""
        own = self._with_own_symbols(expression)
        if not self.writes_powers:
            return own
        return in_logarithms(own, squares=operator("square") in self.operators)

    @property
    def shown_operators(self) -> tuple[Operator, ...]:
        """Operators that people may get in a formula."""
        if not self.writes_powers:
            return self.operators
        return (*self.operators, *(operator(name) for name in _SHOWN if operator(name) not in self.operators))

    def _with_own_symbols(self, expression: Expression) -> Expression:
        """A formula with named constants and fixed powers as symbols, which is what rules look at."""
        if self.named:
            expression = expression.map_nodes(lambda n: Variable(n.name) if isinstance(n, Variable) else n)
        return in_fixed_powers(expression, self.operators)


def _check_operators(macro: Macro, rows: Iterable[Operator]) -> None:
    missing = sorted(set(macro.operators) - {row.name for row in rows})
    if missing:
        raise InvalidSetting(
            f"macro {macro.name!r} uses {', '.join(missing)}, which operators lacks: "
            "add that to operators, or leave the macro out"
        )
