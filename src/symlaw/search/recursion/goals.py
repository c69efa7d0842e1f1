"""Goals of the search: rows of variables, and the values wanted of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from symlaw.language.recursion.program import Recursive
from symlaw.language.recursion.types import NUMBER, TEXT, TRUTH, Type

# Programs compare with texts where there are no more than this.
_MOST_TEXTS = 6


@dataclass(frozen=True)
class Goal:
    """Values wanted of rows.

    Attributes
    ----------
    types
        Of the variables; None for one that must not be read.
    rows
        Values of the variables, a row for each example.
    target
        Type of what is wanted.
    outputs
        What is wanted of each row.
    world
        All types that may occur, and the texts and whether values can be missing.
    """

    types: tuple[Type | None, ...]
    rows: tuple[tuple[Any, ...], ...]
    target: Type
    outputs: tuple[Any, ...]
    world: World


@dataclass(frozen=True)
class World:
    """What programs of a task are made of.

    Attributes
    ----------
    types
        Types that parts of a program may have.
    texts
        Texts that programs may compare with.
    has_missing
        Whether None is among the outputs.
    has_fractions
        Whether numbers that are not whole are among them.
    """

    types: tuple[Type, ...]
    texts: tuple[str, ...]
    has_missing: bool
    has_fractions: bool = False


class Candidate(NamedTuple):
    """A program that does what is wanted, with the bits that it costs."""

    bits: float
    program: Recursive


def shortest(candidates: Iterable[Candidate], most: int) -> list[Candidate]:
    """The shortest of candidates, none twice; of equal ones those that came first."""
    found: list[Candidate] = []
    for one in sorted(candidates, key=lambda candidate: candidate.bits):
        if len(found) == most:
            break
        if all(one.program != other.program for other in found):
            found.append(one)
    return found


def within(type_: Type) -> list[Type]:
    """A type and those of its parts."""
    return [type_, *(one for part in type_[1:] for one in within(part))]


def world_of(types: tuple[Type, ...], values: list[Any], outputs: list[Any]) -> World:
    """What programs may be made of: types that occur, truths and numbers."""
    found: list[Type] = [TRUTH, NUMBER]
    for type_ in types:
        found.extend(one for one in within(type_) if one not in found and one != ("unknown",))
    texts: list[str] = []
    waiting = list(values)
    while waiting:
        one = waiting.pop()
        if isinstance(one, tuple):
            waiting.extend(one)
        elif isinstance(one, str) and one not in texts:
            texts.append(one)
    has_texts = TEXT in found and len(texts) <= _MOST_TEXTS
    return World(
        tuple(found),
        tuple(sorted(texts)) if has_texts else (),
        has_missing=any(one is None for one in outputs),
        has_fractions=any(isinstance(one, float) and not one.is_integer() for one in outputs),
    )
