"""How programs are written for their consumers."""

from __future__ import annotations

from collections.abc import Callable

from symlaw.errors import CannotExport
from symlaw.language.later import Later
from symlaw.language.programs.program import Program

Printer = Callable[[Program, tuple[str, ...]], str]
_HOME = "symlaw.language.programs.printers"
_FORMS: dict[str, Printer] = {
    "python": Later(f"{_HOME}.python.python"),
    "pandas": Later(f"{_HOME}.python.pandas"),
    "javascript": Later(f"{_HOME}.javascript.javascript"),
    "duckdb": Later(f"{_HOME}.sql.duckdb"),
    "sqlite": Later(f"{_HOME}.plain_sql.sqlite"),
    "excel": Later(f"{_HOME}.excel.excel"),
    "regex": Later(f"{_HOME}.regex.regex"),
}
FORMS = tuple(_FORMS)
# What each is.
_WORDS = {
    "python": "a function of the standard library alone",
    "pandas": "a function of a frame's columns",
    "javascript": "a function",
    "duckdb": "an expression of columns in DuckDB's SQL",
    "sqlite": "an expression of columns in SQLite's SQL",
    "excel": "a formula of cells",
    "regex": "a regular expression of Python, and what texts that it fits are replaced with",
}


def exported(program: Program, names: tuple[str, ...], form: str) -> str:
    """A program as text for a consumer.

    Parameters
    ----------
    program
        The program.
    names
        Of its input columns.
    form
        One of `FORMS`.

    Raises
    ------
    CannotExport
        When the form is unknown, or the consumer lacks something that the program needs.
    """
    if form not in _FORMS:
        raise CannotExport(f"{form!r} is no form of programs: take one of {', '.join(FORMS)}")
    return _FORMS[form](program, names)


def forms() -> dict[str, str]:
    """What forms there are, and what each is."""
    return dict(_WORDS)
