"""Skeletons: short formulas with constants still to be fitted, one of each kind.

A formula's scale and offset are fitted apart, so skeletons have none. Of forms that differ in how a
constant is written, as ``exp(x + c)`` and ``c * exp(x)``, one is made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import LINEAR_SUM, PRODUCTS, SUMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node
    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

# Tokens in postfix order: 0 is a constant, then the variables, then the operators.
Tokens = tuple[int, ...]
NUMBER = 0

# Powers whose forms are all made, also those that differ by a factor only.
_IN_ALL_FORMS = ("cbrt", "inv")
# Skeletons without constants, which others are made of, for each with them.
_AT_MOST = 4


@dataclass(frozen=True)
class Symbols:
    """What tokens stand for.

    Parameters
    ----------
    variables
        Names of the columns.
    operators
        The language's operators of one and two arguments.
    """

    variables: tuple[str, ...]
    operators: tuple[Operator, ...]

    @classmethod
    def of(cls, language: Language) -> Symbols:
        """The symbols of a language."""
        rows = [row for row in language.operators if row.arity <= 2]
        usable = [row for row in rows if row.arity == 2 or not row.coefficients]
        return cls(tuple(language.variables), tuple(usable))

    @property
    def first_operator(self) -> int:
        """The token of the first operator."""
        return 1 + len(self.variables)

    def token(self, name: str) -> int | None:
        """The token of an operator; None where the language lacks it."""
        names = [row.name for row in self.operators]
        return self.first_operator + names.index(name) if name in names else None

    def name(self, token: int) -> str:
        """Name of an operator; empty for other tokens."""
        row = self.row(token)
        return "" if row is None else row.name

    def row(self, token: int) -> Operator | None:
        """The operator of a token; None for other tokens."""
        place = token - self.first_operator
        return self.operators[place] if place >= 0 else None

    def formula(self, tokens: Sequence[int], values: Sequence[float]) -> Expression:
        """The formula of a skeleton with these values at its constants' places."""
        nodes: list[Node] = []
        for token, value in zip(tokens, values, strict=True):
            if token == NUMBER:
                nodes.append(Constant(float(value)))
            elif token < self.first_operator:
                nodes.append(Variable(self.variables[token - 1]))
            else:
                nodes.append(self.operators[token - self.first_operator])
        return Expression(tuple(nodes))


def skeletons(symbols: Symbols, most: int, largest: int) -> Iterator[NDArray[np.int16]]:
    """Skeletons by rising size, all of a size or none, those without constants left out.

    Parameters
    ----------
    symbols
        What they are made of.
    most
        How many may be brought in all.
    largest
        Nodes of the largest.

    Yields
    ------
    ndarray of shape (n_skeletons, size)
        Tokens of the skeletons of one size.
    """
    made: dict[int, list[Tokens]] = {1: [(k + 1,) for k in range(len(symbols.variables))]}
    for size in range(2, largest + 1):
        room = _AT_MOST * most
        new = list(dict.fromkeys(islice(_of_size(size, made, symbols), room + 1)))
        useful = [one for one in new if NUMBER in one and not _has_frame(one, symbols)]
        most -= len(useful)
        if most < 0 or len(new) > room:
            return
        made[size] = new
        if useful:
            yield np.array(useful, np.int16)


def _of_size(size: int, made: dict[int, list[Tokens]], symbols: Symbols) -> Iterator[Tokens]:
    for row in symbols.operators:
        token = symbols.token(row.name)
        if token is None:
            continue
        if row.arity == 1:
            yield from ((*inner, token) for inner in made.get(size - 1, ()) if _may_hold(row, inner, symbols))
            continue
        yield from _with_number(row.name, token, made.get(size - 2, ()), symbols)
        for left in range(1, size - 1):
            yield from _joined(row.name, token, made.get(left, ()), made.get(size - 1 - left, ()), symbols)


def _may_hold(row: Operator, inner: Tokens, symbols: Symbols) -> bool:
    """Whether a function of a skeleton is one of its own kind."""
    below = symbols.row(inner[-1])
    if below is not None and (_undoes(row, below) or (row.rarely_nested and below.rarely_nested)):
        return False
    if _has_factor(inner, symbols) and _passes_a_factor(row):
        return False
    return not (_has_term(inner, symbols) and row.equation == "exponential")


def _undoes(row: Operator, below: Operator) -> bool:
    """Whether two powers are the argument, or its size."""
    if row.exponent is None or below.exponent is None or row.name in _IN_ALL_FORMS:
        return False
    return row.exponent * below.exponent == 1 and below.name not in _IN_ALL_FORMS


def _passes_a_factor(row: Operator) -> bool:
    """Whether a factor of the argument is one of the value, or added to it."""
    passes = row.degree is not None or row.equation == "logarithmic"
    return passes and row.name not in _IN_ALL_FORMS


def _with_number(name: str, token: int, inners: Sequence[Tokens], symbols: Symbols) -> Iterator[Tokens]:
    """Skeletons plus, times and below a number."""
    for inner in inners:
        framed = _has_term(inner, symbols)
        factored = _has_factor(inner, symbols)
        if (name == "+" and not framed) or (name == "*" and not framed and not factored):
            yield (*inner, NUMBER, token)
        elif name == "/" and not factored:
            yield (NUMBER, *inner, token)


def _joined(
    name: str, token: int, lefts: Sequence[Tokens], rights: Sequence[Tokens], symbols: Symbols
) -> Iterator[Tokens]:
    for left in lefts:
        for right in rights:
            if left == right or (name != "/" and (len(left), left) > (len(right), right)):
                continue
            if name in SUMS and (_has_term(left, symbols) or _has_term(right, symbols)):
                continue
            # a factor has any sign, and of a part and a multiple of it the scale is one
            factored = _has_factor(left, symbols) or _has_factor(right, symbols)
            if name == "-" and factored and symbols.token("+") is not None:
                continue
            if name in SUMS and _core(left, symbols) == _core(right, symbols):
                continue
            if name in PRODUCTS and (_has_factor(left, symbols) or _has_factor(right, symbols)):
                continue
            yield (*left, *right, token)


def _has_term(tokens: Tokens, symbols: Symbols) -> bool:
    """Whether a number is added last."""
    return len(tokens) > 2 and tokens[-2] == NUMBER and symbols.name(tokens[-1]) in SUMS


def _has_factor(tokens: Tokens, symbols: Symbols) -> bool:
    """Whether a number is multiplied with, or divided, last."""
    if len(tokens) < 3:
        return False
    last = symbols.name(tokens[-1])
    return (last == "*" and tokens[-2] == NUMBER) or (last == "/" and tokens[0] == NUMBER)


def _core(tokens: Tokens, symbols: Symbols) -> Tokens:
    """A skeleton without the number that it is multiplied with last."""
    times = symbols.name(tokens[-1]) == "*" and len(tokens) > 2 and tokens[-2] == NUMBER
    return tokens[:-2] if times else tokens


def _has_frame(tokens: Tokens, symbols: Symbols) -> bool:
    """Whether all that its last number does is what scale and offset do."""
    last = symbols.name(tokens[-1])
    if tokens[-2] == NUMBER and last in LINEAR_SUM:
        return True
    return last == "/" and tokens[0] == NUMBER and tokens.count(NUMBER) == 1
