"""THE operator table: one row per operator, one module per family.

Every module of this package that defines ``ROWS`` adds its rows by being there; nothing else lists
operators. Rows keep the order of module name, then of position. Installed packages may add operators; these
are found by name (`added_operators`) and are in no table.
"""

from __future__ import annotations

import difflib
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from symlaw import registry
from symlaw.errors import UnknownOperator
from symlaw.language.operators.row import NOTATIONS, Operator, Precedence, Spelling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

__all__ = [
    "LINEAR_SUM", "LINE_OPERATORS", "NOTATIONS", "PRODUCTS", "SUMS", "Operator", "Precedence", "Spelling",
    "added_operators", "named_power", "operator", "operator_table", "word_of",
]  # fmt: skip

# What scale and offset are written with; they may stand in a formula even where its language lacks them.
LINE_OPERATORS = ("+", "-", "*", "/", "neg")
# Sums and products with their inverses, for algebra, and what a linear sum is written with.
SUMS, PRODUCTS = ("+", "-"), ("*", "/")
LINEAR_SUM = frozenset(("+", "*"))

ALIASES = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "×": "*",
    "·": "*",
    "div": "/",
    "÷": "/",
    "heaviside": "step",
    "where": "if",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "sigmoid": "logistic",
    "ln": "log",
    "minimum": "min",
    "maximum": "max",
    "power": "pow",
    "**": "pow",
    "^": "pow",
}


# Operators that a refusal lists.
_LISTED = 30
# Words for operators that users may call their own by.
_WORDS = {
    "plus": "+",
    "minus": "-",
    "times": "*",
    "mult": "*",
    "multiply": "*",
    "divide": "/",
    "power": "pow",
}


def _refusal(name: object, table: Mapping[str, Operator]) -> str:
    """What to say of a name that is no operator's."""
    parts = name.replace(",", " ").split() if isinstance(name, str) else []
    if len(parts) > 1 and all(part in table or part in ALIASES for part in parts):
        return f"unknown operator {name!r}: give each by itself, as {parts}"
    if isinstance(name, str) and name.lower() in _WORDS:
        return f"unknown operator {name!r}: write {_WORDS[name.lower()]!r}"
    near = difflib.get_close_matches(str(name), [*table, *ALIASES], n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    first, more = list(table)[:_LISTED], max(0, len(table) - _LISTED)
    others = f" and {more} others" if more else ""
    return f"unknown operator {name!r}: {hint}known operators are {', '.join(first)}{others}"


@cache
def operator_table() -> Mapping[str, Operator]:
    """All built-in operators by name."""
    rows: list[Operator] = []
    for module in sorted(iter_modules(__path__), key=lambda m: m.name):
        rows.extend(getattr(import_module(f"{__name__}.{module.name}"), "ROWS", ()))
    return {row.name: row for row in rows}


@cache
def _powers() -> Mapping[Fraction, Operator]:
    return {row.exponent: row for row in operator_table().values() if row.exponent is not None}


def named_power(exponent: float) -> Operator | None:
    """The built-in operator that is this power of its argument, None where there is none.

    Examples
    --------
    >>> named_power(2.0), named_power(2.5)
    (<operator square>, None)
    """
    return _powers().get(exponent)  # type: ignore[call-overload, no-any-return]


def word_of(name: str) -> str:
    """A word for an operator that is called by a sign, where it has one; else its name.

    Examples
    --------
    >>> word_of("+"), word_of("sin")
    ('add', 'sin')
    """
    if name.isidentifier():
        return name
    return next((word for word, own in ALIASES.items() if own == name and word.isidentifier()), name)


def added_operators() -> Mapping[str, Operator]:
    """Operators that installed packages add, by name."""
    return registry.found(registry.OPERATORS, _unusable)


def _unusable(name: str, given: Any) -> str:
    if not isinstance(given, Operator) or not given.is_users:
        return "is no operator made by symlaw.operator"
    return registry.misnamed(name, given.name, [*operator_table(), *ALIASES])


def operator(name: str) -> Operator:
    """The operator called ``name`` or an alias of it, built in or of an installed package.

    Raises
    ------
    UnknownOperator
        When no operator has that name; the message suggests the nearest one.
    """
    table = operator_table()
    known = table.get(ALIASES.get(name, name)) if isinstance(name, str) else None
    if known is None and isinstance(name, str):
        known = added_operators().get(name)
    if known is None:
        raise UnknownOperator(_refusal(name, {**table, **added_operators()}))
    return known
