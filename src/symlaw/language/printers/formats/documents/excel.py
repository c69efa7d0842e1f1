"""Excel and LibreOffice: one formula for a cell."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting
from symlaw.language.printers.dialect import ARITHMETIC, COMPOSED, Dialect, literal, spelled, truths
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.language.expression import Expression

_SPECIAL = {"inf": "(1/0)", "-inf": "(-1/0)", "nan": "NA()"}
_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}")
_WORDS = (
    "abs", "exp", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf",
    "sign",
)  # fmt: skip
_ROW = 2
# Units of time in a day, in which a sheet counts.
_A_DAY = {"d": 1, "h": 24, "s": 86400}

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
        **truths(
            "IF({0}{sign}{1},1,0)",
            "IF(AND({0},{1}),1,0)",
            "IF(OR({0},{1}),1,0)",
            "IF(({0}<>0)<>({1}<>0),1,0)",
            "IF({0}=0,1,0)",
            "IF({0},{1},{2})",
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="IF({x}={level},{value},{rest})",
    rest="NA()",
    quoted=lambda text: '"' + text.replace('"', '""') + '"',
    composed={
        **COMPOSED,
        "log1p": "log(1 + x)",
        "expm1": "exp(x) - 1",
        "cbrt": "sign(x) * pow(abs(x), 1 / 3)",
        "logistic": "1 / (1 + exp(-x))",
        "gaussian": "exp(-(x**2))",
    },
)


def write(
    expression: Expression,
    cells: Mapping[str, str] | None = None,
    columns: Sequence[str] | None = None,
    recipes: Sequence[Mapping[str, Any]] | None = None,
    legend: bool = False,
) -> str:
    """A formula that starts with an equals sign, for the first row below the names.

    Parameters
    ----------
    expression
        The formula.
    cells
        The cell of each column, such as ``{"x": "$B2"}``, by the names of the formula or of the sheet.
    columns
        Names of the sheet's columns, A first; where neither is given, the formula's columns by name.
    recipes
        How a fit made its columns of the sheet's, as ``Table.encodings["features"]``: dates, texts and units
        are made the same in the cell.
    legend
        Whether lines that say which cell is which column follow the formula.
    """
    prepared = EXCEL.prepared(expression)
    made = {str(recipe["name"]): recipe for recipe in recipes or ()}
    places = cells_of(expression, columns, made) if cells is None else _checked(expression, cells, made)
    names = {name: _made(place, made.get(name)) for name, place in places.items()}
    labelled = {name: recipe["known"] for name, recipe in made.items() if recipe["kind"] == "label"}
    labels = {names[name]: known for name, known in labelled.items() if name in names}
    written = "=" + EXCEL.written(prepared, names, labels)
    if not legend:
        return written
    sources = {place: str(made[name]["source"]) if name in made else name for name, place in places.items()}
    return "\n".join([written, *(f"{place}: {sources[place]}" for place in sorted(sources))])


def cells_of(
    expression: Expression,
    columns: Sequence[str] | None = None,
    made: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, str]:
    """The cells that columns have by default.

    Raises
    ------
    InvalidSetting
        When the sheet lacks a column of the formula.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> cells_of(parse("speed**2 * mass")), cells_of(parse("b - a"), ["time", "b", "a"])
    ({'mass': 'A2', 'speed': 'B2'}, {'b': 'B2', 'a': 'C2'})
    """
    sources = {name: str((made or {}).get(name, {}).get("source", name)) for name in expression.variables}
    sheet = list(columns) if columns is not None else sorted(set(sources.values()), key=_natural)
    for source in sources.values():
        if source not in sheet:
            raise InvalidSetting(
                f"columns lacks {source!r}, which the formula needs: give all of the sheet's"
            )
    order = list(sources) if columns is not None else sorted(sources, key=_natural)
    return {name: f"{_column(sheet.index(sources[name]))}{_ROW}" for name in order}


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which x2 comes before x10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]


def _made(cell: str, recipe: Mapping[str, Any] | None) -> str:
    """What a cell is for the formula, where a fit made its column of the sheet's."""
    kind = "number" if recipe is None else recipe["kind"]
    if recipe is None or kind == "label":
        return cell
    if kind == "boolean":
        return f"N({cell})"
    if kind == "category":
        return _of_category(cell, str(recipe["value"]), recipe["known"])
    if kind == "duration":
        return f"({cell}*86400)"
    if kind == "time":
        moment = datetime.fromisoformat(str(recipe["origin"])[:26])
        begin = f"DATE({moment.year},{moment.month},{moment.day})"
        seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
        since = f"{cell}-{begin}" + (f"-{seconds!r}/86400" if seconds else "")
        return f"(({since})*{_A_DAY[recipe['unit']]})"
    scale, offset = recipe.get("scale", 1.0), recipe.get("offset", 0.0)
    scaled = cell if scale == 1.0 else f"{scale!r}*{cell}"
    return scaled if not offset and scale == 1.0 else f"({scaled}+{offset!r})" if offset else f"({scaled})"


def _of_category(cell: str, value: str, known: Sequence[str]) -> str:
    """1 where a cell is a text, else 0; a sheet's ``=`` takes capital and small letters for the same."""
    alike = [other for other in known if other != value and other.casefold() == value.casefold()]
    same = f"EXACT({cell},{EXCEL.quoted(value)})" if alike else f"{cell}={EXCEL.quoted(value)}"
    return f"IF({same},1,0)"


def _column(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _checked(
    expression: Expression, cells: Mapping[str, str], made: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, str]:
    sources = {name: str(made.get(name, {}).get("source", name)) for name in expression.variables}
    for name, source in sources.items():
        if name not in cells and source not in cells:
            raise InvalidSetting(f"cells lacks column {source!r}: give a cell for each column of the formula")
    for name, cell in cells.items():
        if not (isinstance(cell, str) and _CELL.fullmatch(cell)):
            raise InvalidSetting(
                f"cells has {cell!r} for column {name!r}: give a cell such as 'B2' or '$B$2'"
            )
    return {name: cells[name] if name in cells else cells[source] for name, source in sources.items()}


_OPTIONS = ("cells", "columns", "recipes", "legend")
TARGETS = (Target("excel", "Excel or LibreOffice formula of cells", write, EXCEL, options=_OPTIONS),)
