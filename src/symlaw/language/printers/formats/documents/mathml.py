"""MathML, which browsers draw as mathematics without a script or a font of their own."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression, Leaf, reduced
from symlaw.language.operators import Operator, Precedence
from symlaw.language.printers.notation import follows_a_sign, rounded
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS = 6
_MOST_DIGITS = 17
_SPACE = "http://www.w3.org/1998/Math/MathML"
_GREEK = dict(
    zip(
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
            " upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
        ).split(),
        "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ",
        strict=True,
    )
)
# Templates over the arguments' markup; what is not here is a call.
_FORMS = {
    "+": "{0}<mo>+</mo>{1}",
    "-": "{0}<mo>−</mo>{1}",
    "*": "{0}<mo>·</mo>{1}",
    "/": "<mfrac>{0}{1}</mfrac>",
    "neg": "<mo>−</mo>{0}",
    "inv": "<mfrac><mn>1</mn>{0}</mfrac>",
    "abs": "<mo>|</mo>{0}<mo>|</mo>",
    "floor": "<mo>⌊</mo>{0}<mo>⌋</mo>",
    "sqrt": "<msqrt>{0}</msqrt>",
    "cbrt": "<mroot>{0}<mn>3</mn></mroot>",
    "square": "<msup>{0}<mn>2</mn></msup>",
    "cube": "<msup>{0}<mn>3</mn></msup>",
    "pow": "<msup>{0}{1}</msup>",
    "log1p": "<mi>log</mi><mo>(</mo><mn>1</mn><mo>+</mo>{0}<mo>)</mo>",
    "log2": "<msub><mi>log</mi><mn>2</mn></msub><mo>(</mo>{0}<mo>)</mo>",
    "log10": "<msub><mi>log</mi><mn>10</mn></msub><mo>(</mo>{0}<mo>)</mo>",
    ">": "{0}<mo>&gt;</mo>{1}",
    "<": "{0}<mo>&lt;</mo>{1}",
    ">=": "{0}<mo>≥</mo>{1}",
    "<=": "{0}<mo>≤</mo>{1}",
    "and": "{0}<mo>∧</mo>{1}",
    "or": "{0}<mo>∨</mo>{1}",
    "xor": "{0}<mo>⊕</mo>{1}",
    "not": "<mo>¬</mo>{0}",
    "implies": "<mo>(</mo>{0}<mo>⇒</mo>{1}<mo>)</mo>",
    "gaussian": (
        "<mi>exp</mi><mo>(</mo><mo>−</mo><msup><mrow><mo>(</mo>{0}<mo>)</mo></mrow><mn>2</mn></msup><mo>)</mo>"
    ),
}
# Forms that are one element whatever is in them.
_ONE_ELEMENT = ("/", "inv", "sqrt", "cbrt", "square", "cube", "pow")
# What XML holds in no way at all.
_NO_CHARACTER = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_WORDS = {"asin": "arcsin", "acos": "arccos", "atan": "arctan", "sign": "sgn", "step": "H"}


# What begins with a minus.
_MINUS = re.compile(r"(?:<mrow>)*<mo>−")


class _Printed(NamedTuple):
    markup: str
    precedence: Precedence


def write(expression: Expression, digits: int | None = None) -> str:
    """The formula as a ``math`` element.

    Parameters
    ----------
    expression
        The formula.
    digits
        Significant digits of constants; by default those that the data say, or 6.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(write(parse("x0 / 2")).split(">", 1)[1])
    <mfrac><msub><mi>x</mi><mn>0</mn></msub><mn>2</mn></mfrac></math>
    """
    return wrapped(markup(expression, digits))


def wrapped(inside: str, display: str = "inline") -> str:
    """Markup as an element of its own."""
    return f'<math xmlns="{_SPACE}" display="{display}">{inside}</math>'


def markup(expression: Expression, digits: int | None = None) -> str:
    """The formula as markup for inside of a ``math`` element."""
    if digits is not None and not (isinstance(digits, int) and 1 <= digits <= _MOST_DIGITS):
        raise InvalidSetting(f"digits is {digits!r}: give a whole number from 1 to {_MOST_DIGITS}")

    known = None if digits is not None or expression.digits is None else iter(expression.digits)

    def leaf(node: Leaf) -> _Printed:
        if not isinstance(node, Constant):
            return _name(node.name)
        return _number(node.value, digits or DIGITS if known is None else next(known))

    return reduced(expression.nodes, leaf, _applied).markup


def name_markup(name: str) -> str:
    """A column's name, as LaTeX has it: an index low, Greek letters as letters."""
    return _name(name).markup


def _applied(row: Operator, arguments: Sequence[_Printed]) -> _Printed:
    spelling = row.spelling("latex")
    if row.table:
        return _atom(f"<msub><mi>{_safe(row.name)}</mi>{arguments[0].markup}</msub>")
    if row.name not in _FORMS or row.is_users:
        parts = "<mo>,</mo>".join(argument.markup for argument in arguments)
        return _atom(f"<mi>{_safe(_WORDS.get(row.name, row.name))}</mi><mo>(</mo>{parts}<mo>)</mo>")
    inside = [
        _bracketed(one.markup)
        if one.precedence < needed or (follows_a_sign(row, place) and _MINUS.match(one.markup))
        else one.markup
        for place, (one, needed) in enumerate(zip(arguments, spelling.arguments, strict=False))
    ]
    shown = _FORMS[row.name].format(*inside)
    return _Printed(shown if row.name in _ONE_ELEMENT else f"<mrow>{shown}</mrow>", spelling.precedence)


def _atom(shown: str) -> _Printed:
    return _Printed(f"<mrow>{shown}</mrow>", Precedence.ATOM)


def _bracketed(shown: str) -> str:
    return f"<mrow><mo>(</mo>{shown}<mo>)</mo></mrow>"


def _number(value: float, digits: int) -> _Printed:
    text = rounded(abs(value), digits).replace("inf", "∞")
    mantissa, power, exponent = text.partition("e")
    shown = f"<mn>{mantissa}</mn>"
    if power:
        raised = f"<mn>{abs(int(exponent))}</mn>"
        sign = "<mo>−</mo>" if int(exponent) < 0 else ""
        shown = f"<mrow>{shown}<mo>·</mo><msup><mn>10</mn><mrow>{sign}{raised}</mrow></msup></mrow>"
    if value < 0:
        return _Printed(f"<mrow><mo>−</mo>{shown}</mrow>", Precedence.NEGATION)
    return _Printed(shown, Precedence.PRODUCT if power else Precedence.ATOM)


def _safe(text: str) -> str:
    return escape(_NO_CHARACTER.sub("\ufffd", text))


def _name(name: str) -> _Printed:
    head, _, tail = name.partition("_")
    digits = re.fullmatch(r"([A-Za-z])(\d+)", name)
    if digits:
        head, tail = digits.groups()
    if tail and re.fullmatch(r"[A-Za-z0-9]+", tail) and (len(head) == 1 or head in _GREEK):
        low = f"<mn>{tail}</mn>" if tail.isdigit() else f'<mi mathvariant="normal">{tail}</mi>'
        return _Printed(f"<msub><mi>{_safe(_GREEK.get(head, head))}</mi>{low}</msub>", Precedence.ATOM)
    shown = _GREEK.get(name, name)
    return _Printed(f"<mi>{_safe(shown).replace(' ', '&#160;')}</mi>", Precedence.ATOM)


TARGETS = (Target("mathml", "mathematics for web pages", write, options=("digits",), ending=".mml"),)
