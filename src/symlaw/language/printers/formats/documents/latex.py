"""LaTeX mathematics, with as many digits as are asked for or as standard errors justify."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting
from symlaw.language.printers.notation import justified, latex_name, render
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.expression import Expression

DIGITS = 6
_MOST_DIGITS = 17


def write(
    expression: Expression,
    digits: int | None = None,
    errors: Mapping[str, float] | None = None,
    units: Mapping[str, str] | None = None,
    name: str | None = None,
) -> str:
    """The formula as LaTeX mathematics; named constants are said in comments before it.

    Parameters
    ----------
    expression
        The formula.
    digits
        Significant digits of constants; by default those that the data say, or 6.
    errors
        Standard errors of constants by name, c0, c1, ... from left to right. Each such constant is shown to
        the second significant digit of its error.
    units
        Units of columns by name, said after the formula.
    name
        What the formula is of, written before it with a sign of equality.
    """
    if digits is not None and not (isinstance(digits, int) and 1 <= digits <= _MOST_DIGITS):
        raise InvalidSetting(f"digits is {digits!r}: give a whole number from 1 to {_MOST_DIGITS}")
    known = expression.named_constants.items()
    plain = {name: name if name.isidentifier() else ascii(name) for name, _ in known}
    values = "".join(f"% {plain[name]} = {value!r}\n" for name, value in known)
    shown = _digits_of(expression, digits, errors or {})
    of_what = "" if name is None else f"{latex_name(name)} = "
    return values + of_what + render(expression, "latex", digits=shown) + _said(expression, units or {})


def _digits_of(expression: Expression, digits: int | None, errors: Mapping[str, float]) -> list[int]:
    """Significant digits of each constant."""
    count = len(expression.constants)
    known = None if digits else expression.digits
    usual = [digits or DIGITS] * count if known is None else list(known[:count])
    names = [f"c{number}" for number in range(len(expression.constants))]
    unknown = [name for name in errors if name not in names]
    if unknown:
        raise InvalidSetting(
            f"errors names {unknown[0]!r}: the formula's constants are {', '.join(names) or 'none'}"
        )
    for error in errors.values():
        if not (error >= 0 and math.isfinite(error)):
            raise InvalidSetting(f"errors holds {error!r}: standard errors are finite and not negative")
    return [
        justified(value, errors[name]) if name in errors else own
        for name, value, own in zip(names, expression.constants, usual, strict=True)
    ]


def _said(expression: Expression, units: Mapping[str, str]) -> str:
    names = [name for name in expression.variables if name in units]
    unknown = [name for name in units if name not in expression.variables]
    if unknown:
        columns = ", ".join(expression.variables) or "none"
        raise InvalidSetting(f"units names {unknown[0]!r}: the formula's columns are {columns}")
    parts = [rf"[{latex_name(name)}] = {_unit(units[name])}" for name in names]
    return "".join(rf" \qquad {part}" for part in parts[:1]) + "".join(rf",\; {part}" for part in parts[1:])


def _unit(text: str) -> str:
    """A unit upright, its powers raised."""
    powers = re.sub(r"(?:\*\*|\^)\s*\(?(-?[\d./]+)\)?", r"^{\1}", text.strip())
    safe = re.sub(r"[\\$&#_%~]", "", powers).replace("*", r"\,").replace(" ", r"\,")
    return rf"\mathrm{{{safe or '1'}}}"


TARGETS = (
    Target("latex", "LaTeX mathematics", write, options=("digits", "errors", "units", "name"), ending=".tex"),
)
