"""How one column becomes features: a recipe per feature is planned once and applied to any data after.

A recipe is a JSON-able mapping with ``name`` (of the feature), ``source`` (the column) and ``kind``:
``number``, ``boolean``, ``duration``; ``category`` with ``value`` and ``known``; ``label`` with ``known``;
``time`` with ``origin`` and ``unit``. Numbers may have a ``scale`` and an ``offset``. Planning and applying
meet only there, so new data are encoded as the fit was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.cells.numerals import date_hint, first_non_number, mostly_numbers
from symlaw.data.raw import Column
from symlaw.errors import DataError, InvalidSetting

Recipe = Mapping[str, Any]
Plan = tuple[list[dict[str, Any]], tuple[str, ...]]

MAX_CATEGORIES = 10
# Spans of dates from which they are counted in hours, and in days.
_HOURS_FROM, _DAYS_FROM = np.timedelta64(10, "h"), np.timedelta64(10, "D")
_UNITS = {"d": ("days", np.timedelta64(1, "D")), "h": ("hours", np.timedelta64(1, "h")),
          "s": ("seconds", np.timedelta64(1, "s"))}  # fmt: skip
# Clocks are set back by an hour; of other steps this share leads on.
_SET_BACK, _LEADING = np.timedelta64(1, "h"), 0.9
_WORDS = {
    "number": "numbers",
    "boolean": "truth values",
    "time": "dates",
    "duration": "durations",
    "text": "text",
    "category": "text",
}


def plan_labels(column: Column) -> Plan:
    """The one feature that a column of groups becomes: its numbers, or a number for each of its texts."""
    name = column.name
    if column.kind in ("number", "boolean"):
        return [_recipe(name, name, "number")], rounding_note(column)
    if column.kind != "text":
        raise DataError(f"The groups {name!r} must be numbers or text and hold {_WORDS[column.kind]}.")
    known = sorted({cell for cell in column.values if cell is not None})
    said = ", ".join(f"{code} is {label!r}" for code, label in enumerate(known[:MAX_CATEGORIES]))
    more = ", ..." if len(known) > MAX_CATEGORIES else ""
    note = f"Column {name!r} tells {len(known)} groups: {said}{more}."
    return [_recipe(name, name, "label", known=known)], (note,)


def plan(column: Column) -> Plan:
    """Decide which features a column becomes.

    Returns
    -------
    recipes : list of dict
        Empty when the column is left out.
    notes : tuple of str
        Sentences that say what was decided, empty for plain numbers.
    """
    name = column.name
    if column.kind == "text":
        return _plan_text(column)
    if column.kind == "time":
        return _plan_time(column)
    if column.kind == "boolean":
        return [_recipe(name, name, "boolean")], (f"Column {name!r} is true or false; true is 1.",)
    if column.kind == "duration":
        own = f"{name}_s"
        said = f"Column {name!r} becomes {own!r}, in seconds."
        return [_recipe(own, name, "duration")], (said, *_midnights(column))
    return [_recipe(name, name, "number")], rounding_note(column)


def rounding_note(column: Column) -> tuple[str, ...]:
    """Say that integers above 2**53 were rounded, if any were."""
    if not column.rounded:
        return ()
    return (f"Column {column.name!r} holds integers above 2**53, which are rounded to the nearest float64.",)


def _recipe(name: str, source: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "source": source, "kind": kind, **more}


def _plan_text(column: Column) -> Plan:
    name = column.name
    cells = [cell for cell in column.values if cell is not None]
    known = sorted(set(cells))
    hint = date_hint(column)
    if mostly_numbers(column):
        return [], (
            f"Column {name!r} is left out: {first_non_number(column)} is not a number. "
            "Correct or empty that cell to use the column.",
        )
    if len(known) > MAX_CATEGORIES:
        return [], (f"Column {name!r} is left out: it holds text with {len(known)} different values.{hint}",)
    if len(known) == len(cells) > 2:
        return [], (f"Column {name!r} is left out: its text is different in every row, a label.{hint}",)
    if len(known) <= 2:
        said = "; ".join(f"{value!r} is {code}" for code, value in enumerate(known))
        recipe = _recipe(name, name, "category", value=known[-1], known=known)
        return [recipe], (f"Column {name!r} holds text with two values: {said}.",) if len(known) == 2 else ()
    recipes = [_recipe(f"{name}={v}", name, "category", value=v, known=known) for v in known]
    listed = ", ".join(repr(recipe["name"]) for recipe in recipes)
    note = f"Column {name!r} holds text with {len(known)} values; it becomes {listed}, each 0 or 1."
    return recipes, (note,)


def _plan_time(column: Column) -> Plan:
    times = column.values[~np.isnat(column.values)]
    origin = times[0] if len(times) else np.datetime64(0, "s")
    unit = _unit_of(times)
    word, _ = _UNITS[unit]
    own = f"{column.name}_{unit}"
    first = str(origin)
    if "." in first:
        first = first.rstrip("0").rstrip(".")
    note = f"Column {column.name!r} holds dates; it becomes {own!r}, {word} since {first}."
    return [_recipe(own, column.name, "time", origin=first, unit=unit)], (note, *_repeated(column, times))


def _unit_of(times: NDArray[np.datetime64]) -> str:
    """The unit that times are counted in: days for dates without times of day, and for long spans."""
    if not len(times):
        return "s"
    span = times.max() - times.min()
    if span >= _DAYS_FROM or (span > np.timedelta64(0, "s") and np.all(times == times.astype("M8[D]"))):
        return "d"
    return "h" if span >= _HOURS_FROM else "s"


def _repeated(column: Column, times: NDArray[np.datetime64]) -> tuple[str, ...]:
    """Say that clock times come twice, as they do where clocks are set back."""
    steps = np.diff(times)
    zero = np.timedelta64(0, "s")
    back = np.flatnonzero((steps <= zero) & (steps > -_SET_BACK))
    if not 0 < len(back) <= 0.5 * (1.0 - _LEADING) * len(steps) + 1 or np.any(steps <= -_SET_BACK):
        return ()
    if np.mean(steps > zero) < _LEADING:
        return ()
    return (
        f"Column {column.name!r} has clock times that repeat, at {times[back[0] + 1]}: if clocks were set"
        " back there, give times with their zone, or in UTC.",
    )


def _midnights(column: Column) -> tuple[str, ...]:
    """Say that times of day start again, as they do after midnight."""
    if not column.time_of_day:
        return ()
    steps = np.diff(column.values[~np.isnan(column.values)])
    back = np.flatnonzero(steps < 0)
    if not len(back) or np.mean(steps > 0) < 0.5:
        return ()
    return (
        f"Column {column.name!r} holds times of day that start again in row {back[0] + 2}: give the date as"
        " well if the rows follow each other.",
    )


def apply(column: Column, recipe: Recipe) -> NDArray[np.float64]:
    """Compute a feature from its column, shape (n_rows,); missing cells and unknown categories are nan."""
    kind = recipe["kind"]
    if kind == "category":
        return _coded(column, {label: float(label == recipe["value"]) for label in recipe["known"]})
    if kind == "label":
        return _coded(column, {label: float(code) for code, label in enumerate(recipe["known"])})
    if np.all(column.missing()):
        return np.full(len(column.values), np.nan)
    number_like = ("number", "boolean")
    if column.kind != kind and not (kind in number_like and column.kind in number_like):
        raise DataError(_mismatch(column, kind))
    if kind == "time":
        _, unit = _UNITS[recipe["unit"]]
        return np.asarray((column.values - np.datetime64(recipe["origin"])) / unit, dtype=np.float64)
    if kind not in _WORDS:
        raise InvalidSetting(f"The encodings name an unknown kind {kind!r}; use those that a fit returned.")
    scale, offset = recipe.get("scale", 1.0), recipe.get("offset", 0.0)
    return np.asarray(scale * column.values + offset, dtype=np.float64)


def labels(column: Column) -> NDArray[Any]:
    """Return the cells as text, None where missing."""
    if column.kind == "text":
        return column.values
    words = (f"{value:.17g}" if column.kind == "number" else str(value) for value in column.values)
    cells = [None if gone else word for word, gone in zip(words, column.missing(), strict=True)]
    return np.array(cells, dtype=object)


def unknown_categories(column: Column, recipe: Recipe) -> list[str]:
    """Return the values that a recipe of categories or labels has never seen."""
    if recipe["kind"] not in ("category", "label"):
        return []
    return sorted(set(labels(column)) - {None, *recipe["known"]})


def _coded(column: Column, codes: Mapping[str, float]) -> NDArray[np.float64]:
    cells = labels(column)
    return np.fromiter((codes.get(cell, np.nan) for cell in cells), np.float64, len(cells))


def _mismatch(column: Column, kind: str) -> str:
    text = f"Column {column.name!r} should hold {_WORDS.get(kind, kind)} and holds {_WORDS[column.kind]}"
    if column.kind == "text":
        text += f" ({first_non_number(column)})"
    return text + "; give the same kind of values as in the data that were fitted."
