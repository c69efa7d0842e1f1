"""Meet in the middle: for every entry, look up the entry that would join with it to the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import Operator, operator
from symlaw.search.bank.entries import find_either
from symlaw.search.bank.enumeration import (
    describe,
    load,
    most_of_one_row,
    scaled_keys,
    shifted_keys,
    size_of,
    varies,
)
from symlaw.search.bank.targets import MATCHED, Target, Workplace
from symlaw.search.scoring.affine import Line, fitted_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.bank.bank import Bank
    from symlaw.search.bank.entries import Entries, Tables
    from symlaw.search.bank.enumeration import EnumerationWorkspace

# t / u = v, t * u = v, u / t = v; t - u = a v + b, t + u = a v + b; and t = a u.
PRODUCT, RATIO, INVERSE_RATIO, SUM, DIFFERENCE, ALONE = range(6)
_KINDS = 5
# An entry is taken off first in four of these ways.
_OUTER_KINDS = 4
# Level from which entries are taken off later.
_LARGE = 3
# A look-up takes as long as so many node values for each row.
_VALUES_PER_LOOK_UP = 2
_SIGNS = {PRODUCT: "*", RATIO: "/", INVERSE_RATIO: "/", SUM: "+", DIFFERENCE: "-"}
_NONE = -1
# A target whose spread is this many times smaller than an entry's is lost in their sum: the entry matches.
_DROWNED = 256.0
_MOST_HITS = 4096
_TRIED, _PROPOSED = 48, 6
_ENTRIES_AT_ONCE = 2**14


@record
class Hits(NamedTuple):
    """Entries that join to the target.

    Attributes
    ----------
    outer_kind, outer
        The entry taken off first and how it joins with the rest, int64 (n,); -1 for none.
    kind
        How the other two join, int64 (n,).
    u, v
        Which entries, int64 (n,).
    used
        int64 (1,).
    """

    outer_kind: NDArray[np.int64]
    outer: NDArray[np.int64]
    kind: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    used: NDArray[np.int64]


def make_hits() -> Hits:
    """An empty list."""
    outer_kind, outer, kind, u, v = (np.zeros(_MOST_HITS, np.int64) for _ in range(5))
    return Hits(outer_kind, outer, kind, u, v, np.zeros(1, np.int64))


@record
class Joining(NamedTuple):
    """What look-ups are made with.

    Attributes
    ----------
    entries, tables
        Of the bank.
    kinds
        1 for each kind of join that may be made, int64 (5,).
    hits
        Where what joins is noted.
    workspace
        Scratch.
    """

    entries: Entries
    tables: Tables
    kinds: NDArray[np.int64]
    hits: Hits
    workspace: EnumerationWorkspace


@kernel
def join(joining, target, first, last):  # type: ignore[no-untyped-def]
    """Look up the partners of entries first to last."""
    _join(joining, target, _KINDS, first, last, _NONE, _NONE)


@kernel
def join_without(joining, target, outer, end, first, last):  # type: ignore[no-untyped-def]
    """As `join`, for the target from which each of the entries outer to end is taken off in four ways."""
    entries, kinds, workspace, n = joining.entries, joining.kinds, joining.workspace, len(target)
    describe(target, workspace, n)
    largest = _DROWNED * workspace.moments[1]
    rest = workspace.right[:n]
    for place in range(outer, end):
        if not entries.spread[place] > 0.0:
            continue
        drowns = entries.spread[place] * entries.scale[place] > largest
        for kind in (PRODUCT, RATIO, SUM, DIFFERENCE):
            if kinds[kind] == 0 or (kind >= SUM and drowns):
                continue
            load(entries, place, 1.0, workspace.left)
            _wanted(kind, target, workspace.left, rest, n)
            scale = size_of(rest, n)
            if scale == 0.0:
                continue
            describe(rest, workspace, n)
            if varies(scale, workspace):
                # two unit terms and a third are found as sums of two, one of which is an entry
                n_kinds = SUM if kind >= SUM else _KINDS
                _join(joining, rest, n_kinds, first, last, kind, place)


@inner
def _join(joining, target, n_kinds, first, last, outer_kind, outer):  # type: ignore[no-untyped-def]
    """The look-ups of entries first to last in the first so many ways."""
    entries, hits, workspace, n = joining.entries, joining.hits, joining.workspace, len(target)
    describe(target, workspace, n)
    largest = _DROWNED * workspace.moments[1]
    for u in range(first, last):
        if not entries.spread[u] > 0.0:
            continue
        load(entries, u, 1.0, workspace.left)
        drowns = entries.spread[u] * entries.scale[u] > largest
        for kind in range(min(n_kinds, SUM) if drowns else n_kinds):
            if joining.kinds[kind] != 0:
                f = workspace.values[kind]
                _wanted(kind, target, workspace.left, f, n)
                v = _partner(kind, f, joining.tables, workspace, n)
                if v == _NONE - 1 and kind == PRODUCT:
                    _note(hits, outer_kind, outer, ALONE, u, _NONE)
                elif v >= 0 and entries.spread[v] > 0.0:
                    _note(hits, outer_kind, outer, kind, u, v)


@inner
def _wanted(kind, target, u, f, n):  # type: ignore[no-untyped-def]
    """Values that the partner of u should have."""
    if kind == PRODUCT:
        for i in range(n):
            f[i] = target[i] / u[i]
    elif kind == RATIO:
        for i in range(n):
            f[i] = target[i] * u[i]
    elif kind == INVERSE_RATIO:
        for i in range(n):
            f[i] = u[i] / target[i]
    elif kind == SUM:
        for i in range(n):
            f[i] = target[i] - u[i]
    else:
        for i in range(n):
            f[i] = target[i] + u[i]


@inner
def _partner(kind, f, tables, workspace, n):  # type: ignore[no-untyped-def]
    """Entry with these values; -1 when there is none, -2 when they are constant."""
    scale = size_of(f, n)
    if scale == 0.0:
        return _NONE
    describe(f, workspace, n)
    if not varies(scale, workspace):
        return _NONE - 1
    if workspace.moments[2] > most_of_one_row(n):
        return _NONE
    if kind < SUM:
        first, second = scaled_keys(f, scale, workspace, n)
        return find_either(tables.scaled, first, second)
    first, second = shifted_keys(f, workspace, n)
    return find_either(tables.shifted, first, second)


@inner
def _note(hits, outer_kind, outer, kind, u, v):  # type: ignore[no-untyped-def]
    """Append a hit while there is room: simple entries come first."""
    place = hits.used[0]
    if place < len(hits.kind):
        hits.outer_kind[place], hits.outer[place] = outer_kind, outer
        hits.kind[place], hits.u[place], hits.v[place] = kind, u, v
        hits.used[0] = place + 1


def possible_joins(workplace: Workplace) -> NDArray[np.int64]:
    """For each kind of join, 1 when the language has its operator."""
    names = {row.name for row in workplace.problem.language.operators}
    return np.array([int(_SIGNS[kind] in names) for kind in range(_KINDS)], np.int64)


def joined(workplace: Workplace, target: Target, kind: int, u: int, v: int) -> Expression:
    """The formula that a hit stands for, of the target but for scale and offset."""
    bank = workplace.bank
    first = bank.expression(u)
    if kind == ALONE:
        return first
    second = bank.expression(v)
    sign = operator(_SIGNS[kind])
    if kind in (PRODUCT, INVERSE_RATIO):
        return Expression((*first.nodes, *second.nodes, sign))
    if kind == RATIO:
        return Expression((*second.nodes, *first.nodes, sign))
    return _sum(workplace, target, kind, first, second, sign)


def _sum(
    workplace: Workplace, target: Target, kind: int, first: Expression, second: Expression, sign: Operator
) -> Expression:
    """``u + a v`` or ``a v - u``, with a fitted on rows that were not matched."""
    f, g = workplace.values([first, second])
    wanted = target.sample - f if kind == SUM else target.sample + f
    if not (np.all(np.isfinite(wanted)) and np.all(np.isfinite(g))):
        return first
    a = float(np.polynomial.Polynomial.fit(g, wanted, 1).convert().coef[-1])
    product = operator("*")
    scaled: tuple[Node, ...] = second.nodes
    if abs(a - 1.0) > 1e-9 and product in workplace.problem.language.operators:
        scaled = (Constant(a), *second.nodes, product)
    nodes = (*first.nodes, *scaled) if kind == SUM else (*scaled, *first.nodes)
    return Expression((*nodes, sign))


class Hit(NamedTuple):
    """One row of `Hits`."""

    outer_kind: int
    outer: int
    kind: int
    u: int
    v: int

    def complexity(self, bank: Bank) -> int:
        """About how complex the formula is."""
        parts = (entry for entry in (self.outer, self.u, self.v) if entry != _NONE)
        levels = [int(bank.entries.level[entry]) for entry in parts]
        return sum(levels) + len(levels) - 1


@dataclass
class LookUp:
    """The look-ups of a range of entries for one target.

    Parameters
    ----------
    target
        Number of the target.
    place, end
        Entries still to do.
    """

    target: int
    place: int
    end: int

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= self.end

    def cost(self, bank: Bank) -> float:
        """Node values that it will take, about."""
        return float(self.end - self.place) * _KINDS * bank.rows_paid * _VALUES_PER_LOOK_UP

    def step(self, workplace: Workplace, best: float, work: float) -> tuple[int, list[Expression], float]:
        """Do a part of about so much work or less.

        Returns
        -------
        work
            Node values computed.
        formulas
            What was found.
        best
            Complexity of the simplest exact formula so far.
        """
        bank, target = workplace.bank, workplace.targets[self.target]
        kinds, hits = possible_joins(workplace), make_hits()
        last = min(self.end, self.place + _entries_for(work, int(np.sum(kinds)) * bank.rows_paid))
        joining = Joining(bank.entries, bank.tables, kinds, hits, bank.workspaces[0])
        join(joining, target.probe, self.place, last)
        used = (last - self.place) * int(np.sum(kinds)) * bank.rows_paid * _VALUES_PER_LOOK_UP
        self.place = last
        formulas, best = verified(workplace, target, hits, best)
        return used, formulas, best


def _entries_for(work: float, values: int) -> int:
    """How many entries to take at once, each with look-ups for so many values."""
    return max(1, min(_ENTRIES_AT_ONCE, int(work / (_VALUES_PER_LOOK_UP * max(values, 1)))))


def verified(workplace: Workplace, target: Target, hits: Hits, best: float) -> tuple[list[Expression], float]:
    """Formulas of the simplest hits that hold on rows never matched, simpler than the best exact one."""
    bank = workplace.bank
    formulas: list[Expression] = []
    rows = zip(*(column[: int(hits.used[0])].tolist() for column in hits[:-1]), strict=True)
    found = sorted((Hit(*row) for row in rows), key=lambda hit: hit.complexity(bank))
    for hit in found[:_TRIED]:
        if hit.complexity(bank) >= best or len(formulas) >= _PROPOSED:
            break
        new, loss = workplace.seen_through(target, formula_of(workplace, target, hit), MATCHED)
        formulas += new
        best = workplace.simplest_exact(best, new, loss)
    return formulas, best


def formula_of(workplace: Workplace, target: Target, hit: Hit) -> Expression:
    """The formula that a hit stands for, of the target but for scale and offset."""
    if hit.outer == _NONE:
        return joined(workplace, target, hit.kind, hit.u, hit.v)
    first = workplace.bank.expression(hit.outer)
    with np.errstate(all="ignore"):
        rest = _rest(hit.outer_kind, target.sample, workplace.values([first])[0])
    # only the rows to verify on matter from here on
    part = Target(target.transform, target.probe, rest)
    inner = _line(workplace, rest, joined(workplace, part, hit.kind, hit.u, hit.v), hit.outer_kind)
    return Expression((*inner.nodes, *first.nodes, operator(_SIGNS[hit.outer_kind])))


def _line(workplace: Workplace, t: NDArray[np.float64], inner: Expression, kind: int) -> Expression:
    """What is left of the target as a line of a formula of it."""
    f = workplace.values([inner])[0]
    if not (np.all(np.isfinite(f)) and np.all(np.isfinite(t))):
        return inner
    line = fitted_line(f, t)
    if not np.isfinite(line.scale):
        return inner
    if kind in (SUM, DIFFERENCE):
        return line.without_offset.of(inner)
    if line.scale != 0 and abs(line.offset) > 1e-7 * float(np.max(np.abs(t))):
        return Line(1.0, line.offset / line.scale).of(inner)
    return inner


@dataclass
class DeepLookUp:
    """The look-ups for a target from which an entry is taken off, for all pairs of entries of one round.

    Parameters
    ----------
    target
        Number of the target.
    round
        Which round; see `round_of`.
    outer, inner
        Where it stands: the entry taken off, and the one looked up among those of its level.
    done
        Whether nothing is left.
    """

    target: int
    round: int
    outer: int = 0
    inner: int = 0
    done: bool = False

    @staticmethod
    def round_of(outer: int, inner: int) -> int:
        """The round of levels of an entry taken off and of one looked up: large ones are seldom taken off."""
        return outer + inner + max(0, outer - _LARGE)

    def _inner_level(self, outer: int) -> int:
        return self.round - self.round_of(outer, 0)

    def pairs(self, bank: Bank) -> float:
        """Number of pairs."""
        sizes = [end - first for first, end in bank.bounds]
        levels = ((outer, self._inner_level(outer)) for outer in range(1, len(sizes)))
        return float(sum(sizes[outer] * sizes[inner] for outer, inner in levels if 0 < inner < len(sizes)))

    def cost(self, bank: Bank) -> float:
        """Node values that it will take, about."""
        return self.pairs(bank) * _OUTER_KINDS * _KINDS * bank.rows_paid * _VALUES_PER_LOOK_UP

    def step(self, workplace: Workplace, best: float, work: float) -> tuple[int, list[Expression], float]:
        """Take off entries until enough look-ups are made; as `LookUp.step`."""
        bank, target, hits = workplace.bank, workplace.targets[self.target], make_hits()
        kinds, tried = possible_joins(workplace), 0
        most = _entries_for(work, int(np.sum(kinds)) * bank.rows_paid)
        joining = Joining(bank.entries, bank.tables, kinds, hits, bank.workspaces[0])
        while tried < most and not self.done:
            chunk = self._next(bank, max(1, most // _OUTER_KINDS))
            if chunk is not None:
                outer, end, first, last = chunk
                join_without(joining, target.probe, *chunk)
                tried += (end - outer) * (last - first) * _OUTER_KINDS
        formulas, best = verified(workplace, target, hits, best)
        used = tried * int(np.sum(kinds)) * bank.rows_paid * _VALUES_PER_LOOK_UP
        return used, formulas, best

    def _next(self, bank: Bank, count: int) -> tuple[int, int, int, int] | None:
        """About so many pairs as ranges of entries taken off and looked up; None at the end of a level."""
        bounds = bank.bounds
        self.outer = max(self.outer, bounds[1][0])
        level = next((k for k in range(1, len(bounds)) if self.outer < bounds[k][1]), None)
        other = 0 if level is None else self._inner_level(level)
        if level is None or other < 1:
            self.done = True
            return None
        if other >= len(bounds) or bounds[other][0] == bounds[other][1]:
            self.outer = bounds[level][1]
            return None
        first = bounds[other][0] + self.inner
        last = min(bounds[other][1], first + count)
        if self.inner or last < bounds[other][1]:
            # one entry with a part of a large level
            outer, end = self.outer, self.outer + 1
            self.inner = 0 if last == bounds[other][1] else last - bounds[other][0]
            self.outer = outer if self.inner else end
            return outer, end, first, last
        outer, end = self.outer, min(bounds[level][1], self.outer + max(1, count // (last - first)))
        self.outer = end
        return outer, end, first, last


def _rest(kind: int, t: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    if kind == PRODUCT:
        return t / u
    if kind == RATIO:
        return t * u
    return t - u if kind == SUM else t + u
