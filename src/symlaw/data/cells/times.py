"""Reading dates, months, durations and times of day written as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from symlaw.data.formats.arrow import column_from_arrow
from symlaw.data.raw import Column, pyarrow

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ISO_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
# As pandas and Python print durations, and as ISO 8601 has them.
_PRINTED = re.compile(
    r"(?P<days>-?\d+) days?"
    r"(?:,? (?P<sign>[+-]?)(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2}(?:\.\d+)?))?",
    re.ASCII,
)
_ISO_DURATION = re.compile(
    r"(?P<sign>)P(?:(?P<days>-?\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?(?<![PT])",
    re.ASCII,
)
_TIME_OF_DAY = re.compile(
    r"(?P<sign>)(?P<days>)(?P<hours>[01]?\d|2[0-3]):(?P<minutes>[0-5]\d):(?P<seconds>[0-5]\d(?:\.\d+)?)",
    re.ASCII,
)
_SECONDS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}


def as_times(column: Column) -> Column | None:
    """A column of texts as dates or durations where every cell is one; else None.

    Examples
    --------
    >>> texts = np.array(["1 days 00:00:01", None, "-1 days +23:59:59"], dtype=object)
    >>> as_times(Column("lag", "text", texts)).values.tolist()
    [86401.0, nan, -1.0]
    """
    first = next((cell for cell in column.values if cell is not None), "")
    if _ISO_DATE.match(first):
        return _dates(column)
    if _ISO_MONTH.fullmatch(first):
        return _months(column)
    return next(filter(None, (read(column) for read in _DURATIONS)), None)


def _dates(column: Column) -> Column | None:
    pa = pyarrow()
    for zone in (None, "UTC"):
        try:
            times = pa.array(column.values, pa.string()).cast(pa.timestamp("us", zone))
        except pa.ArrowInvalid:
            continue
        return column_from_arrow(column.name, times)
    return None


def _months(column: Column) -> Column | None:
    """Months by their first days."""
    if not all(cell is None or _ISO_MONTH.fullmatch(cell) for cell in column.values):
        return None
    firsts = [np.datetime64("NaT") if cell is None else np.datetime64(f"{cell}-01") for cell in column.values]
    return Column(column.name, "time", np.array(firsts, dtype="datetime64[s]"))


def _durations(form: re.Pattern[str], column: Column, *, time_of_day: bool = False) -> Column | None:
    values = np.full(len(column.values), np.nan)
    for row, cell in enumerate(column.values):
        if cell is None:
            continue
        found = form.fullmatch(cell)
        if found is None:
            return None
        values[row] = _seconds(found)
    return Column(column.name, "duration", values, time_of_day=time_of_day)


def _seconds(found: re.Match[str]) -> float:
    days, *rest = (scale * float(found[part] or 0.0) for part, scale in _SECONDS.items())
    return days + (-1.0 if found["sign"] == "-" else 1.0) * sum(rest)


_DURATIONS: tuple[Callable[[Column], Column | None], ...] = (
    partial(_durations, _PRINTED),
    partial(_durations, _ISO_DURATION),
    partial(_durations, _TIME_OF_DAY, time_of_day=True),
)
