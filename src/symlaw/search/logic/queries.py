"""A function of truths that can be asked: which inputs play a part, and its table over these.

Two rows that differ only in inputs not yet known to matter, and of which the function says different things,
tell of one that matters: half of the difference is taken back until one input is left (Angluin 1988; Blum,
Hellerstein and Littlestone 1995).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.data.logic.truths import TruthRows, every_row
from symlaw.errors import DataError, InvalidSetting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Row = NDArray[np.bool_]

# Inputs of which every row is asked; of more, those that matter are found first.
_FEW = 12
# Pairs of rows in a row that say the same before the other inputs are taken to play no part.
_PAIRS = 1000


class Asked(NamedTuple):
    """A function as a table.

    Attributes
    ----------
    table
        Over the inputs that matter.
    idle
        Inputs that play no part.
    questions
        How often the function was asked.
    """

    table: TruthRows
    idle: tuple[str, ...]
    questions: int

    def words(self) -> str:
        """What is known of the inputs that are left out, as a clause of a sentence."""
        asked = f"asked {self.questions:,} times"
        if not self.idle:
            return f"{asked}, every row"
        shown = ", ".join(self.idle[:8]) + (", ..." if len(self.idle) > 8 else "")
        return f"{asked}; {shown} made no difference in {_PAIRS:,} pairs of rows drawn by chance"


def inputs_of(function: Callable[..., Any], names: Sequence[str] | None) -> tuple[str, ...]:
    """Names of a function's inputs: those given, or those of its parameters.

    Raises
    ------
    InvalidSetting
        When there are none, or they are not different.
    """
    if names is None:
        parameters = inspect.signature(function).parameters.values()
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        names = [one.name for one in parameters if one.kind in kinds]
    if not names or len(set(names)) < len(names):
        raise InvalidSetting("the function's inputs have no names of their own: give inputs=['a', 'b', ...]")
    return tuple(names)


def ask(function: Callable[..., Any], names: Sequence[str]) -> Asked:
    """The table of a function of truths.

    Parameters
    ----------
    function
        Takes a truth for each name, in order.
    names
        Of the inputs.

    Raises
    ------
    DataError
        When it fails, or more inputs matter than a table can have, or it says the same of every row.
    """
    teacher = _Teacher(function, len(names))
    if len(names) <= _FEW:
        rows = every_row(len(names))
        truths = np.array([teacher.says(row) for row in rows])
        return Asked(TruthRows(tuple(names), "out", rows, truths), (), teacher.questions)
    generator = np.random.Generator(np.random.Philox(key=len(names)))
    matter: list[int] = []
    same = 0
    while same < _PAIRS:
        first, second = generator.random((2, len(names))) < 0.5
        second[matter] = first[matter]
        if teacher.says(first) == teacher.says(second):
            same += 1
            continue
        matter.append(teacher.between(first, second))
        same = 0
        if len(matter) > _FEW:
            raise DataError(
                f"more than {_FEW} inputs play a part: give fewer inputs, or a table of rows with noisy=True"
            )
    if not matter:
        raise DataError(
            f"the function says the same of {_PAIRS:,} rows drawn by chance: there is nothing to find"
        )
    matter.sort()
    rows = every_row(len(matter))
    whole = np.zeros((len(rows), len(names)), bool)
    whole[:, matter] = rows
    truths = np.array([teacher.says(row) for row in whole])
    idle = tuple(name for place, name in enumerate(names) if place not in matter)
    return Asked(TruthRows(tuple(names[k] for k in matter), "out", rows, truths), idle, teacher.questions)


class _Teacher:
    """Asks, counts, and says what went wrong."""

    def __init__(self, function: Callable[..., Any], count: int) -> None:
        self._function, self._count, self.questions = function, count, 0

    def says(self, row: Row) -> bool:
        self.questions += 1
        try:
            return bool(self._function(*(bool(one) for one in row)))
        except Exception as error:
            shown = ", ".join("10"[1 - int(one)] for one in row[:16])
            raise DataError(
                f"the function fails for the inputs {shown}{', ...' if self._count > 16 else ''} with"
                f" {type(error).__name__}: {error}"
            ) from error

    def between(self, first: Row, second: Row) -> int:
        """An input that matters, of two rows of which different things are said."""
        said, other = self.says(first), second.copy()
        differ = np.flatnonzero(first != other)
        while len(differ) > 1:
            half = differ[: len(differ) // 2]
            middle = other.copy()
            middle[half] = first[half]
            if self.says(middle) == said:
                # the rest of the difference changes nothing: it lies in this half
                differ = half
            else:
                other, differ = middle, differ[len(differ) // 2 :]
        return int(differ[0])
