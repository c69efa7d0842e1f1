"""Recursive functions for their consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.recursion.printer import python_of
from symlaw.language.recursion.script import javascript_of
from symlaw.tasks.forms import Form, exported, words_of

if TYPE_CHECKING:
    from symlaw.tasks.recursion.result import RecursiveFunction


def _python(found: RecursiveFunction) -> str:
    return python_of(found.program, found.types[:-1])


def _javascript(found: RecursiveFunction) -> str:
    return javascript_of(found.program, len(found.types) - 1)


FORMS = {
    "python": Form("one function that needs nothing else", _python),
    "javascript": Form("one function, in which lists, pairs and trees are arrays", _javascript),
}


def forms() -> dict[str, str]:
    """What forms recursive functions are exported to, and what each is."""
    return words_of(FORMS)


def export(found: RecursiveFunction, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, FORMS)
