"""Decisions in other languages, by the name of the form."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision

# What each form is, and the module that writes it.
FORMS = {
    "sql": "a CASE expression of quoted columns",
    "python": "a function of one row, with no import",
    "pandas": "a query for DataFrame.query(..., engine='python') that keeps the rows in which the rule holds",
    "excel": "a formula of cells",
    "c": "a function of one row in C",
    "verilog": "a module with one output, of columns of 0 and 1",
    "json": "nested lists and objects",
    "words": "plain English",
}
_HOME = "symlaw.language.rules.printers"


def exported(decision: Decision, form: str, **options: Any) -> str:
    """A decision in one of `FORMS`.

    Raises
    ------
    InvalidSetting
        When there is no such form, or it has no such option.
    CannotExport
        When the form cannot say it.
    """
    if form not in FORMS:
        raise InvalidSetting(f"unknown form {form!r} of rules: give one of {', '.join(FORMS)}")
    module = import_module(f"{_HOME}.{form}_form")
    unknown = [name for name in options if name not in module.OPTIONS]
    if unknown:
        has = f"its options are {', '.join(module.OPTIONS)}" if module.OPTIONS else "it has none"
        raise InvalidSetting(f"form {form!r} of rules has no option {unknown[0]!r}: {has}")
    return str(module.write(decision, **options))


def forms() -> dict[str, str]:
    """What forms there are, and what each is."""
    return dict(FORMS)
