"""symlaw's own text, SymPy's text and JSON, which have every operator."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from symlaw.language.printers.dialect import column_comments, safe_words
from symlaw.language.printers.registry import Target
from symlaw.language.printers.sympy_form import to_sympy

if TYPE_CHECKING:
    from symlaw.language.expression import Expression


def sympy_words(expression: Expression) -> dict[str, str]:
    """Words for the columns that SymPy reads as nothing but symbols."""
    import sympy

    return safe_words(expression.variables, {*keyword.kwlist, *keyword.softkwlist, *dir(sympy)})


def text(expression: Expression, digits: int | None = None) -> str:
    """The formula as symlaw reads it back."""
    return expression.text(digits)


def sympy_text(expression: Expression) -> str:
    """What SymPy prints, with plain words for columns, so that reading it back runs nothing."""
    import sympy

    words = sympy_words(expression)
    symbols = {name: sympy.Symbol(word, real=True) for name, word in words.items()}
    renamed = {name: word for name, word in words.items() if name != word}
    return column_comments(renamed, "#", "") + str(to_sympy(expression, symbols))


def json(expression: Expression) -> str:
    """Versioned JSON, read back by `Expression.from_json`."""
    return expression.to_json()


TARGETS = (
    Target("text", "symlaw's own text, which it reads back", text, options=("digits",), ending=".txt"),
    Target("sympy", "text that SymPy reads", sympy_text),
    Target("json", "versioned JSON, which symlaw reads back", json, ending=".json"),
)
