"""Formulas of literals: gates that ask how many of their parts hold, and exclusive or.

``or`` is at least one of the parts and ``and`` is all of them, so that one kind of gate is enough for both
and for everything between, such as "at least 2 of 3". Only literals are negated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import lgamma, log
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.rules.literals import Above, Among, Equal, Holds, Literal, Missing, Related

if TYPE_CHECKING:
    from symlaw.language.rules.literals import Columns, Truths

LITERALS = (Above, Among, Equal, Holds, Missing, Related)


@dataclass(frozen=True)
class Gate:
    """True where at least so many of the parts are true."""

    least: int
    parts: tuple[Formula, ...]

    @property
    def is_any(self) -> bool:
        """Whether one part is enough."""
        return self.least == 1

    @property
    def is_all(self) -> bool:
        """Whether every part is needed."""
        return self.least == len(self.parts)

    @property
    def is_constant(self) -> bool:
        """Whether it is the same in every row."""
        return self.least <= 0 or self.least > len(self.parts)


@dataclass(frozen=True)
class Odd:
    """True where an odd number of the parts is true: exclusive or."""

    parts: tuple[Formula, ...]


Formula = Gate | Odd | Literal

ALWAYS, NEVER = Gate(0, ()), Gate(1, ())


def literals_of(formula: Formula) -> tuple[Literal, ...]:
    """All literals in order, as often as they occur."""
    return tuple(_literals(formula))


def _literals(formula: Formula) -> Iterator[Literal]:
    if isinstance(formula, (Gate, Odd)):
        for part in formula.parts:
            yield from _literals(part)
    else:
        yield formula


def columns_of(formula: Formula) -> tuple[str, ...]:
    """The columns that a formula looks at, in order of first use."""
    return tuple(dict.fromkeys(name for literal in literals_of(formula) for name in literal.columns))


def gates_in(formula: Formula) -> int:
    """How many gates a formula has."""
    return 1 + sum(map(gates_in, formula.parts)) if isinstance(formula, (Gate, Odd)) else 0


def writings(formula: Formula) -> float:
    """Binary logarithm of the number of ways to write a formula with gates of two parts, in any order.

    A conjunction of n parts is (2n - 2)! / (n - 1)! ordered trees of n - 1 gates; a gate that counts is one.

    Examples
    --------
    >>> a, b, c = Holds("a"), Holds("b"), Holds("c")
    >>> round(2 ** writings(Gate(1, (a, b, c)))), round(2 ** writings(Gate(1, (a, Gate(2, (b, c))))))
    (12, 4)
    """
    if not isinstance(formula, (Gate, Odd)):
        return 0.0
    n = max(1, len(formula.parts))
    counts = isinstance(formula, Gate) and not (formula.is_any or formula.is_all)
    own = 0.0 if counts else (lgamma(2 * n - 1) - lgamma(n)) / log(2.0)
    return own + sum(map(writings, formula.parts))


def truths_of(formula: Formula, columns: Columns, n_rows: int) -> Truths:
    """Whether a formula holds in each row.

    Examples
    --------
    >>> x = np.array([1.0, 3.0, np.nan])
    >>> rule = Gate(1, (Above("x", 2.0), Missing("x")))
    >>> truths_of(rule, {"x": x}, 3).tolist()
    [False, True, True]
    """
    if not isinstance(formula, (Gate, Odd)):
        return formula.truths(columns)
    counts = np.zeros(n_rows, np.int64)
    for part in formula.parts:
        counts += truths_of(part, columns, n_rows)
    return counts % 2 == 1 if isinstance(formula, Odd) else counts >= formula.least


def negation(formula: Formula) -> Formula:
    """The formula that holds where this one does not, with the negations at the literals.

    Examples
    --------
    >>> negation(Gate(2, (Holds("a"), Holds("b"), Holds("c")))).least
    2
    """
    if isinstance(formula, Odd):
        return Odd((negation(formula.parts[0]), *formula.parts[1:]))
    if isinstance(formula, Gate):
        least = len(formula.parts) - formula.least + 1
        return Gate(least, tuple(map(negation, formula.parts)))
    return formula.negated()


# How tightly a printed form binds: a literal, a conjunction, exclusive or, a disjunction.
_LITERAL, _ALL, _ODD, _ANY = 3, 2, 1, 0


def text_of(formula: Formula, literal: Callable[[Literal], str] = lambda one: one.text()) -> str:
    """A formula in words.

    Examples
    --------
    >>> text_of(Gate(2, (Above("age", 71.0), Gate(1, (Holds("insulin"), Holds("exercises", False))))))
    'age > 71 and (insulin or not exercises)'
    """
    return _printed(formula, literal)[0]


def _printed(formula: Formula, literal: Callable[[Literal], str]) -> tuple[str, int]:
    if not isinstance(formula, (Gate, Odd)):
        return literal(formula), _LITERAL
    if isinstance(formula, Gate) and formula.is_constant:
        return ("always" if formula.least <= 0 else "never"), _LITERAL
    if isinstance(formula, Gate) and not formula.is_any and not formula.is_all:
        parts = "; ".join(text_of(part, literal) for part in formula.parts)
        return f"at least {formula.least} of ({parts})", _LITERAL
    own, word = (_ODD, " xor ") if isinstance(formula, Odd) else (_ANY, " or ")
    if isinstance(formula, Gate) and formula.is_all:
        own, word = _ALL, " and "
    texts = []
    for part in formula.parts:
        text, binding = _printed(part, literal)
        texts.append(text if binding > own else f"({text})")
    return word.join(texts), own
