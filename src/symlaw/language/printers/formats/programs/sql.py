"""SQL: an expression of columns, for SQLite and for DuckDB."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport
from symlaw.language.operators import Precedence, Spelling
from symlaw.language.printers.dialect import (
    ARITHMETIC,
    COMPARISONS,
    COMPOSED,
    Dialect,
    literal,
    spelled,
    truths,
)
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from symlaw.language.expression import Expression

_WORDS = (
    "abs", "exp", "log2", "log10", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
    "tanh", "floor",
)  # fmt: skip
_SHARED = {
    **ARITHMETIC,
    **spelled({name: f"{name.upper()}({{0}})" for name in _WORDS}),
    **spelled(
        {
            "log": "LN({0})",
            "pow": "POW({0}, {1})",
            "atan2": "ATAN2({0}, {1})",
            "step": "CASE WHEN {0} >= 0 THEN 1e0 WHEN {0} < 0 THEN 0e0 END",
            "square": "POW({0}, 2)",
            "cube": "POW({0}, 3)",
        }
    ),
    **truths(
        "CASE WHEN {0} {sign} {1} THEN 1e0 ELSE 0e0 END",
        "CASE WHEN {0} <> 0 AND {1} <> 0 THEN 1e0 ELSE 0e0 END",
        "CASE WHEN {0} <> 0 OR {1} <> 0 THEN 1e0 ELSE 0e0 END",
        "CASE WHEN ({0} <> 0) <> ({1} <> 0) THEN 1e0 ELSE 0e0 END",
        "CASE WHEN {0} = 0 THEN 1e0 ELSE 0e0 END",
        "CASE WHEN {0} <> 0 THEN {1} ELSE {2} END",
    ),
}
_COMPOSED = {
    **COMPOSED,
    "log1p": "log(1 + x)",
    "expm1": "exp(x) - 1",
    "cbrt": "sign(x) * pow(abs(x), 1 / 3)",
    "hypot": "sqrt(x**2 + y**2)",
    "logistic": "1 / (1 + exp(-x))",
    "gaussian": "exp(-(x**2))",
}
_CHOICE = "CASE WHEN {x} = {level} THEN {value} ELSE {rest} END"
_NAN = "CAST('NaN' AS DOUBLE)"


def _double(value: float, specials: dict[str, str]) -> str:
    """A literal with an exponent: one without is a decimal fraction in some dialects."""
    text = literal(value, specials)
    return text if "e" in text or text in specials.values() else text + "e0"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


SQLITE = Dialect(
    "SQLite",
    {
        **_SHARED,
        # whole numbers divide as such
        **spelled({"sign": "CAST(SIGN({0}) AS REAL)", "min": "MIN({0}, {1})", "max": "MAX({0}, {1})"}),
    },
    number=partial(_double, specials={"inf": "9e999", "-inf": "-9e999", "nan": "NULL"}),
    choice=_CHOICE,
    rest="NULL",
    quoted=_text,
    composed=_COMPOSED,
)
# DuckDB orders nan above all numbers.
_UNDEFINED = "CASE WHEN ISNAN({0}) OR ISNAN({1}) THEN " + _NAN + " ELSE "
DUCKDB = Dialect(
    "DuckDB",
    {
        **_SHARED,
        **spelled(
            {
                "sign": "CAST(CASE WHEN ISNAN({0}) THEN {0} ELSE SIGN({0}) END AS DOUBLE)",
                "step": "CASE WHEN ISNAN({0}) THEN {0} WHEN {0} >= 0 THEN 1e0 ELSE 0e0 END",
                "min": _UNDEFINED + "LEAST({0}, {1}) END",
                "max": _UNDEFINED + "GREATEST({0}, {1}) END",
            }
        ),
        **{
            sign: Spelling(
                f"CASE WHEN ISNAN({{0}}) OR ISNAN({{1}}) OR NOT {{0}} {sign} {{1}} THEN 0e0 ELSE 1e0 END",
                Precedence.ATOM,
                (Precedence.SUM,) * 2,
            )
            for sign in COMPARISONS
        },
    },
    number=partial(
        _double,
        specials={
            "inf": "CAST('Infinity' AS DOUBLE)",
            "-inf": "CAST('-Infinity' AS DOUBLE)",
            "nan": _NAN,
        },
    ),
    choice=_CHOICE,
    rest=_NAN,
    quoted=_text,
    composed=_COMPOSED,
)


def _quoted(name: str) -> str:
    if "\0" in name:
        raise CannotExport(f"SQL cannot name the column {name!r}: it holds a NUL character; rename it")
    return '"' + name.replace('"', '""') + '"'


def _writer(dialect: Dialect, kind: str) -> Callable[..., str]:
    def write(expression: Expression, recipes: Sequence[Mapping[str, Any]] | None = None) -> str:
        """An expression of quoted columns, computed in doubles whatever their type.

        Parameters
        ----------
        expression
            The formula.
        recipes
            How a fit made its columns of the table's, as ``Table.encodings["features"]``: labels, texts of
            two values and units are made the same. Dates are columns of their own, called as in the formula.
        """
        prepared = dialect.prepared(expression)
        made = {str(recipe["name"]): recipe for recipe in recipes or ()}
        names = {name: _made(name, made.get(name), kind) for name in prepared.variables}
        labels = {
            names[name]: made[name]["known"] for name in names if made.get(name, {}).get("kind") == "label"
        }
        return dialect.written(prepared, names, labels)

    return write


def _made(name: str, recipe: Mapping[str, Any] | None, kind: str) -> str:
    """A column as the formula has it."""
    made = "number" if recipe is None else recipe["kind"]
    if recipe is None or made in ("time", "duration"):
        return f"CAST({_quoted(name)} AS {kind})"
    source = _quoted(str(recipe["source"]))
    if made == "label":
        return source
    if made == "category":
        return f"(CASE WHEN {source} = {_text(str(recipe['value']))} THEN 1.0 ELSE 0.0 END)"
    scale, offset = recipe.get("scale", 1.0), recipe.get("offset", 0.0)
    cast = f"CAST({source} AS {kind})"
    return cast if scale == 1.0 and not offset else f"({scale!r} * {cast} + {offset!r})"


TARGETS = (
    Target("sqlite", "SQL expression for SQLite", _writer(SQLITE, "REAL"), SQLITE, ("recipes",)),
    Target("duckdb", "SQL expression for DuckDB", _writer(DUCKDB, "DOUBLE"), DUCKDB, ("recipes",)),
)
