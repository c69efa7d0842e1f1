"""Operators on moments: dates and times of day, read from text, moved, rounded, and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH = r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
GAP = r"[\s.,/\-]{0,4}"
NAMED = re.compile(MONTH)
DAY_MONTH_YEAR = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?{GAP}{MONTH}{GAP}(\d{{4}}|\d\d)(?!\d)")
MONTH_DAY_YEAR = re.compile(rf"{MONTH}{GAP}(\d{{1,2}})(?:st|nd|rd|th)?{GAP}(\d{{4}})(?!\d)")
YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}}){GAP}{MONTH}{GAP}(\d{{1,2}})(?!\d)")
YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[\s.,/\-]{1,3}(\d{1,2})[\s.,/\-]{1,3}(\d{1,2})(?!\d)")
YEAR_LAST = re.compile(r"(?<!\d)(\d{1,2})[\s.,/\-]{1,3}(\d{1,2})[\s.,/\-]{1,3}(\d{4}|\d\d)(?!\d)")
COMPACT = re.compile(r"(?<!\d)(\d{8})(?!\d)")
CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):(\d\d?)(?::(\d\d?)(?:\.\d{1,6})?)?\s?([ap]\.?m)?", re.IGNORECASE)
HOUR = re.compile(r"(?<!\d)(\d{1,2})\s?([ap]\.?m)", re.IGNORECASE)
DIGITS = re.compile(r"\s*(\d{1,2})(\d\d)\s*")


def valid(year: int, month: int, day: int) -> datetime | None:
    """A day of the calendar, where there is one."""
    if year < 100:
        year += 2000 if year < 70 else 1900
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def in_order(year: int, one: int, two: int, order: str) -> datetime | None:
    """A day and a month in an order, or in the other one where only that is in the calendar."""
    month, day = (one, two) if order == "mdy" else (two, one)
    return valid(year, month, day) or valid(year, day, month)


def month_number(name: str) -> int:
    """The month of a name, told by three letters."""
    return next(place for place, month in enumerate(MONTHS, 1) if month[:3] == name[:3])


def named_day_in(text: str) -> datetime | None:
    """The first date in a text of small letters whose month has a name."""
    if found := YEAR_MONTH_DAY.search(text):
        return valid(int(found[1]), month_number(found[2]), int(found[3]))
    if found := MONTH_DAY_YEAR.search(text):
        return valid(int(found[3]), month_number(found[1]), int(found[2]))
    if found := DAY_MONTH_YEAR.search(text):
        return valid(int(found[3]), month_number(found[2]), int(found[1]))
    return None


def day_in(text: str, order: str) -> datetime | None:
    """The first date in a text; order says which of day and month comes first where either might."""
    text = text[:400].lower()
    if NAMED.search(text):
        named = named_day_in(text)
        if named is not None:
            return named
    if found := YEAR_FIRST.search(text):
        return valid(int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR_LAST.search(text):
        return in_order(int(found[3]), int(found[1]), int(found[2]), order)
    if found := COMPACT.search(text):
        digits = found[1]
        if order == "ymd":
            return valid(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        return in_order(int(digits[4:]), int(digits[:2]), int(digits[2:4]), order)
    return None


def seconds_in(text: str) -> int | None:
    """The first time of day in a text, as seconds since midnight."""
    text = text[:400]
    if found := CLOCK.search(text):
        hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    elif found := HOUR.search(text):
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    elif found := DIGITS.fullmatch(text):
        hour, minute, second, half = int(found[1]), int(found[2]), 0, None
    else:
        return None
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return hour * 3600 + minute * 60 + second if hour < 24 and minute < 60 and second < 60 else None


def moment(text: str, order: str) -> datetime | None:
    """The date in a text, with the time of day that stands beside it."""
    day = day_in(text, order)
    if day is None:
        return None
    # four digits alone are a year here, and no time of day; an hour by itself has am or pm
    has_clock = ":" in text or (("m" in text or "M" in text) and HOUR.search(text[:400]))
    seconds = seconds_in(text) if has_clock else None
    return day if seconds is None else day + timedelta(seconds=seconds)


def clock(text: str) -> datetime | None:
    """The time of day in a text, on a day that is of no meaning."""
    seconds = seconds_in(text)
    return None if seconds is None else datetime(2000, 1, 1) + timedelta(seconds=seconds)


def on(day: datetime, time: datetime) -> datetime:
    """A day at a time of day."""
    return datetime(day.year, day.month, day.day, time.hour, time.minute, time.second)


def round_clock(value: datetime, minutes: int, mode: str) -> datetime | None:
    """The next multiple of some minutes since midnight: ``down``, ``up`` or ``nearest``."""
    midnight = value.replace(hour=0, minute=0, second=0)
    seconds, step = (value - midnight).seconds, minutes * 60
    extra = {"down": 0, "up": step - 1, "nearest": step // 2}[mode]
    return shift(midnight, (seconds + extra) // step * step)


def shift(value: datetime, seconds: int) -> datetime | None:
    """Some seconds later."""
    try:
        return value + timedelta(seconds=seconds)
    except OverflowError:
        return None


PARTS: dict[str, Callable[[datetime], str]] = {
    "year": lambda m: f"{m.year:04d}",
    "yy": lambda m: f"{m.year % 100:02d}",
    "month": lambda m: str(m.month),
    "mm": lambda m: f"{m.month:02d}",
    "month name": lambda m: MONTHS[m.month - 1].capitalize(),
    "mon": lambda m: MONTHS[m.month - 1][:3].capitalize(),
    "day": lambda m: str(m.day),
    "dd": lambda m: f"{m.day:02d}",
    "weekday": lambda m: DAYS[m.weekday()],
    "wday": lambda m: DAYS[m.weekday()][:3],
    "quarter": lambda m: str((m.month + 2) // 3),
    "week": lambda m: str(m.isocalendar()[1]),
    "ww": lambda m: f"{m.isocalendar()[1]:02d}",
    "week of month": lambda m: str((m.day + 6) // 7),
    "day of year": lambda m: str(m.timetuple().tm_yday),
    "hour": lambda m: str(m.hour),
    "hh": lambda m: f"{m.hour:02d}",
    "hour of 12": lambda m: str((m.hour + 11) % 12 + 1),
    "hh of 12": lambda m: f"{(m.hour + 11) % 12 + 1:02d}",
    "minute": lambda m: str(m.minute),
    "min": lambda m: f"{m.minute:02d}",
    "second": lambda m: str(m.second),
    "sec": lambda m: f"{m.second:02d}",
    "AM": lambda m: "AM" if m.hour < 12 else "PM",
    "am": lambda m: "am" if m.hour < 12 else "pm",
}


def say(value: datetime, what: str) -> str:
    """One part of a moment as text."""
    return PARTS[what](value)
