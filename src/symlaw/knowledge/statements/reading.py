"""Statements about a formula's values, read from short sentences; nothing is ever evaluated as Python.

``increasing in x1``, ``decreasing in x1``, ``convex in x1``, ``concave in x1``, ``even in x1``,
``odd in x1``, ``symmetric in x1, x2``, ``periodic in x1 with 2*pi``, ``y >= 0``, ``0 < y < 1``,
``y = 1 at x1 = 0, x2 = 3``, ``y -> 0 as x1 -> inf``, ``y ~ 2*x1 as x1 -> inf``. Names that are not plain
words stand in quotes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from symlaw.errors import InvalidSetting, SymlawError
from symlaw.knowledge.statements.kinds import (
    Bounds,
    Curved,
    Kind,
    Mirrored,
    Monotone,
    Periodic,
    Symmetric,
    Value,
)
from symlaw.knowledge.statements.limits import Limit
from symlaw.language.expression import Expression
from symlaw.language.operators import operator_table
from symlaw.language.parser import parse, quote_name
from symlaw.language.values import values

_TOKEN = re.compile(
    r"\s*(?:(?P<quoted>\"[^\"]*\"|'[^']*'|`[^`]*`)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[^\W\d]\w*)|(?P<sign>->|<=|>=|\*\*|[<>=~,*/+^()-]))",
    re.UNICODE,
)
_SHAPES: dict[str, tuple[Callable[[str, float], Kind], float]] = {
    "increasing": (Monotone, 1.0), "decreasing": (Monotone, -1.0), "convex": (Curved, 1.0),
    "concave": (Curved, -1.0), "even": (Mirrored, 1.0), "odd": (Mirrored, -1.0),
}  # fmt: skip
_COMPARISONS = tuple(row.name for row in operator_table().values() if row.compares)
_EXAMPLES = (
    "'increasing in x1', 'y >= 0', '0 < y < 1', 'convex in x1', 'even in x1', 'symmetric in x1, x2', "
    "'periodic in x1 with 2*pi', 'y = 1 at x1 = 0', 'y -> 0 as x1 -> inf', 'y ~ 2*x1 as x1 -> inf'"
)


@dataclass(frozen=True)
class Statement:
    """One thing that the user says about the formula's values.

    Parameters
    ----------
    text
        As it was written.
    kind
        What it says.
    weight
        Price of breaking it, where it may be broken at all; None where it may not.
    """

    text: str
    kind: Kind
    weight: float | None = None

    @property
    def is_hard(self) -> bool:
        """Whether no formula of the front may break it."""
        return self.weight is None


class _Token(NamedTuple):
    kind: str
    text: str
    begin: int
    end: int

    @property
    def name(self) -> str:
        """The name that it is, quotes left off."""
        return self.text[1:-1] if self.kind == "quoted" else self.text


@dataclass(frozen=True)
class _Sentence:
    """A sentence in tokens, and the names that it may use."""

    text: str
    tokens: tuple[_Token, ...]
    variables: tuple[str, ...]
    target: str

    def refuse(self, reason: str) -> InvalidSetting:
        return InvalidSetting(f"constraint {self.text!r}: {reason}")

    def place_of(self, *texts: str, after: int = 0) -> int | None:
        """Position of the first token that is one of some texts, quoted ones aside."""
        for place in range(after, len(self.tokens)):
            if self.tokens[place].kind != "quoted" and self.tokens[place].text in texts:
                return place
        return None

    def column(self, token: _Token) -> str:
        if token.name not in self.variables:
            raise self.refuse(f"there is no column {token.name!r}: there are {', '.join(self.variables)}")
        return token.name

    def columns(self, begin: int, end: int | None = None) -> list[str]:
        """Names parted by commas."""
        tokens, names = self.tokens[begin:end], list[str]()
        for place, token in enumerate(tokens):
            if place % 2:
                if token.text != ",":
                    raise self.refuse(f"expected a comma before {token.text!r}; put quotes around odd names")
            else:
                names.append(self.column(token))
        if not names or len(tokens) % 2 == 0:
            raise self.refuse(f"a column's name is missing at its end: there are {', '.join(self.variables)}")
        return names

    def formula(self, begin: int, end: int) -> Expression:
        """Tokens as a formula of the columns."""
        if begin >= end:
            raise self.refuse(f"a number or a formula is missing; write it such as {_EXAMPLES}")
        tokens = self.tokens[begin:end]
        words = [quote_name(token.name) if token.kind == "quoted" else token.text for token in tokens]
        try:
            return parse(" ".join(words), self.variables)
        except SymlawError as error:
            raise self.refuse(str(error)) from None

    def number(self, begin: int, end: int) -> float:
        """Tokens as a number."""
        formula = self.formula(begin, end)
        value = math.nan if formula.variables else float(values(formula, {"": np.zeros(1)})[0])
        if math.isnan(value):
            raise self.refuse(f"expected a number in place of {formula.text()!r}")
        return value

    def is_target(self, begin: int, end: int) -> bool:
        """Whether tokens are the target's name, or y where no column is called that."""
        tokens = self.tokens[begin:end]
        if len(tokens) != 1:
            return False
        name = tokens[0].name
        return name == self.target or (name == "y" and name not in self.variables)


def statements_of(
    given: Sequence[Any] | None, variables: Sequence[str], target: str
) -> tuple[Statement, ...]:
    """Statements as the user gives them: sentences, or mappings of ``that`` and ``weight``.

    Raises
    ------
    InvalidSetting
        When one cannot be read, or names no column.

    Examples
    --------
    >>> statements_of(["increasing in a", {"that": "y > 0", "weight": 0.1}], ["a"], "y")[1].weight
    0.1
    """
    if isinstance(given, (str, Mapping)) or not isinstance(given or (), Sequence):
        raise InvalidSetting(f"constraints is {given!r}: give a list of sentences, such as {_EXAMPLES}")
    return tuple(_statement(one, tuple(variables), target) for one in given or ())


def _statement(given: Any, variables: tuple[str, ...], target: str) -> Statement:
    text, weight = given, None
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - {"that", "weight"})
        if unknown or "that" not in given:
            raise InvalidSetting(
                f"constraint {dict(given)!r}: give 'that', a sentence, and 'weight', a price"
            )
        text, weight = given["that"], given.get("weight")
        if weight is not None and (
            isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight < math.inf
        ):
            raise InvalidSetting(f"constraint {text!r} has weight {weight!r}: give a number above 0")
    if not isinstance(text, str):
        raise InvalidSetting(f"constraint {text!r} is no sentence: write it such as {_EXAMPLES}")
    return Statement(
        text, _kind(_sentence(text, variables, target)), None if weight is None else float(weight)
    )


def _sentence(text: str, variables: tuple[str, ...], target: str) -> _Sentence:
    tokens, place, whole = list[_Token](), 0, text.rstrip()
    while place < len(whole):
        match = _TOKEN.match(whole, place)
        if match is None:
            rest = whole[place:].strip()
            raise InvalidSetting(
                f"constraint {text!r}: cannot read {rest[:12]!r}; put quotes around names that are not words"
            )
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match.group(kind), match.start(kind), match.end()))
        place = match.end()
    if not tokens:
        raise InvalidSetting(f"constraint {text!r} says nothing: write it such as {_EXAMPLES}")
    return _Sentence(text, tuple(tokens), variables, target)


def _kind(sentence: _Sentence) -> Kind:
    tokens = sentence.tokens
    if len(tokens) > 1 and tokens[0].kind == "word" and tokens[1].text == "in":
        return _of_columns(sentence, tokens[0].text)
    for words, reader in ((("->", "~"), _limit), (("=",), _value), (_COMPARISONS, _bounds)):
        if sentence.place_of(*words) is not None:
            return reader(sentence)
    raise sentence.refuse(f"it is none that is known; write it such as {_EXAMPLES}")


def _of_columns(sentence: _Sentence, word: str) -> Kind:
    if word == "periodic":
        return _periodic(sentence)
    if word == "symmetric":
        names = sentence.columns(2)
        if len(set(names)) < 2 or len(set(names)) < len(names):
            raise sentence.refuse("name two or more different columns, such as 'symmetric in x1, x2'")
        return Symmetric(tuple(names))
    if word not in _SHAPES:
        known = ", ".join([*_SHAPES, "symmetric", "periodic"])
        raise sentence.refuse(f"{word!r} is none that is known: there are {known}")
    names = sentence.columns(2)
    if len(names) > 1:
        raise sentence.refuse("give one column in each sentence")
    make, sign = _SHAPES[word]
    return make(names[0], sign)


def _periodic(sentence: _Sentence) -> Kind:
    place = sentence.place_of("with")
    if place is None:
        raise sentence.refuse("say after how much, such as 'periodic in x1 with 2*pi'")
    names, period = sentence.columns(2, place), sentence.number(place + 1, len(sentence.tokens))
    if len(names) > 1 or not 0 < period < math.inf:
        raise sentence.refuse("give one column and a period above 0, such as 'periodic in x1 with 2*pi'")
    return Periodic(names[0], period)


def _limit(sentence: _Sentence) -> Kind:
    place, end = sentence.place_of("->", "~"), sentence.place_of("as")
    form = "write it such as 'y -> 0 as x1 -> inf'"
    if place is None or end is None or not sentence.is_target(0, place):
        raise sentence.refuse(f"{form}, with {sentence.target!r} before the arrow and 'as' after the value")
    arrow = sentence.place_of("->", after=end)
    if arrow != end + 2:
        raise sentence.refuse(f"after 'as' one column goes somewhere; {form}")
    name = sentence.column(sentence.tokens[end + 1])
    toward = sentence.number(arrow + 1, len(sentence.tokens))
    if not (toward == 0 or math.isinf(toward)):
        raise sentence.refuse(f"{name} goes to {toward:g}: limits are known at 0, inf and -inf")
    value, is_ratio = sentence.formula(place + 1, end), sentence.tokens[place].text == "~"
    if is_ratio and value.constants == (0.0,) and not value.variables:
        raise sentence.refuse("nothing is like 0 times something; write '-> 0' for a value that goes to 0")
    if not is_ratio and name in value.variables:
        raise sentence.refuse(f"the limit holds {name} itself; write '~' for a value that grows like it")
    return Limit(name, toward, value, is_ratio)


def _value(sentence: _Sentence) -> Kind:
    place, end = sentence.place_of("="), sentence.place_of("at", "where")
    form = "write it such as 'y = 1 at x1 = 0, x2 = 3'"
    if place is None or end is None or not sentence.is_target(0, place) or place > end:
        raise sentence.refuse(f"{form}, with {sentence.target!r} first")
    fixed: dict[str, float] = {}
    begin = end + 1
    while begin <= len(sentence.tokens):
        comma = sentence.place_of(",", after=begin)
        stop = len(sentence.tokens) if comma is None else comma
        if stop < begin + 3 or sentence.tokens[begin + 1].text != "=":
            raise sentence.refuse(form)
        name = sentence.column(sentence.tokens[begin])
        if name in fixed:
            raise sentence.refuse(f"it gives {name} twice")
        fixed[name] = sentence.number(begin + 2, stop)
        if not math.isfinite(fixed[name]):
            raise sentence.refuse("give finite numbers; write 'y -> 0 as x1 -> inf' for a limit")
        begin = stop + 1
    value = sentence.formula(place + 1, end)
    if set(value.variables) & set(fixed):
        raise sentence.refuse("the value may hold only columns that are not given a number")
    return Value(value, tuple(fixed.items()))


def _bounds(sentence: _Sentence) -> Kind:
    signs = [
        place
        for place, token in enumerate(sentence.tokens)
        if token.kind == "sign" and token.text in _COMPARISONS
    ]
    edges = [-1, *signs, len(sentence.tokens)]
    sides = [(begin + 1, end) for begin, end in pairwise(edges)]
    middle = [number for number, side in enumerate(sides) if sentence.is_target(*side)]
    if len(signs) > 2 or len(middle) != 1 or (len(signs) == 2 and middle != [1]):
        raise sentence.refuse(f"write it such as '{sentence.target} >= 0' or '0 < {sentence.target} < 1'")
    low, high, excluded = -math.inf, math.inf, {"low": False, "high": False}
    for number, place in enumerate(signs):
        word = sentence.tokens[place].text
        on_left = middle[0] == number
        bound = sentence.number(*sides[number + 1 if on_left else number])
        if (word[0] == "<") == on_left:
            high, excluded["high"] = min(high, bound), len(word) == 1
        else:
            low, excluded["low"] = max(low, bound), len(word) == 1
    if len(signs) == 2 and (math.isinf(low) or math.isinf(high)):
        raise sentence.refuse("the two signs point against each other; write it such as '0 < y < 1'")
    if low > high or (low == high and any(excluded.values())):
        raise sentence.refuse(f"no number is above {low:g} and below {high:g}: exchange the two")
    return Bounds(low, high, excluded["low"], excluded["high"])
