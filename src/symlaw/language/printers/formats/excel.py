"""Excel and LibreOffice: one formula for a cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting
from symlaw.language.printers.dialect import ARITHMETIC, COMPOSED, Dialect, literal, spelled
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.expression import Expression

_SPECIAL = {"inf": "(1/0)", "-inf": "(-1/0)", "nan": "NA()"}
_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}")
_WORDS = (
    "abs", "exp", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf",
    "sign",
)  # fmt: skip
_ROW = 2

EXCEL = Dialect(
    "Excel",
    {
        **ARITHMETIC,
        **spelled({name: f"{name.upper()}({{0}})" for name in _WORDS}),
        **spelled(
            {
                "log": "LN({0})",
                "log2": "LOG({0},2)",
                "floor": "INT({0})",
                "step": "IF({0}>=0,1,0)",
                "square": "POWER({0},2)",
                "cube": "POWER({0},3)",
                "pow": "POWER({0},{1})",
                # Excel takes the abscissa first
                "atan2": "ATAN2({1},{0})",
                "hypot": "SQRT(SUMSQ({0},{1}))",
                "min": "MIN({0},{1})",
                "max": "MAX({0},{1})",
            }
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="IF({x}={level},{value},{rest})",
    rest="NA()",
    composed={
        **COMPOSED,
        "log1p": "log(1 + x)",
        "expm1": "exp(x) - 1",
        "cbrt": "sign(x) * pow(abs(x), 1 / 3)",
        "logistic": "1 / (1 + exp(-x))",
        "gaussian": "exp(-(x**2))",
    },
)


def write(expression: Expression, cells: Mapping[str, str] | None = None) -> str:
    """A formula that starts with an equals sign.

    Parameters
    ----------
    expression
        The formula.
    cells
        The cell of each column, such as ``{"x": "$B2"}``; A2, B2, ... in order of first use by default.
    """
    prepared = EXCEL.prepared(expression)
    names = cells_of(expression) if cells is None else _checked(expression, cells)
    return "=" + EXCEL.written(prepared, names)


def cells_of(expression: Expression) -> dict[str, str]:
    """The cells that columns have by default.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> cells_of(parse("mass * speed**2"))
    {'mass': 'A2', 'speed': 'B2'}
    """
    return {name: f"{_column(place)}{_ROW}" for place, name in enumerate(expression.variables)}


def _column(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _checked(expression: Expression, cells: Mapping[str, str]) -> Mapping[str, str]:
    for name in expression.variables:
        if name not in cells:
            raise InvalidSetting(f"cells lacks column {name!r}: give a cell for each column of the formula")
    for name, cell in cells.items():
        if not (isinstance(cell, str) and _CELL.fullmatch(cell)):
            raise InvalidSetting(
                f"cells has {cell!r} for column {name!r}: give a cell such as 'B2' or '$B$2'"
            )
    return cells


TARGETS = (Target("excel", "Excel or LibreOffice formula of cells", write, EXCEL, options=("cells",)),)
