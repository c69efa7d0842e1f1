"""Reading formulas from text; nothing is ever evaluated as Python.

Grammar, loosest first: ``or``, ``xor``, ``and``, ``not``, comparisons, sums, products, unary minus, powers
(``**`` or ``^``, to the right), then numbers, names, function calls and brackets. Column names that are not
plain words stand in backticks, with a backtick doubled inside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import ParseError
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import ALIASES, Operator, Precedence, operator, operator_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

MAX_DEPTH = 100
MAX_LENGTH = 100_000

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<quoted>`(?:[^`]|``)*`)"
    r"|(?P<word>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|[<>]=?|[-+*/^(),]))",
    re.UNICODE,
)
_WORD = re.compile(r"[^\W\d]\w*", re.UNICODE)


def _infix(*precedences: Precedence) -> tuple[str, ...]:
    """Names of the operators whose text binds so, loosest first."""
    rows = sorted(operator_table().values(), key=lambda row: row.text.precedence)
    return tuple(row.name for row in rows if row.text.precedence in precedences)


_JOINERS = _infix(Precedence.OR, Precedence.XOR, Precedence.AND)
_COMPARISONS = _infix(Precedence.COMPARISON)
_NAMED_NUMBERS = {"pi": 3.141592653589793, "inf": float("inf"), "nan": float("nan")}


class _Token(NamedTuple):
    kind: str
    text: str
    place: int


def quote_name(name: str) -> str:
    """A column name as it stands in a formula: bare where possible, else in backticks."""
    plain = _WORD.fullmatch(name) and name not in _NAMED_NUMBERS and name not in operator_table()
    return name if plain and name not in ALIASES else "`" + name.replace("`", "``") + "`"


def parse(
    text: str,
    variables: Collection[str] | None = None,
    functions: Callable[[str, int], Operator] | None = None,
) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text
        The formula, such as ``"2.5 * sqrt(x) + `my column`**2"``.
    variables
        Names that may occur; any name by default.
    functions
        Gives the operator for a name of no table, called with so many arguments.

    Raises
    ------
    ParseError
        With the place and what was expected there.

    Examples
    --------
    >>> print(parse("a*b + sin(a)^2"))
    a * b + sin(a)**2
    """
    if len(text) > MAX_LENGTH:
        raise ParseError(f"a formula of {len(text)} characters is too long: at most {MAX_LENGTH} are read")
    reader = _Reader(_tokens(text), variables, functions)
    nodes = reader.formula(0)
    if reader.peek().kind != "end":
        reader.fail("an operator or the end")
    return Expression(tuple(nodes))


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    text = text.rstrip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            seen = text[place : place + 10].strip()
            hint = ": write abs(x) for |x|" if seen.startswith("|") else ""
            raise ParseError(f"cannot read {seen!r} at character {place + 1}{hint}")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match.group(kind), match.start(kind) + 1))
        place = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


@dataclass
class _Reader:
    """Recursive descent over the tokens; each method returns postfix nodes."""

    tokens: list[_Token]
    variables: Collection[str] | None
    functions: Callable[[str, int], Operator] | None = None
    position: int = 0

    def peek(self) -> _Token:
        return self.tokens[self.position]

    def take(self, *signs: str) -> _Token | None:
        token = self.peek()
        if token.kind == "sign" and token.text in signs:
            self.position += 1
            return token
        return None

    def fail(self, expected: str) -> None:
        token = self.peek()
        seen = repr(token.text) if token.text else "the end"
        raise ParseError(f"expected {expected} at character {token.place}, found {seen}{self.hint()}")

    def hint(self) -> str:
        """What may be meant by two things side by side."""
        token, before = self.peek(), self.tokens[max(0, self.position - 1)]
        starts = token.kind in ("word", "quoted", "number") or token.text == "("
        if not starts or before is token:
            return ""
        if before.kind == "word" and before.text in {*operator_table(), *ALIASES}:
            return f": write {before.text}({token.text})"
        if before.kind in ("word", "quoted", "number") or before.text == ")":
            return f": write {before.text} * {token.text} for a product"
        return ""

    def expect(self, sign: str) -> None:
        if not self.take(sign):
            self.fail(repr(sign))

    def take_word(self, *words: str) -> str:
        token = self.peek()
        if token.kind == "word" and token.text in words:
            self.position += 1
            return token.text
        return ""

    def formula(self, depth: int) -> list[Node]:
        if depth > MAX_DEPTH:
            raise ParseError(f"the formula nests deeper than {MAX_DEPTH} levels: split it into parts")
        nodes: list[Node] = []
        # operators whose second argument is under way, the tightest last; without a call for each of them,
        # as brackets nest deeply
        waiting: list[str] = []
        word = ""
        while not nodes or word:
            denials = 0
            while self.take_word("not"):
                denials += 1
            nodes += self.sum(depth)
            if sign := self.take(*_COMPARISONS):
                nodes += [*self.sum(depth), operator(sign.text)]
            nodes += [operator("not")] * denials
            word = self.take_word(*_JOINERS)
            while waiting and (not word or _JOINERS.index(waiting[-1]) >= _JOINERS.index(word)):
                nodes.append(operator(waiting.pop()))
            waiting += [word] if word else []
        return nodes

    def sum(self, depth: int) -> list[Node]:
        nodes = self.product(depth)
        while sign := self.take("+", "-"):
            nodes += [*self.product(depth), operator(sign.text)]
        return nodes

    def product(self, depth: int) -> list[Node]:
        nodes = self.unary(depth)
        while sign := self.take("*", "/"):
            nodes += [*self.unary(depth), operator(sign.text)]
        return nodes

    def unary(self, depth: int) -> list[Node]:
        minuses = 0
        while sign := self.take("-", "+"):
            minuses += sign.text == "-"
        first = self.peek()
        bare_number = first.kind == "number" or first.text in _NAMED_NUMBERS
        nodes = self.power(depth)
        if minuses and bare_number and len(nodes) == 1 and isinstance(nodes[0], Constant):
            value = nodes[0].value
            # what is no number has no sign
            nodes, minuses = nodes if value != value else [Constant(-value)], minuses - 1
        return nodes + [operator("neg")] * minuses

    def power(self, depth: int) -> list[Node]:
        base = self.atom(depth)
        if not self.take("**", "^"):
            return base
        exponent = self.unary(depth + 1) if depth < MAX_DEPTH else self.formula(depth + 1)
        if exponent == [Constant(2.0)]:
            return [*base, operator("square")]
        if exponent == [Constant(3.0)]:
            return [*base, operator("cube")]
        return [*base, *exponent, operator("pow")]

    def atom(self, depth: int) -> list[Node]:
        token = self.peek()
        if self.take("("):
            nodes = self.formula(depth + 1)
            self.expect(")")
            return nodes
        self.position += 1
        if token.kind == "number":
            return [Constant(float(token.text))]
        if token.kind == "quoted":
            return [self.variable(token.text[1:-1].replace("``", "`"), token)]
        if token.kind == "word":
            if self.take("("):
                return self.call(token, depth)
            if token.text in _NAMED_NUMBERS and token.text not in (self.variables or ()):
                return [Constant(_NAMED_NUMBERS[token.text])]
            return [self.variable(token.text, token)]
        self.position -= 1
        self.fail("a number, a name or '('")
        raise AssertionError("unreachable")

    def call(self, token: _Token, depth: int) -> list[Node]:
        known = token.text in operator_table() or token.text in ALIASES
        if not known and self.functions is None and token.text in (self.variables or ()):
            raise ParseError(
                f"{token.text!r} at character {token.place} is a column, not a function: write"
                f" {token.text} * (...) for a product"
            )
        if known or self.functions is None:
            # what is in no table is refused here, before its arguments are read
            made: Callable[[int], Operator] = partial(_always, operator(token.text))
        else:
            made = partial(self.functions, token.text)
        nodes = self.formula(depth + 1)
        count = 1
        while self.take(","):
            nodes += self.formula(depth + 1)
            count += 1
        self.expect(")")
        function = made(count)
        if count != function.arity:
            raise ParseError(
                f"{function.name} at character {token.place} takes {function.arity} argument(s), got {count}"
            )
        return [*nodes, function]

    def variable(self, name: str, token: _Token) -> Variable:
        if self.variables is not None and name not in self.variables:
            stem = name.rstrip("0123456789")
            number = name.removeprefix(stem)
            power = f" (write {stem}**{number} for a power)" if number and stem in self.variables else ""
            known = ", ".join(self.variables)
            if name in operator_table() or name in ALIASES:
                following = self.peek().text if self.peek().kind in ("word", "number") else "..."
                power = f" (write {name}({following}) for the function)"
            raise ParseError(f"unknown name {name!r} at character {token.place}: known are {known}{power}")
        return Variable(name)


def _always(row: Operator, _count: int) -> Operator:
    return row
