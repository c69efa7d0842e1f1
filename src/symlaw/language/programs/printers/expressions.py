"""Programs as one expression, for consumers that have no statements: SQL and cells of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from symlaw.errors import CannotExport
from symlaw.language.programs.program import Branch, Input, Literal, Program


class Consumer(NamedTuple):
    """How a consumer says programs.

    Attributes
    ----------
    column
        An input, by its place.
    quoted
        A text.
    nothing
        What stands where there is no value.
    branch
        Of a condition, and of what then and otherwise is.
    joint
        Between texts that are put together.
    spellings
        Operators, by name, of their first argument written and of the values of the others.
    any_second
        Those whose other arguments may be any text, which is then written too.
    lacks
        How a refusal goes on after the operator's name.
    gather
        A list of parts; None where there are no lists.
    """

    column: Callable[[int], str]
    quoted: Callable[[str], str]
    nothing: str
    branch: Callable[[str, str, str], str]
    joint: str
    spellings: Mapping[str, Callable[..., str]]
    any_second: Sequence[str]
    lacks: str
    gather: Callable[[list[str]], str] | None = None


def expression_of(program: Program, consumer: Consumer) -> str:
    """A program as an expression.

    Raises
    ------
    CannotExport
        When it uses an operator that has no spelling.
    """
    if isinstance(program, Input):
        return consumer.column(program.place)
    if isinstance(program, Literal):
        return consumer.nothing if program.value is None else consumer.quoted(str(program.value))
    if isinstance(program, Branch):
        parts = (program.condition, program.then, program.otherwise)
        condition, then, other = (expression_of(part, consumer) for part in parts)
        return consumer.branch(condition, then, other)
    inner = [expression_of(part, consumer) for part in program.arguments]
    if program.name == "concat":
        return "(" + consumer.joint.join(inner) + ")"
    if program.name == "gather" and consumer.gather is not None:
        return consumer.gather(inner)
    literals: list[Any] = [part.value for part in program.arguments[1:] if isinstance(part, Literal)]
    if program.name in consumer.any_second:
        literals = inner[1:]
    spelling = consumer.spellings.get(program.name)
    if spelling is None or len(literals) != len(program.arguments) - 1:
        raise CannotExport(f"the program uses {program.name}, {consumer.lacks}: export it as python")
    return "(" + spelling(inner[0], *literals) + ")"


def overlaps_itself(mark: str) -> bool:
    """Whether a mark can begin where an earlier one has not ended.

    Examples
    --------
    >>> overlaps_itself("::"), overlaps_itself(", ")
    (True, False)
    """
    return any(mark[:n] == mark[-n:] for n in range(1, len(mark)))
