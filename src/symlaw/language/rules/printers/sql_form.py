"""SQL: a ``CASE`` of quoted columns, as SQLite and DuckDB read it; missing cells are NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, date_text
from symlaw.language.rules.printers.writing import Words, number, plain, written

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal, Related

OPTIONS = ("name",)


def write(decision: Decision, name: str | None = None) -> str:
    """A CASE expression, called ``name`` where that is given.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> write(Decision((Clause(Above("age", 71.0), "yes"),), "no"), name="readmitted")
    'CASE WHEN "age" > 71 THEN \\'yes\\' ELSE \\'no\\' END AS "readmitted"'
    """
    cases = [
        f"WHEN {written(clause.formula, _WORDS)} THEN {_value(clause.label)}" for clause in decision.clauses
    ]
    # a CASE without a WHEN is no SQL
    cases = cases or ["WHEN 1 = 0 THEN NULL"]
    whole = f"CASE {' '.join(cases)} ELSE {_value(decision.otherwise)} END"
    return whole if name is None else f"{whole} AS {_quoted(name)}"


def _quoted(name: str) -> str:
    if "\0" in name:
        raise CannotExport(f"SQL cannot name the column {name!r}: it holds a NUL character; rename it")
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    if "\0" in text:
        raise CannotExport(f"SQL cannot write {text!r}: it holds a NUL character")
    return "'" + text.replace("'", "''") + "'"


def _value(label: Any) -> str:
    own = plain(label)
    if isinstance(own, bool):
        return "TRUE" if own else "FALSE"
    return number(float(own)) if isinstance(own, (int, float)) else _text(str(own))


def _literal(literal: Literal) -> str:
    column = _quoted(literal.columns[0])
    match literal:
        case Above():
            cut = _text(date_text(literal.cut)) if literal.is_date else number(literal.cut)
            return f"{column} {'>' if literal.above else '<='} {cut}"
        case Equal():
            return f"{column} {'=' if literal.equal else '<>'} {number(literal.value)}"
        case Holds():
            return f"CAST({column} AS INTEGER) {'<>' if literal.truth else '='} 0"
        case Among():
            labels = ", ".join(map(_text, literal.labels))
            return f"{column} {'IN' if literal.inside else 'NOT IN'} ({labels})"
        case Missing():
            return f"{column} IS {'NULL' if literal.missing else 'NOT NULL'}"
        case _:
            return _related(literal)


def _related(literal: Related) -> str:
    sign = "<>" if literal.sign() == "!=" else literal.sign()
    return f"{_quoted(literal.column)} {sign} {_quoted(literal.other)}"


_WORDS = Words(
    all_of=lambda parts: "(" + " AND ".join(parts) + ")",
    any_of=lambda parts: "(" + " OR ".join(parts) + ")",
    number=lambda part: f"CASE WHEN {part} THEN 1 ELSE 0 END",
    odd=lambda total: f"({total} % 2 = 1)",
    literal=_literal,
    always="1 = 1",
    never="1 = 0",
)
