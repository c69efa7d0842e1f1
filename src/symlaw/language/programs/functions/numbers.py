"""Operators on numbers, which are exact decimals."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, ROUND_UP, Context, Decimal

# Longer numbers and larger exponents have no value here: nothing that is written down needs them.
EXACT = Context(prec=60)
NUMBER = re.compile(r"\s*([+-]?)([0-9]{1,24})(?:\.([0-9]{0,24}))?(?:[eE]([+-]?[0-9]{1,4}))?\s*")
GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?:,[0-9]{2,3})+)(\.[0-9]+)?")
MODES = {
    "down": ROUND_FLOOR,
    "up": ROUND_CEILING,
    "nearest": ROUND_HALF_UP,
    "to zero": ROUND_DOWN,
    "from zero": ROUND_UP,
}


def number(text: str) -> Decimal | None:
    """The number that a text is, thousands being marked by commas or not at all."""
    text = text.strip()
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if text[:1] == ".":
        text = "0" + text
    found = NUMBER.fullmatch(text)
    if found is None or abs(int(found[4] or 0)) > 24:
        return None
    return EXACT.create_decimal(text.strip().rstrip("."))


def number_with_comma(text: str) -> Decimal | None:
    """The number that a text is, with a decimal comma, and points or blanks between thousands."""
    text = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,3}(?:[. ][0-9]{3})*(?:,[0-9]+)?|[+-]?[0-9]+(?:,[0-9]+)?", text):
        return None
    return number(text.replace(".", "").replace(" ", "").replace(",", "."))


def length(text: str) -> Decimal:
    """How many characters a text has."""
    return Decimal(len(text))


def count(text: str, mark: str) -> Decimal:
    """How often a mark occurs."""
    return Decimal(text.count(mark))


def round_to(value: Decimal, step: Decimal, mode: str) -> Decimal:
    """The multiple of a step that is next in a direction."""
    whole = EXACT.divide(value, step).to_integral_value(rounding=MODES[mode])
    return EXACT.multiply(whole, step)


def plus(value: Decimal, other: Decimal) -> Decimal:
    """The sum."""
    return EXACT.add(value, other)


def times(value: Decimal, factor: Decimal) -> Decimal:
    """The product."""
    return EXACT.multiply(value, factor)


def absolute(value: Decimal) -> Decimal:
    """Without its sign."""
    return abs(value)


def decimals(value: Decimal, least: int, width: int) -> str | None:
    """A number as text.

    It has no exponent, no needless zeros after the point but for the least digits asked, and zeros in front
    up to a
    width of digits before the point.
    """
    text = format(abs(value), "f")
    whole, _, behind = text.partition(".")
    behind = behind.rstrip("0").ljust(least, "0")
    sign = "-" if value < 0 else ""
    return sign + whole.rjust(width, "0") + ("." + behind if behind else "")


def grouped(text: str, style: str) -> str | None:
    """Digits before the point in groups: ``3`` has groups of three, ``2`` pairs before the last three."""
    sign = "-" if text[:1] == "-" else ""
    whole, point, behind = text[len(sign) :].partition(".")
    if not whole.isdigit():
        return None
    head, groups = whole[:-3], [whole[-3:]]
    size = 3 if style == "3" else 2
    while head:
        groups.insert(0, head[-size:])
        head = head[:-size]
    return sign + ",".join(groups) + point + behind


def ordinal(value: Decimal) -> str | None:
    """A whole number with its English ending: 1st, 2nd, 3rd, 4th, 11th."""
    if value != value.to_integral_value() or value < 0:
        return None
    n = int(value)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
