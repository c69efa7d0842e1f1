"""Which formulas are well typed, and which languages can have any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting
from symlaw.language.expression import Variable
from symlaw.language.operators import Operator
from symlaw.language.types import TUPLES, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from symlaw.language.expression import Node


# What people call a value of a type.
_WORDS = {
    Type.REAL: "a number", Type.BOOLEAN: "a Boolean", Type.INTEGER: "a whole number",
    **{kind: f"a {kind.value} of formulas" for kind in TUPLES},
}  # fmt: skip


def result_of(nodes: Iterable[Node], types: Mapping[str, Type]) -> Type | None:
    """Type of a formula; None where an operator has an argument of another type than its own.

    Parameters
    ----------
    nodes
        One complete formula in postfix order.
    types
        Types of those variables that are no numbers.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> result_of(parse("if(x > 2 and wet, x, 1)").nodes, {"wet": Type.BOOLEAN})
    <Type.REAL: 'real'>
    >>> result_of(parse("x + wet").nodes, {"wet": Type.BOOLEAN})
    """
    stack: list[Type] = []
    for node in nodes:
        if isinstance(node, Operator):
            first = len(stack) - node.arity
            if tuple(stack[first:]) != node.argument_types[: node.arity]:
                return None
            stack[first:] = [node.result_type]
        else:
            stack.append(types.get(node.name, Type.REAL) if isinstance(node, Variable) else Type.REAL)
    return stack[0]


def check_types(rows: Sequence[Operator], columns: Sequence[Type], constants: bool, result: Type) -> None:
    """Refuse a language that asks for values which nothing in it gives.

    Parameters
    ----------
    rows
        The operators.
    columns
        Types of the variables.
    constants
        Whether numbers may stand in formulas.
    result
        Type of a whole formula.

    Raises
    ------
    InvalidSetting
        When an operator has an argument, or a formula has to be, of a type that no formula has.
    """
    given = {*columns, *([Type.REAL] if constants else [])}
    for _ in Type:
        given |= {row.result_type for row in rows if set(row.argument_types[: row.arity]) <= given}
    for row in rows:
        for kind in row.argument_types[: row.arity]:
            if kind not in given:
                what = "a Boolean column, or a comparison such as '>'"
                mend = what if kind is Type.BOOLEAN else "such a column"
                raise InvalidSetting(
                    f"operators has {row.name!r}, which takes {_WORDS[kind]}, and nothing gives one:"
                    f" add {mend}"
                )
    if result not in given:
        raise InvalidSetting(
            f"formulas have to give {_WORDS[result]}, and nothing does: add an operator that does"
        )
