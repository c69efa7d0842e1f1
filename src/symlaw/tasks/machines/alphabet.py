"""Steps of sequences as numbers, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.errors import DataError


@dataclass(frozen=True)
class Alphabet:
    """How steps become numbers.

    Attributes
    ----------
    symbols
        Texts in their order, of which a step's number is the place; empty where steps are numbers.
    width
        How many numbers a step has.
    is_single
        Whether a step is a number and not a tuple of one.
    """

    symbols: tuple[str, ...]
    width: int
    is_single: bool

    def code(self, step: Any) -> tuple[Any, ...]:
        """A step as numbers.

        Raises
        ------
        DataError
            When it is of another kind than those that were seen.
        """
        if self.symbols:
            if step not in self.symbols:
                raise DataError(
                    f"{step!r:.40} is none of the symbols that were seen, {', '.join(self.symbols)!s:.60}"
                )
            return (self.symbols.index(step),)
        numbers = (step,) if self.is_single else tuple(step)
        if len(numbers) != self.width or not all(_is_number(one) for one in numbers):
            raise DataError(
                f"a step is {step!r:.60}: give {self.width} number{'s' * (self.width != 1)} in each"
            )
        return tuple(plain(one) for one in numbers)

    def decode(self, numbers: tuple[Any, ...] | None) -> Any:
        """What stands for some numbers; None where a symbol is none."""
        if numbers is None:
            return None
        if self.symbols:
            place = numbers[0]
            return self.symbols[int(place)] if place in range(len(self.symbols)) else None
        return numbers[0] if self.is_single else numbers


def alphabet_of(sequences: Sequence[Sequence[Any]], what: str) -> Alphabet:
    """How the steps of some sequences become numbers.

    Raises
    ------
    DataError
        When steps are of several kinds.
    """
    steps = [step for sequence in sequences for step in sequence]
    if all(isinstance(step, str) for step in steps):
        return Alphabet(tuple(sorted(set(steps))), 1, True)
    if all(_is_number(step) for step in steps):
        return Alphabet((), 1, True)
    widths = {len(step) if hasattr(step, "__len__") and not isinstance(step, str) else 0 for step in steps}
    numbers = (one for step in steps if hasattr(step, "__iter__") for one in step)
    if len(widths) != 1 or 0 in widths or not all(_is_number(one) for one in numbers):
        raise DataError(
            f"steps of {what} are of several kinds: give numbers, texts, or tuples of as many numbers"
        )
    return Alphabet((), widths.pop(), False)


def _is_number(value: Any) -> bool:
    return hasattr(value, "__float__") and not isinstance(value, str) and float(value) == float(value)


def plain(value: Any) -> Any:
    """A number of Python's; whole ones are integers, which have any size."""
    number = float(value)
    return int(value) if number.is_integer() else number
