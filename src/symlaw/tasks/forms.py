"""Forms that answers are exported to: what each is, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from symlaw.errors import CannotExport


class Form(NamedTuple):
    """A form.

    Attributes
    ----------
    words
        What it is.
    write
        Writes an answer in it.
    """

    words: str
    write: Callable[[Any], str]


Forms = Mapping[str, Form]


def exported(answer: Any, form: str, forms: Forms) -> str:
    """An answer in a form.

    Raises
    ------
    CannotExport
        When there is no such form, or the answer has something that the form lacks.
    """
    if form not in forms:
        raise CannotExport(f"{form!r} is no form of it: take one of {', '.join(forms)}")
    return forms[form].write(answer)


def words_of(forms: Forms) -> dict[str, str]:
    """What each form is."""
    return {name: form.words for name, form in forms.items()}
