"""pandas: a query of a frame, which keeps the rows in which the rule holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.errors import CannotExport
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, date_text
from symlaw.language.rules.printers.writing import Words, number, only_rule, written

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS: tuple[str, ...] = ()


def write(decision: Decision) -> str:
    """The text for ``frame.query(text, engine="python")``.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> write(Decision((Clause(Above("age", 71.0), "yes"),), "no"))
    '(`age` > 71)'
    """
    return written(only_rule(decision, "a query of pandas"), _WORDS)


def _name(column: str) -> str:
    if "`" in column:
        raise CannotExport(
            f"a query of pandas cannot name the column {column!r}: it holds a backquote; rename it"
        )
    return f"`{column}`"


def _literal(literal: Literal) -> str:
    column = _name(literal.columns[0])
    known = f"(not {column}.isnull())"
    match literal:
        case Above():
            cut = repr(date_text(literal.cut)) if literal.is_date else number(literal.cut)
            return f"({column} {'>' if literal.above else '<='} {cut})"
        case Equal():
            if literal.equal:
                return f"({column} == {number(literal.value)})"
            return f"({column} != {number(literal.value)} and {known})"
        case Holds():
            return f"({column} == 0)" if not literal.truth else f"({column} != 0 and {known})"
        case Among():
            labels = list(literal.labels)
            return (
                f"({column} in {labels!r})" if literal.inside else f"({column} not in {labels!r} and {known})"
            )
        case Missing():
            return f"({column}.isnull())" if literal.missing else known
        case _:
            other, sign = _name(literal.columns[1]), literal.sign()
            if sign == "!=":
                return f"({column} != {other} and {known} and (not {other}.isnull()))"
            return f"({column} {'==' if sign == '=' else sign} {other})"


_WORDS = Words(
    all_of=lambda parts: "(" + " and ".join(parts) + ")",
    any_of=lambda parts: "(" + " or ".join(parts) + ")",
    number=lambda part: f"{part} * 1",
    odd=lambda total: f"({total} % 2 == 1)",
    literal=_literal,
    always="index == index",
    never="index != index",
)
