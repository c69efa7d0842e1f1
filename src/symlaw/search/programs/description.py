"""How many bits a program's description takes; a part that occurs twice is described once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from symlaw.language.programs.functions.moments import PARTS
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program
from symlaw.language.programs.table import OPERATORS

# Bits of one more piece of an output, of a branch, of naming a part that is described already.
PIECE, BRANCH, AGAIN = 1.5, 3.0, 1.0
INPUT = 1.0

_CLASSES = {
    "digits": 0.5, "letters": 1.0, "capitals": 1.5, "small": 1.5, "alphanumeric": 1.0, "word": 0.5,
    "blanks": 1.5, "figures": 1.0, "marks": 1.5,
}  # fmt: skip
_MODES = {
    "mdy": 0.5, "dmy": 0.6, "ymd": 0.8, "nearest": 1.0, "down": 1.0, "up": 2.5, "to zero": 2.0,
    "from zero": 2.5, "3": 0.5, "2": 2.5,
}  # fmt: skip
_PARTS = {name: 0.5 + 0.05 * place for place, name in enumerate(PARTS)}
_MINUTES = {60: 0.5, 30: 1.0, 15: 1.5, 120: 1.5, 10: 1.5, 5: 2.0, 20: 2.0}
# Parts of one moment that are rarely said together: a clock of 24 hours with AM and PM, padded and plain
# numbers.
_RARELY = (({"hour", "hh"}, {"AM", "am"}, 4.0), ({"mm"}, {"day"}, 1.0), ({"month"}, {"dd"}, 1.0))


def place_bits(place: int) -> float:
    """Bits of a place in a list, from the front or from the back."""
    return 0.7 * (abs(place) - 1) + (0.4 if place < 0 else 0.0)


def mark_bits(mark: str) -> float:
    """Bits of a text that an operator looks for or puts in."""
    return sum(
        1.3 if letter.isalnum() else 0.5 if letter == " " or letter.isprintable() else 1.5 for letter in mark
    )


def written_bits(text: str) -> float:
    """Bits of a text that is a piece of the output."""
    # digits differ from row to row more often than letters do
    return 1.0 + sum(
        3.0 if letter.isdigit() else 2.2 if letter.isalpha() else 0.6 if letter == " " else 0.8
        for letter in text
    )


def _least_bits(least: int) -> float:
    return 0.4 + 0.2 * least if least else 1.2


def _step_bits(step: Decimal) -> float:
    digits = str(abs(step.normalize()).as_tuple().digits[0]) if step else "0"
    many = len(step.normalize().as_tuple().digits)
    return (
        0.7 * many
        + (0.0 if digits == "1" else 0.5)
        + 0.25 * abs(step.adjusted())
        + (0.8 if step < 0 else 0.0)
    )


_BITS = {
    "mark": mark_bits,
    "text": lambda value: (
        2.0 + 0.5 * mark_bits(value) + (1.5 if len(value) == 1 and value.isalnum() else 0.0)
    ),
    "place": place_bits,
    "count": lambda value: 0.5 * value,
    "class": _CLASSES.__getitem__,
    "mode": _MODES.__getitem__,
    "part": _PARTS.__getitem__,
    "least": _least_bits,
    "width": lambda value: 0.0 if value == 1 else 0.5 + 0.2 * value,
    "minutes": lambda value: _MINUTES.get(value, 2.5),
    "seconds": lambda value: 1.0 if value % 3600 == 0 else 1.5 if value % 60 == 0 else 2.0,
    "number": _step_bits,
}


def literal_bits(kind: str, value: Any) -> float:
    """Bits of a literal as an argument of some type."""
    return float(_BITS[kind](value))


def bits(program: Program) -> float:
    """Bits of a program."""
    seen: dict[Program, float] = {}
    total = _bits(program, seen)
    said = {
        one.arguments[1].value
        for one in seen
        if isinstance(one, Call) and one.name == "say" and isinstance(one.arguments[1], Literal)
    }
    return total + sum(more for one, other, more in _RARELY if said & one and said & other)


def _bits(program: Program, seen: dict[Program, float]) -> float:
    if isinstance(program, Input):
        return INPUT
    if isinstance(program, Literal):
        return 1.0 if program.value is None else written_bits(str(program.value))
    if program in seen:
        return min(AGAIN, seen[program])
    if isinstance(program, Branch):
        parts = (program.condition, program.then, program.otherwise)
        return BRANCH + sum(_bits(part, seen) for part in parts)
    row = OPERATORS[program.name]
    total = row.cost
    for place, argument in enumerate(program.arguments):
        kind = "text" if row.takes_many else row.arguments[place]
        if isinstance(argument, Literal) and program.name != "concat":
            total += literal_bits(kind, argument.value)
        else:
            total += _bits(argument, seen)
    if program.name == "concat":
        total += PIECE * (len(program.arguments) - 1)
    seen[program] = total
    return total
