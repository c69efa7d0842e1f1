"""Numbers and moments: read from texts, moved and rounded, and written as the outputs have them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from symlaw.language.programs.functions.moments import PARTS
from symlaw.language.programs.functions.numbers import number
from symlaw.search.programs.bank import Bank, Entry, Task, call
from symlaw.search.programs.joining import useful

_STEPS = tuple(
    Decimal(text)
    for text in ("1", "10", "100", "1000", "5", "2", "20", "25", "50", "500", "0.1", "0.01", "0.001", "0.5",
    "0.05",
                 "0.25", "0.0001", "4", "8", "15", "30", "60")
)  # fmt: skip
_MODES = ("nearest", "down", "up", "to zero", "from zero")
_FACTORS = tuple(Decimal(text) for text in ("100", "0.01", "1000", "0.001", "10", "0.1", "-1", "2", "0.5"))
_WRITTEN = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_MOST_SOURCES = 24
_MINUTES = (60, 120, 30, 15, 10, 5, 20, 180, 240, 360, 90)


def numbers_into(bank: Bank, sources: Sequence[Entry], marks: tuple[str, ...]) -> list[Entry]:
    """Put texts that are made of numbers into a bank; the numbers as they were read."""
    task = bank.task
    wanted = _wanted(task)
    if not wanted:
        return []
    read = _read(bank, sources, marks)
    for entry in read:
        for value in _moved(entry, wanted):
            if bank.is_late():
                return read
            _write(value, wanted, bank)
    return read


def _read(bank: Bank, sources: Sequence[Entry], marks: tuple[str, ...]) -> list[Entry]:
    seen: dict[tuple[Any, ...], Entry] = {}
    for source in sources:
        if len(seen) >= _MOST_SOURCES or bank.is_late():
            break
        for name in ("number", "number_with_comma"):
            entry = call(name, [source])
            bank.work += len(entry.values)
            if _is_common(entry, bank.task):
                seen.setdefault(entry.values, entry)
    for source in sources[:6]:
        seen.setdefault((entry := call("length", [source])).values, entry)
        for mark in marks[:6]:
            seen.setdefault((entry := call("count", [source], mark)).values, entry)
    return sorted(seen.values(), key=lambda entry: entry.cost)


def _is_common(entry: Entry, task: Task) -> bool:
    """Whether it has values in two examples or more, or in all."""
    known = sum(value is not None for value in entry.values[: task.n])
    return known >= min(2, task.n)


def _wanted(task: Task) -> list[set[Decimal]]:
    """The numbers written in each example's output, without signs."""
    found: list[set[Decimal]] = []
    for output in task.outputs:
        here = [number(text) for text in _WRITTEN.findall(output or "")]
        here += [number(text) for text in re.findall(r"[0-9]+", output or "")]
        found.append({value for value in here if value is not None})
    return found if any(found) else []


def _fits(values: Sequence[Any], wanted: list[set[Decimal]]) -> bool:
    """Whether values are written in two outputs or more, or in all."""
    n = sum(value is not None and abs(value) in here for value, here in zip(values, wanted, strict=False))
    return n >= min(2, len(wanted))


def _moved(entry: Entry, wanted: list[set[Decimal]]) -> Iterator[Entry]:
    """The number itself, scaled, rounded, and moved by steps, where outputs have it written."""
    scaled = [entry, *(call("times", [entry], factor) for factor in _FACTORS)]
    for one in scaled:
        if _fits(one.values, wanted):
            yield one
        for step in _STEPS:
            for mode in _MODES:
                rounded = call("round_to", [one], step, mode)
                if _fits(rounded.values, wanted):
                    yield rounded
                if one is entry and mode in ("nearest", "down", "up"):
                    yield from _stepped(rounded, step, wanted)
    for extra in (Decimal(1), Decimal(-1)):
        one = call("plus", [entry], extra)
        if _fits(one.values, wanted):
            yield one


def _stepped(rounded: Entry, step: Decimal, wanted: list[set[Decimal]]) -> Iterator[Entry]:
    for extra in (step, step - 1, -step):
        if extra:
            one = call("plus", [rounded], extra)
            if _fits(one.values, wanted):
                yield one


def _write(value: Entry, wanted: list[set[Decimal]], bank: Bank) -> None:
    """Write a number in the forms that the outputs suggest."""
    for least, width in _forms(value, bank.task):
        text = call("decimals", [value], least, width)
        # several forms of one number are described with it once
        bank.add(text.values, text.cost - 0.5 * max(0.0, value.cost - 2.5), text.program)
        for style in ("3", "2"):
            grouped = call("grouped", [text], style)
            if any("," in (one or "") for one in grouped.values):
                bank.add(*grouped)
    ordinal = call("ordinal", [value])
    if useful(ordinal.values, bank.task.outputs):
        bank.add(*ordinal)


def _forms(value: Entry, task: Task) -> list[tuple[int, int]]:
    """Digits after and before the point, as outputs have them."""
    behind, widths, is_filled = set(), {1}, False
    for one, output in zip(value.values, task.outputs, strict=False):
        for text in [] if one is None else _WRITTEN.findall(output or ""):
            if number(text) == abs(one):
                whole, point, digits = text.replace(",", "").partition(".")
                behind.add(len(digits))
                is_filled = is_filled or (bool(point) and digits.endswith("0"))
                widths.add(len(whole) if whole.startswith("0") and whole != "0" else 1)
    least = {0, min(behind, default=0)} if is_filled or len(behind) == 1 else {0}
    return [(digits, width) for digits in sorted(least) for width in sorted(widths)]


def moments_into(bank: Bank, sources: Sequence[Entry]) -> None:
    """Put texts that are parts of moments into a bank."""
    days, clocks = _moments(bank, sources)
    for entry in [*days, *clocks]:
        for value in _moved_moments(entry):
            if bank.is_late():
                return
            _say(value, bank)


def _moments(bank: Bank, sources: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    days: dict[tuple[Any, ...], Entry] = {}
    clocks: dict[tuple[Any, ...], Entry] = {}
    for source in sources:
        for order in ("mdy", "dmy", "ymd"):
            entry = call("moment", [source], order)
            bank.work += 10 * len(entry.values)
            if len(days) < 6 and _is_common(entry, bank.task):
                days.setdefault(entry.values, entry)
        entry = call("clock", [source])
        if len(clocks) < 4 and _is_common(entry, bank.task):
            clocks.setdefault(entry.values, entry)
    return list(days.values()), list(clocks.values())


def _moved_moments(entry: Entry) -> Iterator[Entry]:
    yield entry
    if all(value is None or value == value.replace(hour=0, minute=0, second=0) for value in entry.values):
        return
    for minutes in _MINUTES:
        for mode in ("down", "nearest", "up"):
            rounded = call("round_clock", [entry], minutes, mode)
            yield rounded
            for seconds in (minutes * 60, minutes * 60 - 60, minutes * 60 - 1):
                if mode != "up":
                    yield call("shift", [rounded], seconds)


def _say(value: Entry, bank: Bank) -> None:
    if not any(isinstance(one, datetime) for one in value.values):
        return
    for what in PARTS:
        one = call("say", [value], what)
        if useful(one.values, bank.task.outputs):
            # several parts of one moment are described with it once
            bank.add(one.values, one.cost - 0.6 * value.cost, one.program)
            if what == "day":
                bank.add(*call("ordinal", [call("number", [one])]))
