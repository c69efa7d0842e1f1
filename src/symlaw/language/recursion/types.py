"""Types of values that recursive functions work on: atoms, lists, pairs and three kinds of binary trees.

A tree of labels is ``()`` or ``(left, label, right)``; a tree of leaves is a leaf or ``(left, right)``; an
expression is a leaf or ``(left, sign, right)``. Inside the search lists are tuples too, so that all values
have hashes; the type says which is which.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symlaw.errors import DataError

Type = tuple[Any, ...]
NUMBER: Type = ("number",)
TRUTH: Type = ("truth",)
TEXT: Type = ("text",)
# An element of lists that are always empty, or a value that is always missing.
UNKNOWN: Type = ("unknown",)
_DEEPEST = 100


def type_of(values: Sequence[Any], depth: int = 0) -> Type:
    """The one type that several values have; None is a value of every type.

    Raises
    ------
    DataError
        When they have none in common.
    """
    values = [value for value in values if value is not None]
    if not values:
        return UNKNOWN
    if depth > _DEEPEST:
        raise DataError(f"values are nested more than {_DEEPEST} levels deep: give smaller examples")
    for kind, name in ((bool, TRUTH), ((int, float), NUMBER), (str, TEXT)):
        if all(isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in values):
            return name
    if all(isinstance(value, list) for value in values):
        return ("list", type_of([one for value in values for one in value], depth + 1))
    if any(isinstance(value, list) for value in values):
        raise DataError(
            f"{values[0]!r:.60} and {values[-1]!r:.60} are not of one type: give values of one type"
        )
    return _tree_of(values)


def _tree_of(values: Sequence[Any]) -> Type:
    """A pair, or one of the kinds of trees."""
    if all(type(value) is tuple and len(value) == 2 and not _has_tuples(value) for value in values):
        return ("pair", type_of([value[0] for value in values]), type_of([value[1] for value in values]))
    leaves: list[Any] = []
    labels: list[Any] = []
    widths: set[int] = set()
    waiting = [(value, 0) for value in values]
    while waiting:
        one, depth = waiting.pop()
        if depth > _DEEPEST:
            raise DataError(f"trees have more than {_DEEPEST} levels: give smaller examples")
        if type(one) is not tuple:
            leaves.append(one)
            continue
        widths.add(len(one))
        waiting.extend((part, depth + 1) for part in (one if len(one) == 2 else one[::2]))
        labels.extend(one[1:2] if len(one) == 3 else ())
    if any(isinstance(one, (list, tuple)) for one in (*leaves, *labels)):
        raise DataError(
            "trees have lists or tuples as labels: give numbers, truths or texts as labels and leaves"
        )
    if widths <= {0, 3} and not leaves:
        return ("labelled", type_of(labels))
    if widths == {2}:
        return ("leafy", type_of(leaves))
    if widths == {3}:
        return ("signed", type_of(leaves), type_of(labels))
    raise DataError(
        f"{values[0]!r:.60} is no value that is known: give numbers, truths, texts,"
        " lists, pairs, or binary trees as () or (left, label, right), a leaf or"
        " (left, right), a leaf or (left, sign, right)"
    )


def _has_tuples(value: tuple[Any, ...]) -> bool:
    return any(isinstance(one, (tuple, list)) for one in value)


def inward(value: Any, type_: Type) -> Any:
    """A value as the search has it, with tuples in place of lists."""
    if type_[0] == "list" and value is not None:
        return tuple(inward(one, type_[1]) for one in value)
    return value


def outward(value: Any, type_: Type) -> Any:
    """A value as people give it."""
    if type_[0] == "list" and value is not None:
        return [outward(one, type_[1]) for one in value]
    return value


def fits(value: Any, type_: Type, depth: int = 0) -> bool:
    """Whether a value, as people give it, is of a type."""
    if depth > _DEEPEST:
        return False
    kind = type_[0]
    if kind == "list":
        return isinstance(value, list) and all(fits(one, type_[1], depth + 1) for one in value)
    if kind == "pair":
        return isinstance(value, tuple) and len(value) == 2 and all(map(fits, value, type_[1:]))
    if kind in ("labelled", "leafy", "signed"):
        return _is_tree(value, type_)
    if kind == "unknown":
        return True
    kinds: dict[str, tuple[type, ...]] = {"number": (int, float), "truth": (bool,), "text": (str,)}
    return isinstance(value, kinds[kind]) and (kind == "truth" or not isinstance(value, bool))


def _is_tree(value: Any, type_: Type) -> bool:
    waiting = [value]
    width = 2 if type_[0] == "leafy" else 3
    while waiting:
        one = waiting.pop()
        if type(one) is tuple and len(one) == width:
            waiting.extend((one[0], one[-1]))
            if width == 3 and not fits(one[1], type_[-1]):
                return False
        elif type_[0] == "labelled":
            if one != ():
                return False
        elif not fits(one, type_[1]):
            return False
    return True


def is_type(value: Any, depth: int = 0) -> bool:
    """Whether a value, as from a file, is a type."""
    widths = {"number": 0, "truth": 0, "text": 0, "unknown": 0, "list": 1, "labelled": 1, "leafy": 1}
    widths.update({"pair": 2, "signed": 2})
    if not isinstance(value, tuple) or not value or not isinstance(value[0], str) or depth > 20:
        return False
    return len(value) - 1 == widths.get(value[0], -1) and all(is_type(one, depth + 1) for one in value[1:])
