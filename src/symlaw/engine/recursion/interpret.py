"""Running recursive functions: an interpreter of our own, with limits of steps, sizes and depth."""

from __future__ import annotations

from typing import Any

from symlaw.language.recursion.program import Apply, Choice, Constant, Recursive, Scheme, Variable
from symlaw.language.recursion.shapes import SHAPES
from symlaw.language.recursion.table import OPERATORS

MOST_STEPS, MOST_LENGTH, MOST_LEVELS = 1_500_000, 1_000_000, 200
# Rests of a list are kept while it is walked, so that their sizes add up.
LONGEST_LIST = 4_000
# Copying so many elements counts as one step.
_COPIED = 32
# So does arithmetic on so many bits.
_BITS = 256
_LARGEST = 10**3000
# What a program without a value raises; programs from files may put any type anywhere.
NO_VALUE = (
    TypeError, ValueError, KeyError, ArithmeticError, AttributeError, IndexError, RecursionError,
)  # fmt: skip


class Spent(ValueError):
    """A limit was reached."""


class Meter:
    """Counts down what one run may use."""

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.steps = steps

    def pay(self, value: Any) -> Any:
        """Take a step, and as many more as the value is long."""
        self.steps -= 1
        if type(value) is tuple:
            self.steps -= len(value) // _COPIED
            if len(value) > MOST_LENGTH:
                raise Spent
        elif type(value) is int and not -_LARGEST < value < _LARGEST:
            raise Spent
        elif type(value) is int:
            self.steps -= value.bit_length() // _BITS
        if self.steps < 0:
            raise Spent
        return value


def run(program: Recursive, row: tuple[Any, ...], meter: Meter, level: int = 0) -> Any:
    """The value of a program; it raises one of `NO_VALUE` where there is none.

    Values are those of the search, in which lists are tuples.
    """
    if isinstance(program, Variable):
        return row[program.place]
    if isinstance(program, Constant):
        return program.value
    if isinstance(program, Apply):
        given = [run(one, row, meter, level) for one in program.arguments]
        return meter.pay(OPERATORS[program.name].function(*given))
    if isinstance(program, Choice):
        truth = run(program.condition, row, meter, level)
        return run(program.then if truth else program.otherwise, row, meter, level)
    subjects = tuple(run(one, row, meter, level) for one in program.subjects)
    return _recursion(program, row, subjects, meter, level + 1)


def _recursion(
    scheme: Scheme, row: tuple[Any, ...], subjects: tuple[Any, ...], meter: Meter, level: int
) -> Any:
    """A scheme's value; lists are walked in a loop, since they are longer than Python's stack is deep."""
    chain: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = []
    while True:
        if level > MOST_LEVELS:
            raise Spent
        meter.pay(subjects[0])
        case, parts, deeper = taken_apart(scheme.shapes, subjects)
        found: tuple[Any, ...] = ()
        if len(deeper) == 1:
            chain.append((subjects, parts))
            if len(chain) > LONGEST_LIST:
                raise Spent
            subjects = deeper[0]
            continue
        if deeper:
            found = tuple(_recursion(scheme, row, one, meter, level + 1) for one in deeper)
        value = _case(scheme, case, (*row, *subjects, *parts, *found), meter, level)
        break
    last = len(scheme.cases) - 1
    for whole, parts in reversed(chain):
        value = _case(scheme, last, (*row, *whole, *parts, value), meter, level)
    return value


def _case(scheme: Scheme, place: int, row: tuple[Any, ...], meter: Meter, level: int) -> Any:
    program = scheme.cases[place]
    if program is None:
        raise ValueError
    return run(program, row, meter, level)


def taken_apart(
    shapes: tuple[str, ...], subjects: tuple[Any, ...]
) -> tuple[int, tuple[Any, ...], list[tuple[Any, ...]]]:
    """The case that subjects are in, their parts, and the subjects of the calls of itself."""
    place = 0
    parts: list[Any] = []
    for name, subject in zip(shapes, subjects, strict=True):
        shape = SHAPES[name]
        is_large = not shape.is_small(subject)
        place = 2 * place + is_large
        parts.extend(shape.large(subject) if is_large else shape.small(subject))
    if place < 2 ** len(shapes) - 1:
        return place, tuple(parts), []
    width = len(SHAPES[shapes[0]].names)
    deeper = [
        tuple(parts[start + child] for start in range(0, len(parts), width))
        for child in SHAPES[shapes[0]].recurs
    ]
    return place, tuple(parts), deeper


def value_or_none(program: Recursive, row: tuple[Any, ...]) -> tuple[bool, Any]:
    """Whether a program has a value, and the value."""
    try:
        return True, run(program, row, Meter())
    except NO_VALUE:
        return False, None
