"""Parts of texts: between marks, by runs of a class, by counting characters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from symlaw.language.programs.functions.text import CLASSES, spans
from symlaw.language.programs.program import Call, Literal
from symlaw.language.programs.table import OPERATORS, in_role
from symlaw.search.programs.bank import Bank, Entry, Task
from symlaw.search.programs.description import literal_bits, mark_bits, place_bits

# Places from the front and from the back that are tried; later ones up to what all texts have.
_MOST_PLACES = 12
_MOST_MARKS = 14
_MOST_COUNT = 16

_cached_spans = lru_cache(maxsize=50_000)(spans)


def marks_of(task: Task) -> tuple[str, ...]:
    """Texts that may separate pieces: those that occur in many rows of one column."""
    counts: dict[str, int] = {}
    for row in task.rows:
        here: set[str] = set()
        for text in row:
            here.update(re.findall(r"[^A-Za-z0-9]", text))
            here.update(re.findall(r"[^\w\s]\s|\s[^\w\s]|\s{2,}|[^\w\s]{2,3}", text))
            here.update(re.findall(r"(?<![^\W_])[^\W\d_]{2,12}(?![^\W_])", text))
        for mark in here:
            counts[mark] = counts.get(mark, 0) + 1
    least = 1 if len(task.rows) == 1 else 2
    found = [mark for mark, n in counts.items() if n >= least or not mark.isalnum()]
    found.sort(key=lambda mark: (mark.isalnum(), -counts[mark], len(mark), mark))
    return tuple(found[:_MOST_MARKS])


def extract(source: Entry, marks: tuple[str, ...], bank: Bank) -> list[Entry]:
    """Put all parts of a source into a bank; those whose behaviour is new."""
    fresh = []
    for values, cost, name, literals in _parts(source, marks):
        if bank.is_full():
            break
        if any(value is not None for value in values):
            program = Call(name, (source.program, *(Literal(one) for one in literals)))
            if bank.add(values, source.cost + cost, program):
                fresh.append(Entry(values, source.cost + cost, program))
    return fresh


_Part = tuple[tuple[Any, ...], float, str, tuple[Any, ...]]


def _parts(source: Entry, marks: tuple[str, ...]) -> Iterator[_Part]:
    texts = source.values
    for mark in marks:
        if sum(text is not None and mark in text for text in texts):
            yield from _between(texts, mark)
    for kind in CLASSES:
        yield from _runs(texts, kind)
    yield from _counted(texts)


def _between(texts: tuple[Any, ...], mark: str) -> Iterator[_Part]:
    lists = [None if text is None else text.split(mark) for text in texts]
    most = min(_MOST_PLACES, max(len(one) for one in lists if one is not None))
    bits, size = mark_bits(mark), len(mark)
    part, before, after = OPERATORS["part"].cost, OPERATORS["before"].cost, OPERATORS["after"].cost
    for k in range(1, most + 1):
        for place in (k, -k):
            values = tuple(_at(one, place) for one in lists)
            yield values, part + bits + place_bits(place), "part", (mark, place)
    for k in range(1, most):
        for place in (k, -k):
            ends = [None if one is None or len(one) <= k else _end(one, place, size) for one in lists]
            heads = tuple(None if end is None else text[:end] for text, end in zip(texts, ends, strict=True))
            tails = tuple(
                None if end is None else text[end + size :] for text, end in zip(texts, ends, strict=True)
            )
            yield heads, before + bits + place_bits(place), "before", (mark, place)
            yield tails, after + bits + place_bits(place), "after", (mark, place)


def _end(parts: list[str], place: int, size: int) -> int:
    """Where the place-th mark begins."""
    before = place if place > 0 else len(parts) + place
    return sum(map(len, parts[:before])) + size * (before - 1)


def _at(parts: Any, place: int) -> Any:
    if parts is None or abs(place) > len(parts):
        return None
    return parts[place - 1] if place > 0 else parts[place]


_CUTS: dict[str, Callable[[str, tuple[int, int]], str]] = {
    "run": lambda text, span: text[span[0] : span[1]],
    "before_run": lambda text, span: text[: span[0]],
    "after_run": lambda text, span: text[span[1] :],
    "from_run": lambda text, span: text[span[0] :],
    "through_run": lambda text, span: text[: span[1]],
}


def _runs(texts: tuple[Any, ...], kind: str) -> Iterator[_Part]:
    found = [None if text is None else _cached_spans(text, kind) for text in texts]
    most = min(_MOST_PLACES, max(len(one) for one in found if one is not None))
    for k in range(1, most + 1):
        for place in (k, -k):
            chosen = [_at(one, place) for one in found]
            bits = literal_bits("class", kind) + place_bits(place)
            for name, cut in _CUTS.items():
                values = tuple(
                    None if span is None else cut(text, span)
                    for text, span in zip(texts, chosen, strict=True)
                )
                yield values, OPERATORS[name].cost + bits, name, (kind, place)


def _counted(texts: tuple[Any, ...]) -> Iterator[_Part]:
    most = min(_MOST_COUNT, max(len(text) for text in texts if text is not None))
    for n in range(1, most + 1):
        for name in in_role("ends"):
            function = OPERATORS[name].function
            values = tuple(None if text is None else function(text, n) for text in texts)
            yield values, OPERATORS[name].cost + literal_bits("count", n), name, (n,)
