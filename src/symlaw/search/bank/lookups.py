"""Meet in the middle: for every entry, look up the entry that would join with it to the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.engine._jit import inlined, kernel
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import Operator, operator
from symlaw.search.bank.entries import find_either
from symlaw.search.bank.evaluate import DOMINATED, describe, load, scaled_keys, shifted_keys, size_of, varies
from symlaw.search.bank.targets import MATCHED, Target, Workplace
from symlaw.search.lines import with_line

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.bank.store import Bank

# t / u = v, t * u = v, u / t = v; t - u = a v + b, t + u = a v + b; and t = a u.
PRODUCT, RATIO, INVERSE_RATIO, SUM, DIFFERENCE, ALONE = range(6)
_KINDS = 5
_SIGNS = {PRODUCT: "*", RATIO: "/", INVERSE_RATIO: "/", SUM: "+", DIFFERENCE: "-"}
_NONE = -1
_MOST_HITS = 4096
_TRIED, _PROPOSED = 48, 6
_ENTRIES_AT_ONCE = 2**14


class Hits(NamedTuple):
    """Pairs of entries that join to the target.

    Attributes
    ----------
    kind
        How, int64 (n,).
    u, v
        Which entries, int64 (n,).
    used
        int64 (1,).
    """

    kind: NDArray[np.int64]
    u: NDArray[np.int64]
    v: NDArray[np.int64]
    used: NDArray[np.int64]


def make_hits() -> Hits:
    """An empty list."""
    kind, u, v = (np.zeros(_MOST_HITS, np.int64) for _ in range(3))
    return Hits(kind, u, v, np.zeros(1, np.int64))


@kernel
def join(entries, tables, target, kinds, first, last, hits, desk):  # type: ignore[no-untyped-def]
    """Look up the partners of entries first to last; ``kinds`` (5,) says with 1 which joins may be made."""
    n = len(target)
    for u in range(first, last):
        if not entries.spread[u] > 0.0:
            continue
        load(entries, u, 1.0, desk.left)
        for kind in range(_KINDS):
            if kinds[kind] != 0:
                f = desk.values[kind]
                _wanted(kind, target, desk.left, f, n)
                v = _partner(kind, f, tables, desk, n)
                if v == _NONE - 1 and kind == PRODUCT:
                    _note(hits, ALONE, u, _NONE)
                elif v >= 0 and entries.spread[v] > 0.0:
                    _note(hits, kind, u, v)


@inlined
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


@inlined
def _partner(kind, f, tables, desk, n):  # type: ignore[no-untyped-def]
    """Entry with these values; -1 when there is none, -2 when they are constant."""
    scale = size_of(f, n)
    if scale == 0.0:
        return _NONE
    describe(f, desk, n)
    if not varies(scale, desk):
        return _NONE - 1
    if desk.moments[2] > DOMINATED:
        return _NONE
    if kind < SUM:
        first, second = scaled_keys(f, scale, desk, n)
        return find_either(tables.scaled, first, second)
    first, second = shifted_keys(f, desk, n)
    return find_either(tables.shifted, first, second)


@inlined
def _note(hits, kind, u, v):  # type: ignore[no-untyped-def]
    """Append a hit while there is room: simple entries come first."""
    place = hits.used[0]
    if place < len(hits.kind):
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


def cost_of(bank: Bank, kind: int, u: int, v: int) -> int:
    """About how complex a hit is."""
    level = bank.entries.level
    if kind == ALONE:
        return int(level[u])
    return int(level[u]) + int(level[v]) + 1


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

    def step(self, workplace: Workplace, best: float) -> tuple[int, list[Expression], float]:
        """Do a part; node values computed, formulas, and the complexity of the simplest exact one so far."""
        bank, target = workplace.bank, workplace.targets[self.target]
        last, hits = min(self.end, self.place + _ENTRIES_AT_ONCE), make_hits()
        kinds = possible_joins(workplace)
        join(bank.entries, bank.tables, target.probe, kinds, self.place, last, hits, bank.desks[0])
        work = (last - self.place) * int(np.sum(kinds)) * bank.n_rows
        self.place = last
        formulas, best = verified(workplace, target, hits, best)
        return work, formulas, best


def verified(
    workplace: Workplace, target: Target, hits: Hits, best: float, outer: Outer | None = None
) -> tuple[list[Expression], float]:
    """Formulas of the simplest hits that hold on rows never matched, simpler than the best exact one."""
    bank = workplace.bank
    formulas: list[Expression] = []
    found = [(int(hits.kind[k]), int(hits.u[k]), int(hits.v[k])) for k in range(int(hits.used[0]))]
    found.sort(key=lambda hit: cost_of(bank, *hit))
    extra = 0 if outer is None else 1 + int(bank.entries.level[outer.entry])
    for hit in found[:_TRIED]:
        if cost_of(bank, *hit) + extra >= best or len(formulas) >= _PROPOSED:
            break
        part = outer.part if outer is not None else target
        inner = joined(workplace, part, *hit)
        new, loss = workplace.seen_through(
            target, outer.around(inner, workplace) if outer else inner, MATCHED
        )
        formulas += new
        best = workplace.simplest_exact(best, new, loss)
    return formulas, best


@dataclass(frozen=True)
class Outer:
    """An entry taken off a target before the look-ups.

    Parameters
    ----------
    kind
        How it joins with the rest; as for hits, the rest being v.
    entry
        Which entry.
    formula
        Its formula.
    part
        The rest, as a target.
    sign
        The operator of the join.
    """

    kind: int
    entry: int
    formula: Expression
    part: Target
    sign: Operator

    def around(self, inner: Expression, workplace: Workplace) -> Expression:
        """The formula of the target when the rest is a line of ``inner``."""
        f, t = workplace.values([inner])[0], self.part.sample
        line = inner
        if np.all(np.isfinite(f)) and np.all(np.isfinite(t)):
            scale, offset, _ = reference.scale_and_offset(f, t)
            if self.kind in (SUM, DIFFERENCE):
                line = with_line(inner, scale, 0.0)
            elif scale != 0 and abs(offset) > 1e-7 * float(np.max(np.abs(t))):
                line = with_line(inner, 1.0, offset / scale)
        return Expression((*line.nodes, *self.formula.nodes, self.sign))


@dataclass
class DeepLookUp:
    """The look-ups of the first entries for a target from which another of the first entries is taken off.

    Parameters
    ----------
    target
        Number of the target.
    place, end
        Entries still to take off.
    inner
        Look-ups are made for entries below this one.
    """

    target: int
    place: int
    end: int
    inner: int

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= self.end

    def step(self, workplace: Workplace, best: float) -> tuple[int, list[Expression], float]:
        """Take off entries one by one until enough look-ups are made; as `LookUp.step`."""
        target, bank = workplace.targets[self.target], workplace.bank
        formulas: list[Expression] = []
        done, kinds = 0, possible_joins(workplace)
        while done < 2 * _ENTRIES_AT_ONCE and not self.done:
            if bank.entries.spread[self.place] > 0.0:
                for kind in (PRODUCT, RATIO, SUM, DIFFERENCE):
                    if kinds[kind]:
                        new, best = self._without(workplace, target, kind, kinds, best)
                        formulas += new
                        done += self.inner
            self.place += 1
        return done * int(np.sum(kinds)) * bank.n_rows, formulas, best

    def _without(
        self, workplace: Workplace, target: Target, kind: int, kinds: NDArray[np.int64], best: float
    ) -> tuple[list[Expression], float]:
        bank, hits = workplace.bank, make_hits()
        with np.errstate(all="ignore"):
            probe = _rest(kind, target.probe, bank.values(self.place))
        if not np.all(np.isfinite(probe)):
            return [], best
        allowed = kinds.copy()
        if kind in (SUM, DIFFERENCE):
            # two unit terms and a third are found as sums of two, one of which is an entry
            allowed[SUM:] = 0
        join(bank.entries, bank.tables, probe, allowed, 0, self.inner, hits, bank.desks[0])
        if hits.used[0] == 0:
            return [], best
        formula = bank.expression(self.place)
        with np.errstate(all="ignore"):
            sample = _rest(kind, target.sample, workplace.values([formula])[0])
        part = Target(target.transform, probe, sample)
        outer = Outer(kind, self.place, formula, part, operator(_SIGNS[kind]))
        return verified(workplace, target, hits, best, outer)


def _rest(kind: int, t: NDArray[np.float64], u: NDArray[np.float64]) -> NDArray[np.float64]:
    if kind == PRODUCT:
        return t / u
    if kind == RATIO:
        return t * u
    return t - u if kind == SUM else t + u
