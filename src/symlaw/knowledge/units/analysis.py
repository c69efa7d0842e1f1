"""Dimensional analysis of formulas: which are consistent, and what their constants' units are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting, UnitMismatch
from symlaw.knowledge.units.dimensions import NONE, PARTS, Dimension, Unit, name_of, raised, times, unit_of
from symlaw.language.expression import Constant, Expression, Leaf, Variable, reduced

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from symlaw.language.expression import Node
    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

_LENGTH = Unit("m", (Fraction(1), *NONE[1:]))
# A fitted exponent this close to a fraction counts as it.
_NEAR = 1e-9


@dataclass(frozen=True)
class Units:
    """Units of the columns and of the target, and what constants may have.

    Parameters
    ----------
    variables
        Unit by column name; columns without one are pure numbers.
    target
        Unit of the target.
    free_constants
        Whether fitted constants, scale and offset among them, may carry units. Otherwise all are pure
        numbers: a formula has the target's unit by itself, and an offset stands beside pure numbers only.
    supplied
        Dimensions that named constants can add as a factor. Formulas that lack one of these are allowed, as
        steps on the way.
    """

    variables: Mapping[str, Unit]
    target: Unit
    free_constants: bool = False
    supplied: frozenset[Dimension] = frozenset()

    def __post_init__(self) -> None:
        _check_one_unit_each(self.variables, self.target)

    def allows(self, expression: Expression) -> bool:
        """Whether a formula is consistent and, up to what its scale may carry, of the target's unit."""
        return self.objection(expression) is None

    def objection(self, expression: Expression) -> str | None:
        """Why a formula is not consistent, in words; None where it is."""
        try:
            found = self.dimension(expression)
        except UnitMismatch as error:
            return str(error)
        if found is None or self.free_constants or found == self.target.dimension:
            return None
        if times(self.target.dimension, found, -1) in self.supplied:
            return None
        return f"{expression} is in {name_of(found)}, the target in {name_of(self.target.dimension)}"

    def dimension(self, expression: Expression) -> Dimension | None:
        """Dimension of a formula; None where a constant's unit decides.

        Raises
        ------
        UnitMismatch
            When two sides of a sum differ, or a function of pure numbers gets something else.
        """

        def leaf(node: Leaf) -> tuple[Dimension | None, Node | None]:
            if isinstance(node, Constant):
                return None if self.free_constants else NONE, node
            unit = self.variables.get(node.name)
            return unit.dimension if unit else NONE, node

        return reduced(expression.nodes, leaf, lambda row, arguments: (_value_of(row, arguments), None))[0]

    def inside(self, outer: Expression) -> Dimension | None:
        """Dimension of a formula's one variable that makes it one of the target; None where none does."""
        if self.free_constants:
            return NONE
        for trial, exponent in ((NONE, 0), (_LENGTH.dimension, 1)):
            (name,) = outer.variables
            alone = Units({name: Unit("", trial)}, Unit("", NONE))
            try:
                found = alone.dimension(outer)
            except UnitMismatch:
                continue
            if found is not None and not exponent and found == self.target.dimension:
                return NONE
            if found is not None and exponent and found[0]:
                return raised(self.target.dimension, 1 / found[0])
        return None

    def record(self) -> dict[str, object]:
        """As plain data."""
        return {
            "columns": {name: unit.text for name, unit in self.variables.items()},
            "target": self.target.text,
            "constants": "free" if self.free_constants else "dimensionless",
        }


def _value_of(row: Operator, arguments: Sequence[tuple[Dimension | None, Node | None]]) -> Dimension | None:
    """Dimension of an operator's value by its unit rule."""
    first, second = (arguments[0][0], arguments[-1][0])
    rule, _, power = row.unit.partition(" ")
    if rule == "same" or rule == "angle":
        known = [dimension for dimension, _ in arguments if dimension is not None]
        if any(dimension != known[0] for dimension in known):
            raise UnitMismatch(f"{row.name} of {name_of(known[0])} and {name_of(known[1])}")
        return NONE if rule == "angle" else next(iter(known), None)
    if rule == "choice":
        if first not in (None, NONE):
            raise UnitMismatch(f"{row.name} on a condition in {name_of(first)}")
        return _value_of(replace(row, unit="same"), arguments[1:])
    if rule in ("product", "quotient"):
        if first is None or second is None:
            return None
        return times(first, second, 1 if rule == "product" else -1)
    if rule == "power":
        return None if first is None else _whole_parts(raised(first, Fraction(power)))
    if rule == "exponent":
        return _power(first, *arguments[1])
    if rule == "dimensionless":
        for dimension, _ in arguments:
            if dimension not in (None, NONE):
                raise UnitMismatch(f"{row.name} of {name_of(dimension)}")
    return NONE


def _power(base: Dimension | None, exponent: Dimension | None, node: Node | None) -> Dimension | None:
    if exponent not in (None, NONE):
        raise UnitMismatch(f"an exponent in {name_of(exponent)}")
    if base is None or base == NONE:
        return base
    if isinstance(node, Constant):
        near = Fraction(node.value).limit_denominator(PARTS)
        is_near = abs(float(near) - node.value) < _NEAR * max(1.0, abs(node.value))
        if is_near and PARTS % near.denominator == 0:
            return _whole_parts(raised(base, near))
    raise UnitMismatch(f"a power of {name_of(base)} whose exponent is no fraction of small numbers")


def _whole_parts(dimension: Dimension) -> Dimension:
    """A dimension whose exponents are multiples of a twelfth, as everywhere here."""
    if any(PARTS % exponent.denominator for exponent in dimension):
        raise UnitMismatch(f"a root that leaves {name_of(dimension)}")
    return dimension


def _check_one_unit_each(variables: Mapping[str, Unit], target: Unit) -> None:
    """Refuse columns of one dimension in different units: sums of them would add metres to kilometres."""
    first: dict[Dimension, tuple[str, Unit]] = {}
    for name, unit in (*variables.items(), ("the target", target)):
        other, before = first.setdefault(unit.dimension, (name, unit))
        if abs(unit.factor / before.factor - 1.0) > 1e-12:
            raise InvalidSetting(
                f"{other} is in {before.text} and {name} in {unit.text}: give quantities of one kind in one"
                " unit, as formulas add numbers as they stand"
            )


def constants_in(expression: Expression, units: Units) -> list[str | None]:
    """Units of a formula's constants, left to right, where consistency tells; None where it does not.

    With pure numbers every unit is ``"1"``. With free ones a constant beside a column in a sum has the
    column's unit, and one in a product what the rest of the formula asks of the product.
    """
    if not units.free_constants:
        return ["1" for _ in expression.constants]
    wanted = _Wanted(expression, units)
    wanted.ask(len(expression.nodes) - 1, units.target.dimension)
    return [None if found is None else name_of(found) for found in wanted.constants()]


class _Wanted:
    """Dimensions that the parts of a formula should have, asked from the root down."""

    def __init__(self, expression: Expression, units: Units) -> None:
        self.nodes, self.starts = expression.nodes, expression.starts
        self.found: dict[int, Dimension] = {}
        self.own = [
            units.dimension(Expression(self.nodes[begin : end + 1])) for end, begin in enumerate(self.starts)
        ]

    def constants(self) -> Iterable[Dimension | None]:
        """What was found for the constants."""
        return [self.found.get(k) for k, node in enumerate(self.nodes) if isinstance(node, Constant)]

    def ask(self, place: int, dimension: Dimension | None) -> None:
        """Say that a part should have a dimension, and what follows for its arguments."""
        node = self.nodes[place]
        if isinstance(node, Constant):
            if dimension is not None:
                self.found[place] = dimension
            return
        if isinstance(node, Variable):
            return
        places = [place - 1]
        for _ in range(node.arity - 1):
            places.insert(0, self.starts[places[0]] - 1)
        for number, wanted in enumerate(self._asked_of_arguments(node, places, dimension)):
            self.ask(places[number], wanted)

    def _asked_of_arguments(
        self, node: Operator, places: Sequence[int], dimension: Dimension | None
    ) -> list[Dimension | None]:
        own = [self.own[place] for place in places]
        rule, _, power = node.unit.partition(" ")
        if rule == "same":
            known = next((d for d in (dimension, *own) if d is not None), None)
            return [known] * len(places)
        if rule == "angle":
            known = next((d for d in own if d is not None), None)
            return [known] * len(places)
        if rule == "choice":
            known = next((d for d in (dimension, *own[1:]) if d is not None), None)
            return [NONE, *[known] * (len(places) - 1)]
        if rule == "power":
            return [None if dimension is None else raised(dimension, 1 / Fraction(power))]
        if rule not in ("product", "quotient"):
            return [own[0] if rule == "exponent" else NONE, NONE, NONE][: len(places)]
        if dimension is None:
            return list(own)
        sign = 1 if rule == "product" else -1
        first = own[0] if own[1] is None else times(dimension, own[1], -sign)
        if own[0] is None:
            return [first, own[1]]
        second = times(dimension, own[0], -1)
        return [own[0], own[1] or (second if sign > 0 else raised(second, Fraction(-1)))]


def constants_with_units(expression: Expression, units: Units, digits: int = 6) -> str:
    """A formula's constants with their units, as a sentence; empty where it has none.

    Examples
    --------
    >>> from symlaw.knowledge.units.dimensions import unit_of
    >>> from symlaw.language import parse
    >>> units = Units({"t": unit_of("s")}, unit_of("m"), free_constants=True)
    >>> constants_with_units(parse("2.5 * t + 3"), units)
    'Its constants: 2.5 m/s, 3 m.'
    """
    values, found = expression.constants, constants_in(expression, units)
    if not values:
        return ""
    if not units.free_constants:
        return "Its constants are pure numbers for values in these units."
    words = {"1": "(pure number)", None: "(unit not determined)"}
    shown = [f"{v:.{digits}g} {words.get(unit, unit)}" for v, unit in zip(values, found, strict=True)]
    return f"Its constants: {', '.join(shown)}."


def units_from(columns: Mapping[str, Any], target: Any, constants: str) -> Units:
    """Units from settings: by column, of the target, and whether constants are ``"free"``."""
    own = {name: unit_of(unit) for name, unit in columns.items()}
    return Units(own, unit_of(target), constants == "free")


def units_of(language: Language) -> Units | None:
    """The units that a language's rules hold, if any."""
    return next((rule for rule in language.rules if isinstance(rule, Units)), None)
