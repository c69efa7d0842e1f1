"""Python: a function of one row that needs no package; missing cells are None or nan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.errors import CannotExport
from symlaw.language.rules.formula import text_of
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, date_text
from symlaw.language.rules.printers.writing import Words, number, plain, written

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS = ("name",)


def write(decision: Decision, name: str = "rule") -> str:
    """The source of a function of a mapping from columns to cells.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> space = {}
    >>> exec(write(Decision((Clause(Above("age", 71.0), "yes"),), "no")), space)
    >>> space["rule"]({"age": 80}), space["rule"]({"age": None})
    ('yes', 'no')
    """
    if not name.isidentifier():
        raise CannotExport(f"name is {name!r}: a function of Python needs a plain word")
    body = "".join(
        f"    # {text_of(clause.formula)!a}\n"
        f"    if {written(clause.formula, _WORDS)}:\n        return {plain(clause.label)!r}\n"
        for clause in decision.clauses
    )
    return (
        f"def {name}(row):\n"
        '    """The label of a row, a mapping of columns; cells that are missing are None or nan."""\n'
        "    def known(*cells):\n"
        "        return all(cell is not None and cell == cell for cell in cells)\n\n"
        f"{body}    return {plain(decision.otherwise)!r}\n"
    )


def _literal(literal: Literal) -> str:
    cells = [f"row[{name!r}]" for name in literal.columns]
    cell, known = cells[0], f"known({', '.join(cells)})"
    match literal:
        case Above():
            cut, own = number(literal.cut), cell
            if literal.is_date:
                # stamps of pandas and of Python are compared by their ISO text
                cut, own = repr(date_text(literal.cut)), f"str({cell})"
            return f"({known} and {own} {'>' if literal.above else '<='} {cut})"
        case Equal():
            return f"({known} and {cell} {'==' if literal.equal else '!='} {number(literal.value)})"
        case Holds():
            return f"({known} and {cell} {'!=' if literal.truth else '=='} 0)"
        case Among():
            return f"({known} and {cell} {'in' if literal.inside else 'not in'} {literal.labels!r})"
        case Missing():
            return f"(not {known})" if literal.missing else known
        case _:
            sign = literal.sign()
            return f"({known} and {cells[0]} {'==' if sign == '=' else sign} {cells[1]})"


_WORDS = Words(
    all_of=lambda parts: "(" + " and ".join(parts) + ")",
    any_of=lambda parts: "(" + " or ".join(parts) + ")",
    number=lambda part: f"bool{part}" if part.startswith("(") else f"bool({part})",
    odd=lambda total: f"({total} % 2 == 1)",
    literal=_literal,
    always="True",
    never="False",
)
