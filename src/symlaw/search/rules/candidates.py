"""Literals of a table: cut points of numbers, labels and sets of them, gaps, and pairs of columns alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, combinations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.bits.words import packed
from symlaw.language.rules.literals import (
    Above,
    Among,
    Equal,
    Holds,
    Literal,
    Missing,
    Related,
    is_missing,
    numbers,
)
from symlaw.search.rules.counting import Planes, counts
from symlaw.search.thresholds import between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]

# Whole numbers of so few values are compared with each, and labels beyond the commonest are left aside.
_FEW_VALUES, _MOST_LABELS = 12, 30
# Cut points of a column: spread over its values, and of the most information.
_SPREAD, _SHARP = 16, 8
# Pairs of columns that are compared with each other.
_MOST_PAIRS = 200
_UNIT = re.compile(r"[\[(]([^\])]+)[\])]\s*$")
_DAY = 86_400.0


@dataclass(frozen=True)
class Candidates:
    """Literals and their truths.

    Attributes
    ----------
    literals
        Each with its negation among them.
    words
        Their truths, uint64 (n_literals, n_words).
    aside
        Columns none of whose literals is among them though they vary.
    twins
        By the place of a literal, those of other columns that hold in the same rows.
    """

    literals: tuple[Literal, ...]
    words: Words
    aside: tuple[str, ...] = ()
    twins: Mapping[int, tuple[Literal, ...]] = field(default_factory=dict)


def candidates_for(
    columns: Columns,
    target: NDArray[np.bool_],
    weights: Floats,
    planes: Planes,
    room: int,
    monotone: Mapping[str, bool] | None = None,
) -> Candidates:
    """The literals of a table that say most about a target by themselves.

    Parameters
    ----------
    columns
        The table.
    target
        What is to be told, (n_rows,).
    weights
        What each row weighs, (n_rows,).
    planes
        The same of target and weights in words.
    room
        How many literals are kept.
    monotone
        Columns of which larger values may only speak for the target (True), or only against it (False).
    """
    literals: list[Literal] = []
    rows: list[Words] = []
    seen: dict[bytes, list[Literal]] = {}
    n = len(target)
    for literal in _all_literals(columns, target, weights):
        if not _is_monotone(literal, monotone or {}):
            continue
        truths = literal.truths(columns)
        if not 0 < np.count_nonzero(truths) < n:
            continue
        words = packed(truths)
        same = seen.setdefault(words.tobytes(), [])
        if not same:
            literals.append(literal)
            rows.append(words)
        if all(literal.columns != one.columns for one in same):
            same.append(literal)
    if not rows:
        return Candidates((), np.zeros((0, -(-n // 64)), np.uint64))
    words = np.array(rows)
    kept = _screened(literals, words, planes, room) if len(rows) > room else list(range(len(rows)))
    used = {name for number in kept for name in literals[number].columns}
    varied = dict.fromkeys(name for literal in literals for name in literal.columns)
    aside = tuple(name for name in columns if name not in used and name in varied)
    twins = {
        place: tuple(seen[words[number].tobytes()][1:])
        for place, number in enumerate(kept)
        if len(seen[words[number].tobytes()]) > 1
    }
    own = tuple(literals[number] for number in kept)
    return Candidates(own, np.ascontiguousarray(words[kept]), aside, twins)


def _is_monotone(literal: Literal, monotone: Mapping[str, bool]) -> bool:
    """Whether a literal keeps to what is known of its columns, of which each is then looked at alone."""
    known = [monotone[name] for name in literal.columns if name in monotone]
    if not known:
        return True
    if isinstance(literal, Above):
        return literal.above == known[0]
    return isinstance(literal, Holds) and literal.truth == known[0]


def information(words: Words, planes: Planes) -> Floats:
    """Bits about the target that each of words has, weighted rows counted, float64 (n,)."""
    out = np.zeros((len(planes.shares), len(words)), np.int64)
    counts(words, planes.masks, out)
    weighed = np.abs(planes.shares)[:, None] * out
    every = np.zeros((len(planes.shares), 1), np.int64)
    counts(np.full((1, words.shape[1]), ~np.uint64(0)), planes.masks, every)
    totals = np.abs(planes.shares) * every[:, 0]
    right = planes.shares > 0
    p, n = weighed[right].sum(0), weighed[~right].sum(0)
    all_p, all_n = totals[right].sum(), totals[~right].sum()
    return np.asarray(_bits(all_p, all_n) - _bits(p, n) - _bits(all_p - p, all_n - n))


def _bits(positive: Floats, negative: Floats) -> Floats:
    whole = positive + negative
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(one > 0, one * np.log2(one / whole), 0.0) for one in (positive, negative)]
    return -(parts[0] + parts[1])


def _screened(literals: list[Literal], words: Words, planes: Planes, room: int) -> list[int]:
    """The literals of most information, those of the better columns first, in their order."""
    bits = information(words, planes)
    ranked = np.argsort(-bits, kind="stable").tolist()
    taken: dict[tuple[str, ...], int] = {}
    first: list[int] = []
    rest: list[int] = []
    for number in ranked:
        names = literals[number].columns
        taken[names] = taken.get(names, 0) + 1
        (first if taken[names] <= 8 else rest).append(number)
    return sorted((first + rest)[:room])


def _all_literals(columns: Columns, target: NDArray[np.bool_], weights: Floats) -> Iterator[Literal]:
    for name, values in columns.items():
        pairs = [(one, one.negated()) for one in _of_column(name, values, target, weights)]
        # one of two labels is read more easily than the other one negated
        yield from chain.from_iterable(zip(*pairs, strict=True) if values.dtype == object else pairs)
        if is_missing(values).any():
            yield Missing(name)
            yield Missing(name, False)
    for related in _pairs(columns):
        yield related
        yield related.negated()


def _of_column(
    name: str, values: NDArray[np.generic], target: NDArray[np.bool_], weights: Floats
) -> list[Literal]:
    if values.dtype == object:
        return _of_labels(name, values, target, weights)
    column = numbers(values)
    there = ~np.isnan(column)
    distinct = np.unique(column[there])
    if len(distinct) < 2:
        return []
    if values.dtype.kind != "M" and set(distinct.tolist()) <= {0.0, 1.0}:
        return [Holds(name)]
    found: list[Literal] = []
    if len(distinct) <= _FEW_VALUES and np.all(distinct == np.round(distinct)) and len(distinct) > 2:
        found = [Equal(name, float(value)) for value in distinct]
    is_date = values.dtype.kind == "M"
    cuts = _cuts(column[there], target[there], weights[there], is_date)
    return found + [Above(name, cut, True, is_date) for cut in cuts]


def _cuts(column: Floats, target: NDArray[np.bool_], weights: Floats, is_date: bool) -> list[float]:
    """Readable cut points: spread over the values, and where the target changes most."""
    distinct, place = np.unique(column, return_inverse=True)
    whole = bool(np.all(distinct == np.round(distinct)))
    gaps = len(distinct) - 1
    spread = np.arange(gaps)
    cuts: dict[float, None] = {}
    if gaps > _SPREAD:
        spread = np.unique(np.linspace(0, gaps - 1, _SPREAD + 2).round().astype(int))[1:-1]
        # a little aside there may be a number of fewer digits
        slack = max(0, gaps // (8 * _SPREAD))
        for gap in spread.tolist():
            low, high = max(0, gap - slack), min(gaps, gap + 1 + slack)
            cuts.setdefault(_cut(float(distinct[low]), float(distinct[high]), is_date, whole))
        positive = np.bincount(place, weights * target, gaps + 1).astype(float)
        spread = _sharpest(positive, np.bincount(place, weights, gaps + 1).astype(float))
    for gap in spread.tolist():
        cuts.setdefault(_cut(float(distinct[gap]), float(distinct[gap + 1]), is_date, whole))
    return sorted(cuts)


def _cut(low: float, high: float, is_date: bool, whole: bool) -> float:
    """A number from ``low`` on and below ``high``, of few digits."""
    if is_date:
        day = np.ceil(low / _DAY) * _DAY
        return float(day if low <= day < high else low)
    if not whole:
        return between(low, high)
    # above 71 is what whole numbers above 71.5 are
    cut = between(low - 0.5, high - 0.5)
    return cut if cut == round(cut) else float(np.floor(cut + 0.5))


def _sharpest(positive: Floats, whole: Floats) -> NDArray[np.intp]:
    """Gaps between distinct values that tell most about the target, each side of a cut divided again."""
    found: list[int] = []
    sides = [(0, len(whole))]
    while sides and len(found) < _SHARP:
        first, end = sides.pop(0)
        if end - first < 2:
            continue
        p, n = np.cumsum(positive[first:end]), np.cumsum(whole[first:end])
        left = _bits(p[:-1], (n - p)[:-1])
        right = _bits(p[-1] - p[:-1], (n[-1] - n[:-1]) - (p[-1] - p[:-1]))
        gap = int(np.argmin(left + right))
        if _bits(p[-1:], n[-1:] - p[-1:])[0] - (left + right)[gap] <= 1e-9:
            continue
        found.append(first + gap)
        sides += [(first, first + gap + 1), (first + gap + 1, end)]
    return np.array(sorted(found), dtype=np.intp)


def _of_labels(
    name: str, values: NDArray[np.generic], target: NDArray[np.bool_], weights: Floats
) -> list[Literal]:
    """Each label, and sets of those that go with the target most."""
    texts = np.array(["" if cell is None else cell for cell in values])
    there = ~is_missing(values)
    labels, place = np.unique(texts[there], return_inverse=True)
    number = np.bincount(place, weights[there], len(labels))
    positive = np.bincount(place, (weights * target)[there], len(labels))
    common = np.sort(np.argsort(-number, kind="stable")[:_MOST_LABELS])
    found: list[Literal] = [Among(name, (str(labels[k]),)) for k in common]
    ordered = common[np.argsort(-positive[common] / number[common], kind="stable")]
    for end in range(2, len(ordered) - 1):
        found.append(Among(name, tuple(sorted(str(labels[k]) for k in ordered[:end]))))
    return found


def _pairs(columns: Columns) -> Iterator[Literal]:
    """Comparisons of columns of one unit, and of columns that are coded by the same few whole numbers."""
    units: dict[str, list[str]] = {}
    codes: dict[tuple[float, ...], list[str]] = {}
    for name, values in columns.items():
        if values.dtype == object:
            continue
        if values.dtype.kind == "M":
            # all dates are of one unit
            units.setdefault("", []).append(name)
            continue
        unit = _UNIT.search(name)
        if unit is not None:
            units.setdefault(unit[1], []).append(name)
            continue
        column = numbers(values)
        distinct = np.unique(column[~np.isnan(column)])
        if 2 < len(distinct) <= _FEW_VALUES and np.all(distinct == np.round(distinct)):
            codes.setdefault(tuple(distinct.tolist()), []).append(name)
    made = 0
    for names, equal in [*((own, False) for own in units.values()), *((own, True) for own in codes.values())]:
        for one, other in combinations(names, 2):
            if made == _MOST_PAIRS:
                return
            made += 1
            yield Related(one, other, equal)
            if not equal and (numbers(columns[one]) == numbers(columns[other])).any():
                # in rows in which both are the same, the other order says something else
                yield Related(other, one)
