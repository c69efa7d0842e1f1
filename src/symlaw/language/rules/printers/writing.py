"""Writing formulas in a language that has ``and``, ``or`` and sums of truths as 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from symlaw.errors import CannotExport
from symlaw.language.rules.formula import Formula, Gate, Odd
from symlaw.language.rules.literals import Literal


@dataclass(frozen=True)
class Words:
    """How a language says what formulas consist of.

    Attributes
    ----------
    all_of, any_of
        A conjunction and a disjunction of texts, each of which stands for itself.
    number
        A truth as 1 or 0.
    odd
        Whether a sum is odd, of its text.
    literal
        A literal, which binds at least as tightly as brackets do.
    always, never
        The constants.
    """

    all_of: Callable[[list[str]], str]
    any_of: Callable[[list[str]], str]
    number: Callable[[str], str]
    odd: Callable[[str], str]
    literal: Callable[[Literal], str]
    always: str
    never: str


def written(formula: Formula, words: Words) -> str:
    """A formula in a language."""
    if isinstance(formula, Gate) and formula.is_constant:
        return words.always if formula.least <= 0 else words.never
    if not isinstance(formula, (Gate, Odd)):
        return words.literal(formula)
    parts = [written(part, words) for part in formula.parts]
    if isinstance(formula, Gate) and formula.is_any:
        return words.any_of(parts)
    if isinstance(formula, Gate) and formula.is_all:
        return words.all_of(parts)
    total = " + ".join(words.number(part) for part in parts)
    if isinstance(formula, Gate):
        return f"({total} >= {formula.least})"
    return words.odd(f"({total})")


def number(value: float) -> str:
    """A number as most languages read it.

    Examples
    --------
    >>> number(2.0), number(0.25)
    ('2', '0.25')
    """
    if not math.isfinite(value):
        raise CannotExport(f"the number {value!r} cannot be written: only finite numbers can")
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def plain(label: Any) -> Any:
    """A label as a value of Python."""
    return label.item() if hasattr(label, "item") else label


def only_rule(decision: Any, form: str) -> Formula:
    """The rule of a decision between two labels.

    Raises
    ------
    CannotExport
        When there are more.
    """
    if len(decision.clauses) != 1:
        raise CannotExport(
            f"{form} can say one rule of two labels, and these are more: export to sql or python"
        )
    formula: Formula = decision.clauses[0].formula
    return formula
