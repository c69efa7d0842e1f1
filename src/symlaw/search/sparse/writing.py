"""Writing sums of terms as formulas of few nodes in the operators that a language has."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING

from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES
from symlaw.language.expression import Constant, Expression, Nodes
from symlaw.language.operators import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.grammar import Language

# Bases with their exponents.
Factors = tuple[tuple[Nodes, Fraction], ...]
# Coefficient and factors of each summand.
Summands = list[tuple[float, Factors]]
# The sign of a summand and its nodes.
_Part = tuple[float, Nodes | None]

_MAX_WHOLE_POWER = 8
# Coefficients nearer than these, relative to each other, are written as one: equal ones, those of noisy rows,
# and of few noisy rows.
TOLERANCES = (1e-7, 0.03, 0.15)


@dataclass(frozen=True)
class Writer:
    """Writes formulas in a language; every method gives None where its operators do not suffice.

    Parameters
    ----------
    language
        The language.
    long_sums
        Whether sums may be larger than other formulas where the language has room for them.
    """

    language: Language
    long_sums: bool = False

    def legal(self, nodes: Nodes | None) -> bool:
        """Whether nodes are a formula that may be proposed."""
        if nodes is None or len(nodes) > MAX_NODES:
            return False
        constants = [node.value for node in nodes if isinstance(node, Constant)]
        if len(constants) > (MAX_CONSTANTS if self.language.constants else 0):
            return False
        if not all(map(isfinite, constants)):
            return False
        formula = Expression(nodes)
        return self.language.fits(formula) if self.long_sums else self.language.varies(formula)

    def has(self, name: str) -> bool:
        """Whether the language has an operator."""
        return name in self._operators

    @cached_property
    def _operators(self) -> dict[str, Operator]:
        return {row.name: row for row in self.language.operators}

    @cached_property
    def _powers(self) -> dict[tuple[Nodes, Fraction], Nodes | None]:
        return {}

    def cost(self, nodes: Nodes) -> float:
        """Complexity of nodes."""
        return sum(self.language.cost(node) for node in nodes)

    @property
    def factor_cost(self) -> float:
        """Complexity that a coefficient adds."""
        return self.cost((Constant(1.0), operator("*")))

    def cheapest(self, options: Sequence[Nodes | None]) -> Nodes | None:
        """The first of the least complex."""
        return min((nodes for nodes in options if nodes is not None), key=self.cost, default=None)

    def apply(self, name: str, *arguments: Nodes | None) -> Nodes | None:
        """An operator on its arguments."""
        row = self._operators.get(name)
        if row is None or any(argument is None for argument in arguments):
            return None
        return (*(node for argument in arguments for node in argument or ()), row)

    def translated(self, nodes: Nodes) -> Nodes | None:
        """A formula in the language's own operators, as far as powers and signs go."""
        stack: list[Nodes | None] = []
        for node in nodes:
            if not isinstance(node, Operator):
                stack.append((node,))
                continue
            parts = [stack.pop() for _ in range(node.arity)][::-1]
            given = [part for part in parts if part is not None]
            stack.append(self._applied(node, given) if len(given) == node.arity else None)
        return stack[0]

    def _applied(self, row: Operator, parts: Sequence[Nodes]) -> Nodes | None:
        if self.has(row.name):
            return self.apply(row.name, *parts)
        if row.exponent is not None:
            return self.product(((parts[0], row.exponent),))
        if row.name == "neg":
            return self._negative(parts[0])
        if row.name == "-":
            return self.apply("+", parts[0], self._negative(parts[1]))
        if row.name == "pow" and isinstance(parts[1][0], Constant):
            exponent = Fraction(parts[1][0].value).limit_denominator(10**6)
            return self.product(((parts[0], exponent),)) if exponent else None
        return None

    def power(self, base: Nodes, exponent: Fraction) -> Nodes | None:
        """A power with exponent above 0."""
        if exponent == 1:
            return base
        key = (base, exponent)
        if key not in self._powers:
            self._powers[key] = self._written_power(base, exponent)
        return self._powers[key]

    def _written_power(self, base: Nodes, exponent: Fraction) -> Nodes | None:
        options = [self._real_power(base, exponent)]
        whole = exponent.denominator == 1
        if whole and exponent > _MAX_WHOLE_POWER:
            return options[0]
        if whole and exponent % 2 == 0:
            options.append(self._of_power("square", base, exponent / 2))
        if whole and exponent % 3 == 0:
            options.append(self._of_power("cube", base, exponent / 3))
        if exponent > 1:
            options.append(self.apply("*", self.power(base, exponent - 1), base))
        if exponent.denominator % 2 == 0:
            options.append(self._of_power("sqrt", base, exponent * 2))
        if exponent.denominator % 3 == 0:
            options.append(self._of_power("cbrt", base, exponent * 3))
        return self.cheapest(options[1:] + options[:1])

    def _of_power(self, name: str, base: Nodes, exponent: Fraction) -> Nodes | None:
        return self.apply(name, self.power(base, exponent)) if self.has(name) else None

    def _real_power(self, base: Nodes, exponent: Fraction) -> Nodes | None:
        number: Nodes = (Constant(float(exponent)),)
        if not self.language.constants:
            return None
        if exponent.denominator == 1 and exponent <= 3:
            return None
        return self.cheapest(
            [
                self.apply("pow", base, number),
                self.apply("exp", self.apply("*", number, self.apply("log", base))),
            ]
        )

    def product(self, factors: Factors, coefficient: float = 1.0) -> Nodes | None:
        """A product of powers; the coefficient is left out where it is 1."""
        number: Nodes | None = None if coefficient == 1.0 else (Constant(coefficient),)
        if not factors:
            return number or (Constant(1.0),)
        options = [self._quotient(factors, number)]
        for common in (Fraction(1, 2), Fraction(1, 3), Fraction(2), Fraction(3)):
            inner = tuple((base, exponent / common) for base, exponent in factors)
            if len(factors) > 1 and all(exponent.denominator == 1 for _, exponent in inner):
                raised = self._common_power(inner, common)
                options.append(raised if number is None else self.apply("*", number, raised))
        return self.cheapest(options)

    def _common_power(self, inner: Factors, exponent: Fraction) -> Nodes | None:
        product = self._quotient(inner, None)
        return None if product is None else self.power(product, exponent)

    def _quotient(self, factors: Factors, number: Nodes | None) -> Nodes | None:
        above = [self.power(base, exponent) for base, exponent in factors if exponent > 0]
        below = [self.power(base, -exponent) for base, exponent in factors if exponent < 0]
        top = self._multiplied(above if number is None else [number, *above])
        if not below:
            return top
        bottom = self._multiplied(below)
        if not above and number is None:
            return self.cheapest([self.apply("inv", bottom), self.apply("/", (Constant(1.0),), bottom)])
        inverse = self.apply("*", top, self.apply("inv", bottom))
        return self.cheapest([self.apply("/", top, bottom), inverse])

    def _multiplied(self, parts: Sequence[Nodes | None]) -> Nodes | None:
        product = parts[0] if parts else None
        for part in parts[1:]:
            product = self.apply("*", product, part)
        return product

    def total(
        self, summands: Summands, constant: float = 0.0, tolerance: float = TOLERANCES[0]
    ) -> Nodes | None:
        """A sum of products and a constant, equal coefficients and common factors written once."""
        flat = self._grouped(summands, constant, tolerance)
        whole = [*summands, (constant, ())] if constant else summands
        return self.cheapest([flat, self._nested(whole, tolerance)])

    def bare(self, summands: Summands, tolerance: float = TOLERANCES[0]) -> Nodes | None:
        """The sum without its coefficient, if all coefficients are equal but for signs; else None."""
        if len(_groups(summands, tolerance)) > 1:
            return None
        sign = 1.0 if any(coefficient > 0 for coefficient, _ in summands) else -1.0
        return self.total([(sign if c > 0 else -sign, factors) for c, factors in summands])

    def _grouped(self, summands: Summands, constant: float, tolerance: float) -> Nodes | None:
        parts: list[_Part] = []
        for size, members in _groups(summands, tolerance):
            if len(members) == 1:
                coefficient, factors = members[0]
                if abs(size - 1.0) <= tolerance:
                    parts.append((1.0 if coefficient > 0 else -1.0, self.product(factors)))
                else:
                    parts.append(self._scaled(coefficient, factors))
                continue
            lead = 1.0 if any(coefficient > 0 for coefficient, _ in members) else -1.0
            inner = self._sum([(lead * (1.0 if c > 0 else -1.0), self.product(f)) for c, f in members])
            if abs(size - 1.0) <= tolerance:
                parts.append((lead, inner))
            else:
                parts.append((lead, self.apply("*", (Constant(size),), inner)))
        if constant:
            parts.append((1.0 if constant > 0 else -1.0, (Constant(abs(constant)),)))
        return self._sum(parts)

    def _scaled(self, coefficient: float, factors: Factors) -> _Part:
        """A signed part; the sign stays in the constant where no operator could carry it."""
        sign = 1.0 if coefficient > 0 else -1.0
        if sign > 0 or self.has("-"):
            return sign, self.product(factors, abs(coefficient))
        return 1.0, self.product(factors, coefficient)

    def _sum(self, parts: Sequence[_Part]) -> Nodes | None:
        """Signed parts added up, a positive one first where there is one."""
        ordered = sorted(parts, key=lambda part: part[0] < 0) if parts and parts[0][0] < 0 else list(parts)
        if not ordered:
            return None
        sign, total = ordered[0]
        if sign < 0:
            total = self._negative(total)
        for sign, nodes in ordered[1:]:
            if sign < 0 and not self.has("-"):
                total = self.apply("+", total, self._negative(nodes))
            else:
                total = self.apply("+" if sign > 0 else "-", total, nodes)
        return total

    def _negative(self, nodes: Nodes | None) -> Nodes | None:
        if nodes is None:
            return None
        first = nodes[0]
        if isinstance(first, Constant) and _leads(nodes):
            return (Constant(-first.value), *nodes[1:])
        return self.cheapest([self.apply("neg", nodes), self.apply("*", (Constant(-1.0),), nodes)])

    def _nested(self, summands: Summands, tolerance: float) -> Nodes | None:
        """Horner's scheme: the factor of most summands is taken out, and so on."""
        counts: dict[tuple[Nodes, bool], int] = {}
        for _, factors in summands:
            for base, exponent in factors:
                key = (base, exponent > 0)
                counts[key] = counts.get(key, 0) + 1
        best = max(counts, key=lambda key: counts[key], default=None)
        if best is None or counts[best] < 2:
            constant = sum(c for c, factors in summands if not factors)
            return self._grouped([s for s in summands if s[1]], constant, tolerance)
        inside, rest = _split(summands, best)
        inner = self._nested(inside, tolerance)
        product = self.apply("*", best[0], inner) if best[1] else self.apply("/", inner, best[0])
        if not rest:
            return product
        other = self._nested(rest, tolerance)
        if other is not None and _is_negative(other) and self.has("-"):
            return self.apply("-", product, self._negative(other))
        return self.apply("+", product, other)


def _leads(nodes: Nodes) -> bool:
    """Whether the first of the nodes is a number or the first factor of a product or quotient."""
    starts = Expression(nodes).starts
    return len(nodes) == 1 or (nodes[-1] in (operator("*"), operator("/")) and starts[-2] == 1)


def _is_negative(nodes: Nodes) -> bool:
    return isinstance(nodes[0], Constant) and nodes[0].value < 0 and _leads(nodes)


def common_size(summands: Summands, tolerance: float) -> float:
    """The size that most coefficients have."""
    return max(_groups(summands, tolerance), key=lambda group: len(group[1]))[0]


def _split(summands: Summands, factor: tuple[Nodes, bool]) -> tuple[Summands, Summands]:
    """Summands with a factor, divided by it, and the others."""
    inside: Summands = []
    rest: Summands = []
    for coefficient, factors in summands:
        powers = dict(factors)
        exponent = powers.get(factor[0], Fraction(0))
        if exponent == 0 or (exponent > 0) != factor[1]:
            rest.append((coefficient, factors))
            continue
        powers[factor[0]] = exponent - (1 if factor[1] else -1)
        inside.append((coefficient, tuple((b, e) for b, e in powers.items() if e)))
    return inside, rest


def _groups(summands: Summands, tolerance: float) -> list[tuple[float, Summands]]:
    """Summands whose coefficients are of equal size, with that size, in order of first appearance."""
    groups: list[tuple[float, Summands]] = []
    for coefficient, factors in summands:
        for place, (size, members) in enumerate(groups):
            if abs(abs(coefficient) - size) <= tolerance * size:
                count = len(members)
                mean = (size * count + abs(coefficient)) / (count + 1)
                groups[place] = (mean, [*members, (coefficient, factors)])
                break
        else:
            groups.append((abs(coefficient), [(coefficient, factors)]))
    return groups
