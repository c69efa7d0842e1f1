"""Statements that cannot hold together, found before a search begins."""

from __future__ import annotations

import math
from itertools import combinations
from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting
from symlaw.knowledge.statements.kinds import Bounds, Mirrored, Monotone, Value
from symlaw.knowledge.statements.limits import Limit
from symlaw.language.expression import Constant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.knowledge.statements.domain import Domain
    from symlaw.knowledge.statements.kinds import Kind
    from symlaw.knowledge.statements.reading import Statement
    from symlaw.language.expression import Expression


def check_agreement(statements: Sequence[Statement], domain: Domain) -> None:
    """Refuse two hard statements of which one must be wrong.

    Raises
    ------
    InvalidSetting
        Naming both.
    """
    hard = [statement for statement in statements if statement.is_hard]
    for first, second in combinations(hard, 2):
        reason = contradiction(first.kind, second.kind, domain) or contradiction(
            second.kind, first.kind, domain
        )
        if reason:
            raise InvalidSetting(
                f"constraints {first.text!r} and {second.text!r} contradict each other: {reason};"
                " leave one of them out, or give one a weight"
            )


def contradiction(first: Kind, second: Kind, domain: Domain) -> str:
    """Why two kinds of statements cannot hold together, asked in both orders; empty where they can."""
    if isinstance(first, Bounds):
        return _with_bounds(first, second, domain)
    if isinstance(first, Monotone):
        return _with_monotone(first, second, domain)
    if isinstance(first, Mirrored):
        return _with_mirrored(first, second)
    if isinstance(first, Value) and isinstance(second, Value):
        return _values(first, second)
    if isinstance(first, Limit) and isinstance(second, Limit):
        return _limits(first, second)
    return ""


def _number(formula: Expression) -> float | None:
    """The number that a formula is, if it is one."""
    node = formula.canonical.nodes[0]
    return node.value if len(formula.canonical.nodes) == 1 and isinstance(node, Constant) else None


def _holds_at(domain: Domain, name: str, number: float) -> bool:
    """Whether a variable's value is within the domain."""
    place = domain.place(name)
    return bool(domain.low[place] <= number <= domain.high[place])


def _with_bounds(bounds: Bounds, other: Kind, domain: Domain) -> str:
    if isinstance(other, Bounds):
        low, high = max(bounds.low, other.low), min(bounds.high, other.high)
        excluded = bounds.low_excluded or bounds.high_excluded or other.low_excluded or other.high_excluded
        return "no number is within both" if low > high or (low == high and excluded) else ""
    if isinstance(other, Value) and all(_holds_at(domain, *one) for one in other.at):
        number = _number(other.value)
        if number is None:
            return ""
        below = number < bounds.low or (number == bounds.low and bounds.low_excluded)
        above = number > bounds.high or (number == bounds.high and bounds.high_excluded)
        return f"{number:g} is outside of the bounds" if below or above else ""
    if isinstance(other, Limit) and not other.is_ratio and _holds_at(domain, other.name, other.toward):
        number = _number(other.value)
        if number is not None and not bounds.low <= number <= bounds.high:
            return f"{number:g} is outside of the bounds"
    return ""


def _with_monotone(monotone: Monotone, other: Kind, domain: Domain) -> str:
    name = monotone.name
    same = isinstance(other, (Monotone, Mirrored)) and other.name == name
    if isinstance(other, Monotone) and same and other.sign != monotone.sign:
        return f"only what does not depend on {name} does both"
    if isinstance(other, Mirrored) and same and other.sign > 0 and domain.spans_zero(name):
        return f"only what does not depend on {name} does both"
    return ""


def _with_mirrored(mirrored: Mirrored, other: Kind) -> str:
    name = mirrored.name
    if isinstance(other, Mirrored) and other.name == name and other.sign != mirrored.sign:
        return "only 0 is even and odd"
    if isinstance(other, Value) and mirrored.sign < 0 and (name, 0.0) in other.at:
        number = _number(other.value)
        if number is not None and number != 0:
            return f"what is odd in {name} is 0 where {name} is 0"
    return ""


def _values(first: Value, second: Value) -> str:
    numbers = _number(first.value), _number(second.value)
    fixed = dict(first.at)
    crosses = all(fixed.get(name, number) == number for name, number in second.at)
    if crosses and None not in numbers and numbers[0] != numbers[1]:
        return "they give different values to one point"
    return ""


def _limits(first: Limit, second: Limit) -> str:
    numbers = _number(first.value), _number(second.value)
    same_place = (first.name, first.toward) == (second.name, second.toward)
    if same_place and first.is_ratio == second.is_ratio and None not in numbers and numbers[0] != numbers[1]:
        return f"there is one limit as {first.name} goes there"
    if same_place and first.is_ratio != second.is_ratio and None not in numbers:
        plain, ratio = numbers if second.is_ratio else reversed(numbers)
        if plain is not None and ratio is not None and not math.isclose(plain, ratio):
            return f"there is one limit as {first.name} goes there"
    return ""
