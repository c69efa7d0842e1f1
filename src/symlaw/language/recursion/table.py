"""The operators of recursive functions: types, costs and spellings, one row each."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symlaw.language.recursion.types import NUMBER, TEXT, TRUTH, Type


@dataclass(frozen=True)
class RecursiveOperator:
    """What is known of one operator.

    Attributes
    ----------
    name
        As programs write it.
    arguments, result
        Types; texts such as ``"a"`` stand for any type, the same wherever they occur, and ``"atom"`` for
        those of numbers and texts.
    cost
        Bits that naming it takes.
    function
        What it computes; it raises where it has no value.
    python, javascript
        Its spellings, templates of the arguments; in JavaScript lists and trees are arrays.
    is_symmetric
        Whether its two arguments can change places.
    undone
        Of constructors, the parts of a value that it made; None where it made no such value.
    needs
        What the outputs of a task must have before the search looks at it: ``"missing"`` values or
        ``"fractions"``.
    """

    name: str
    arguments: tuple[Any, ...]
    result: Any
    cost: float
    function: Callable[..., Any]
    python: str
    javascript: str
    is_symmetric: bool = False
    undone: Callable[[Any], tuple[Any, ...] | None] | None = None
    needs: str = ""


def _head(xs: Any) -> Any:
    return xs[0]


def _rest(xs: Any) -> Any:
    if not xs:
        raise IndexError
    return xs[1:]


def _parts_of_list(xs: Any) -> tuple[Any, ...] | None:
    return (xs[0], xs[1:]) if xs else None


def _parts_of_tuple(value: Any) -> tuple[Any, ...] | None:
    return value if isinstance(value, tuple) and value else None


def _leaf_itself(value: Any) -> tuple[Any, ...] | None:
    return None if isinstance(value, tuple) else (value,)


def _same(one: Any, other: Any) -> bool:
    return bool(one == other)


_LIST = ("list", "a")
_ROWS = (
    RecursiveOperator("plus", (NUMBER, NUMBER), NUMBER, 2.0, operator.add, "{0} + {1}", "({0} + {1})", True),
    RecursiveOperator("minus", (NUMBER, NUMBER), NUMBER, 3.0, operator.sub, "{0} - {1}", "({0} - {1})"),
    RecursiveOperator(
        "product", (NUMBER, NUMBER), NUMBER, 3.0, operator.mul, "{0} * {1}", "({0} * {1})", True,
    ),
    RecursiveOperator(
        "larger", (NUMBER, NUMBER), NUMBER, 2.5, max, "max({0}, {1})", "Math.max({0}, {1})", True,
    ),
    RecursiveOperator(
        "smaller", (NUMBER, NUMBER), NUMBER, 2.5, min, "min({0}, {1})", "Math.min({0}, {1})", True,
    ),
    RecursiveOperator(
        "over", (NUMBER, NUMBER), NUMBER, 3.0, operator.truediv, "{0} / {1}", "({0} / {1})",
        needs="fractions",
    ),
    RecursiveOperator("same", ("atom", "atom"), TRUTH, 2.0, _same, "{0} == {1}", "({0} === {1})", True),
    RecursiveOperator("less", (NUMBER, NUMBER), TRUTH, 3.0, operator.lt, "{0} < {1}", "({0} < {1})"),
    RecursiveOperator(
        "both", (TRUTH, TRUTH), TRUTH, 2.5, lambda p, q: p and q, "{0} and {1}", "({0} && {1})", True,
    ),
    RecursiveOperator(
        "either", (TRUTH, TRUTH), TRUTH, 2.5, lambda p, q: p or q, "{0} or {1}", "({0} || {1})", True,
    ),
    RecursiveOperator("no", (TRUTH,), TRUTH, 2.5, operator.not_, "not {0}", "!{0}"),
    RecursiveOperator("is_empty", (_LIST,), TRUTH, 3.0, operator.not_, "{0} == []", "({0}.length === 0)"),
    RecursiveOperator(
        "is_missing", ("a",), TRUTH, 3.0, lambda value: value is None, "{0} is None", "({0} === null)",
        needs="missing",
    ),
    RecursiveOperator(
        "cons", ("a", _LIST), _LIST, 2.0, lambda x, xs: (x, *xs), "[{0}, *{1}]", "[{0}, ...{1}]",
        undone=_parts_of_list,
    ),
    RecursiveOperator("head", (_LIST,), "a", 3.5, _head, "{0}[0]", "{0}[0]"),
    RecursiveOperator("rest", (_LIST,), _LIST, 3.5, _rest, "{0}[1:]", "{0}.slice(1)"),
    RecursiveOperator(
        "pair", ("a", "b"), ("pair", "a", "b"), 2.0, lambda a, b: (a, b), "({0}, {1})", "[{0}, {1}]",
        undone=_parts_of_tuple,
    ),
    RecursiveOperator("first", (("pair", "a", "b"),), "a", 3.0, operator.itemgetter(0), "{0}[0]", "{0}[0]"),
    RecursiveOperator("second", (("pair", "a", "b"),), "b", 3.0, operator.itemgetter(1), "{0}[1]", "{0}[1]"),
    RecursiveOperator(
        "fork", (("leafy", "a"),) * 2, ("leafy", "a"), 2.0, lambda a, b: (a, b), "({0}, {1})", "[{0}, {1}]",
        undone=_parts_of_tuple,
    ),
    RecursiveOperator("leaf", ("a",), ("leafy", "a"), 2.0, lambda a: a, "{0}", "{0}", undone=_leaf_itself),
    RecursiveOperator(
        "node", (("labelled", "a"), "a", ("labelled", "a")), ("labelled", "a"), 2.0,
        lambda a, b, c: (a, b, c), "({0}, {1}, {2})", "[{0}, {1}, {2}]",
        undone=_parts_of_tuple,
    ),
    RecursiveOperator(
        "signed", (("signed", "a", "b"), "b", ("signed", "a", "b")), ("signed", "a", "b"), 2.0,
        lambda a, b, c: (a, b, c), "({0}, {1}, {2})", "[{0}, {1}, {2}]",
        undone=_parts_of_tuple,
    ),
    RecursiveOperator(
        "sole", ("a",), ("signed", "a", TEXT), 2.0, lambda a: a, "{0}", "{0}", undone=_leaf_itself,
    ),
    RecursiveOperator("nil", (), _LIST, 2.0, tuple, "[]", "[]"),
    RecursiveOperator("bare", (), ("labelled", "a"), 2.0, tuple, "()", "[]"),
)  # fmt: skip
OPERATORS: dict[str, RecursiveOperator] = {row.name: row for row in _ROWS}


def bound(pattern: Any, type_: Type, names: dict[str, Type]) -> bool:
    """Whether a type is of a pattern; what its letters stand for is written into the names."""
    if isinstance(pattern, str):
        if pattern == "atom" and type_ not in (NUMBER, TEXT):
            return False
        return names.setdefault(pattern, type_) == type_
    return pattern[0] == type_[0] and all(
        bound(one, other, names) for one, other in zip(pattern[1:], type_[1:], strict=True)
    )


def filled(pattern: Any, names: dict[str, Type]) -> Type:
    """A pattern with types in place of its letters."""
    if isinstance(pattern, str):
        return names[pattern]
    return (pattern[0], *(filled(one, names) for one in pattern[1:]))
