"""Formulas read back from LaTeX as a person reads it, so that brackets and powers say what is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence

from symlaw.language import Constant, Expression, Variable, operator
from symlaw.language.printers.notation import latex_name
from symlaw.testing.formulas import join

_TOKEN = re.compile(
    r"\\operatorname\{\w+\}|\\log_\{\d+\}|\\(?:left|right)(?:\\[lr]floor|.)|\\[a-zA-Z]+|\d+(?:\.\d+)?|[-+^{}\[\],]"
)
_FUNCTIONS = {
    r"\log_{2}": "log2", r"\log_{10}": "log10", r"\arcsin": "asin", r"\arccos": "acos", r"\arctan": "atan",
    **{rf"\{word}": word for word in "exp log min max sin cos tan sinh cosh tanh".split()},
    **{
        rf"\operatorname{{{word}}}": word
        for word in ("expm1", "logistic", "erf", "clamp", "hypot", "atan2")
    },
    r"\operatorname{sgn}": "sign", r"\operatorname{H}": "step",
}  # fmt: skip
_FENCES = {r"\left|": (r"\right|", "abs"), r"\left\lfloor": (r"\right\rfloor", "floor")}


def read_latex(text: str, names: Sequence[str]) -> Expression:
    """The formula that a text says, of columns with these names."""
    reader = _Reader(_tokens(text, {latex_name(name): name for name in names}))
    found = reader.sum()
    assert not reader.tokens, reader.tokens
    return found


def _tokens(text: str, names: dict[str, str]) -> list[str | Variable]:
    found: list[str | Variable] = []
    while text := text.lstrip():
        shown = max((one for one in names if text.startswith(one)), key=len, default=None)
        if shown is not None:
            found.append(Variable(names[shown]))
            text = text[len(shown) :]
            continue
        token = _TOKEN.match(text)
        assert token is not None, text
        found.append(token[0])
        text = text[token.end() :]
    return found


class _Reader:
    """A reader of sums of products of powers."""

    def __init__(self, tokens: list[str | Variable]) -> None:
        self.tokens = tokens

    def taken(self, *wanted: str) -> str | None:
        """The next token, taken, if it is one of these."""
        if self.tokens and self.tokens[0] in wanted:
            return str(self.tokens.pop(0))
        return None

    def need(self, wanted: str) -> None:
        assert self.taken(wanted), f"{wanted} expected before {self.tokens}"

    def sum(self) -> Expression:
        negative = self.taken("-")
        found = self.product()
        if negative:
            found = join(operator("neg"), found)
        while sign := self.taken("+", "-"):
            found = join(operator(sign), found, self.product())
        return found

    def product(self) -> Expression:
        found = self.power()
        while self.taken(r"\cdot"):
            found = join(operator("*"), found, self.power())
        return found

    def power(self) -> Expression:
        base = self.atom()
        return join(operator("pow"), base, self.group()) if self.taken("^") else base

    def group(self, opening: str = "{", closing: str = "}") -> Expression:
        self.need(opening)
        found = self.sum()
        self.need(closing)
        return found

    def atom(self) -> Expression:
        token = self.tokens.pop(0)
        if isinstance(token, Variable):
            return Expression((token,))
        if token[0].isdigit():
            return Expression((Constant(float(token)),))
        if token == r"\frac":
            return join(operator("/"), self.group(), self.group())
        if token == r"\sqrt":
            root = "cbrt" if self.taken("[") and self.taken("3") and self.taken("]") else "sqrt"
            return join(operator(root), self.group())
        if token == r"\left(":
            self.tokens.insert(0, token)
            return self.group(r"\left(", r"\right)")
        if token in _FENCES:
            closing, word = _FENCES[token]
            inside = self.sum()
            self.need(closing)
            return join(operator(word), inside)
        return join(operator(_FUNCTIONS[token]), *self.arguments())

    def arguments(self) -> list[Expression]:
        self.need(r"\left(")
        found = [self.sum()]
        while self.taken(","):
            found.append(self.sum())
        self.need(r"\right)")
        return found
