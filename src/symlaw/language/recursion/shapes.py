"""How values are taken apart: the small case and the large one of lists and trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symlaw.language.recursion.types import Type


@dataclass(frozen=True)
class Shape:
    """One way to take a kind of value apart.

    Attributes
    ----------
    kind
        The type's first word.
    is_small
        Whether a value is in the small case.
    small, large
        The parts of a value in either case.
    small_types, large_types
        Their types; the value's own type stands at the places that recur.
    names
        What the parts of a large value are called.
    recurs
        Places of the parts of a large value on which the function calls itself.
    test, small_python, large_python
        Spellings: of the test for the small case, and of the parts.
    script
        The same in JavaScript.
    cost
        Bits that naming it takes.
    """

    kind: str
    is_small: Callable[[Any], bool]
    small: Callable[[Any], tuple[Any, ...]]
    large: Callable[[Any], tuple[Any, ...]]
    small_types: Callable[[Type], tuple[Type, ...]]
    large_types: Callable[[Type], tuple[Type, ...]]
    names: tuple[str, ...]
    recurs: tuple[int, ...]
    test: str
    small_python: tuple[str, ...]
    large_python: tuple[str, ...]
    script: tuple[str, tuple[str, ...], tuple[str, ...]]
    cost: float = 6.0


def _nothing(_: Any) -> tuple[Any, ...]:
    return ()


def _itself(value: Any) -> tuple[Any, ...]:
    return (value,)


def _is_leaf(value: Any) -> bool:
    return not isinstance(value, tuple)


def _is_empty(value: Any) -> bool:
    return not len(value)


def _listed(type_: Type) -> tuple[Type, ...]:
    return (type_[1], type_)


SHAPES: dict[str, Shape] = {
    # a list from its front
    "list": Shape(
        "list", _is_empty, _nothing, lambda xs: (xs[0], xs[1:]), _nothing, _listed,
        ("x", "rest"), (1,), "{0} == []", (), ("{0}[0]", "{0}[1:]"),
        ("{0}.length === 0", (), ("{0}[0]", "{0}.slice(1)")),
    ),
    # a list that is not empty
    "filled": Shape(
        "list", lambda xs: len(xs) < 2, lambda xs: (xs[0],), lambda xs: (xs[0], xs[1:]),
        lambda type_: (type_[1],), _listed, ("x", "rest"), (1,), "len({0}) == 1",
        ("{0}[0]",), ("{0}[0]", "{0}[1:]"),
        ("{0}.length === 1", ("{0}[0]",), ("{0}[0]", "{0}.slice(1)")),
    ),
    # a list from its end
    "behind": Shape(
        "list", _is_empty, _nothing, lambda xs: (xs[-1], xs[:-1]), _nothing, _listed,
        ("x", "front"), (1,), "{0} == []", (), ("{0}[-1]", "{0}[:-1]"),
        ("{0}.length === 0", (), ("{0}.at(-1)", "{0}.slice(0, -1)")), 7.0,
    ),
    "labelled": Shape(
        "labelled", _is_empty, _nothing, lambda tree: tree, _nothing, lambda type_: (type_, type_[1], type_),
        ("left", "label", "right"), (0, 2), "{0} == ()", (), ("{0}[0]", "{0}[1]", "{0}[2]"),
        ("{0}.length === 0", (), ("{0}[0]", "{0}[1]", "{0}[2]")),
    ),
    "leafy": Shape(
        "leafy", _is_leaf, _itself, lambda tree: tree, lambda type_: (type_[1],),
        lambda type_: (type_, type_), ("left", "right"), (0, 1),
        "not isinstance({0}, tuple)", ("{0}",), ("{0}[0]", "{0}[1]"),
        ("!Array.isArray({0})", ("{0}",), ("{0}[0]", "{0}[1]")),
    ),
    "signed": Shape(
        "signed", _is_leaf, _itself, lambda tree: tree, lambda type_: (type_[1],),
        lambda type_: (type_, type_[2], type_), ("left", "sign", "right"), (0, 2),
        "not isinstance({0}, tuple)", ("{0}",), ("{0}[0]", "{0}[1]", "{0}[2]"),
        ("!Array.isArray({0})", ("{0}",), ("{0}[0]", "{0}[1]", "{0}[2]")),
    ),
}  # fmt: skip


def sizes_of_case(shapes: tuple[str, ...], place: int) -> tuple[bool, ...]:
    """Of each subject whether it is large in a case; the last subject changes fastest."""
    n = len(shapes)
    return tuple(bool(place >> (n - 1 - subject) & 1) for subject in range(n))


def width_of_case(shapes: tuple[str, ...], place: int) -> int:
    """How many variables a case adds."""
    large = sizes_of_case(shapes, place)
    parts = [
        len(SHAPES[name].names if is_large else SHAPES[name].small_python)
        for name, is_large in zip(shapes, large, strict=True)
    ]
    recurs = len(SHAPES[shapes[0]].recurs) if all(large) else 0
    return len(shapes) + sum(parts) + recurs
