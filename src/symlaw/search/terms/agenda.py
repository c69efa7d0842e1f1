"""Which sum is taken a step further next: the one that says most in fewest words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from math import log
from typing import TYPE_CHECKING

from symlaw.search.terms.curves.adding import Adding
from symlaw.search.terms.exchanging import Exchange, exchanged, exchanges_of
from symlaw.search.terms.joined.joining import Joining, joinings_of
from symlaw.search.terms.peeling import Peeling, reopened, simplified, unknown_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.search.terms.fitting import Ground
    from symlaw.search.terms.sums import Sum

# Nats of a symbol, of a fitted number, and of a coefficient of what is unknown.
_SYMBOL, _NUMBER, _FREEDOM = 2.0, 3.3, 0.7
# Coefficients from where on they count by logarithms: a function that takes many is no longer to be written.
_MANY = 60.0
# Losses that differ by more than noise lets them count by logarithms: nats from where on, and of a factor e.
_BEND, _SLOPE = 40.0, 12.0
# Sums of one step that are kept, and how many wait at most.
_CHILDREN, _WAITING = 14, 400
_MAX_COST = 75.0
# Nats by which what came out last may be longer than the best of all and be taken further all the same.
_FAR = 40.0
# A sum in which more is known has to leave less than this share of what a shorter one leaves.
_LESS = 0.99
# Functions of several columns together are looked for where all else leaves this much more.
_NO_PRODUCT = 1.2
# Functions are exchanged in sums that describe the rows by at most so many nats worse than the best.
_WORTH = 40.0
# Steps of a fit of all constants at the end.
_LAST_STEPS, _LAST_GAIN = 40, 1e-4


@dataclass
class Agenda:
    """Sums that wait to be taken further.

    Attributes
    ----------
    floor
        Loss that counts as exact.
    waiting
        Sums in which all is needed.
    raw
        Sums that may have more in them than they need.
    spare
        Sums that are longer than others and leave as much.
    columns
        Those of the sum that is taken further now, each on its way, and functions of some of them together.
    exchanges
        Functions of sums of which all is known that others are tried in the place of.
    seen
        Forms of sums that were on it.
    added
        Forms of sums, on rows along a curve, that terms were added to.
    last
        Forms of those that came out of the last step.
    least
        The smallest loss so far, allowing for what was fitted.
    """

    floor: float
    waiting: list[Sum] = field(default_factory=list)
    raw: list[Sum] = field(default_factory=list)
    spare: list[Sum] = field(default_factory=list)
    columns: list[Peeling | Joining | Adding] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)
    added: set[object] = field(default_factory=set)
    last: set[object] = field(default_factory=set)
    least: float = 1.0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be taken further."""
        return not (self.waiting or self.raw or self.columns or self.spare or self.exchanges)

    def begin(self, ground: Ground, sums: list[Sum]) -> None:
        """Put on sums of which nothing is known but which columns act together."""
        self.raw = sums
        self.least = min([self.least, *map(ground.expected_loss, self.raw)])

    def step(self, ground: Ground) -> list[Sum]:
        """Take the best sum a step further; sums of which all is known, where that is what came out."""
        length = partial(self.length, ground)
        if self.exchanges:
            return self._exchange(ground, length)
        if self.columns:
            self._peel(ground, length)
        elif self.raw or not self.waiting:
            self.raw, self.spare = (self.raw, self.spare) if self.raw else (self.spare, [])
            self._put(ground, simplified(ground, self.raw.pop(0), length))
        else:
            best = self._next(length)
            self.waiting = [one for one in self.waiting if one is not best]
            if ground.columns.on_curve and best.form not in self.added:
                self.columns = [Adding.to(ground, best)]
                self.added.add(best.form)
                # it is taken further itself where nothing comes of it
                self.waiting.append(best)
                return []
            if not best.is_open:
                return [self._finished(ground, best, length)]
            self.columns = [Peeling(best, column) for column in best.terms[unknown_of(best)].open]
        return []

    def _exchange(self, ground: Ground, length: Callable[[Sum], float]) -> list[Sum]:
        """Sums with one function exchanged; the shorter ones are taken further."""
        asked = self.exchanges.pop(0)
        found = [one for one in exchanged(ground, asked, self.floor) if one.form not in self.seen]
        self.raw += [one for one in found if length(one) < length(asked.one)]
        return found

    def _next(self, length: Callable[[Sum], float]) -> Sum:
        """The best of what came out last, unless it is far worse than the best of all.

        So that something is known in full soon, and then again after some steps.
        """
        best = min(self.waiting, key=length)
        if not best.is_open:
            # done at once, so what came out last waits for its turn
            return best
        last = [one for one in self.waiting if one.form in self.last]
        self.last = set()
        nearest = min(last, key=length, default=best)
        return nearest if length(nearest) < length(best) + _FAR else best

    def _peel(self, ground: Ground, length: Callable[[Sum], float]) -> None:
        """A step with one column; after the last the best of all are kept."""
        peeling = next((one for one in self.columns if not one.is_done), None)
        if peeling is not None:
            peeling.step(ground, length, self.floor)
            return
        if not any(isinstance(one, Joining) for one in self.columns):
            self.columns += self._joinings(ground)
            if not self.columns[-1].is_done:
                return
        distinct = {new.form: new for one in reversed(self.columns) for new in reversed(one.found)}
        ranked = sorted(distinct.values(), key=length)
        self.raw, dominated = _parted(ranked[:_CHILDREN], ground)
        self.spare += dominated
        self.columns = []

    def _joinings(self, ground: Ground) -> list[Joining]:
        """Functions of some columns together, where no column became known by itself."""
        first = self.columns[0]
        if not isinstance(first, Peeling):
            return []
        known = [ground.expected_loss(new) for one in self.columns for new in one.found]
        if min(known, default=1.0) < _NO_PRODUCT * ground.expected_loss(first.one):
            return []
        return list(joinings_of(ground, first.one, unknown_of(first.one)))

    def _finished(self, ground: Ground, one: Sum, length: Callable[[Sum], float]) -> Sum:
        for _ in range(2):
            one = ground.fit(one, _LAST_STEPS, self.floor, _LAST_GAIN) or one
            one = simplified(ground, one, length)
        self.least = min(self.least, ground.expected_loss(one))
        if one.loss > self.floor:
            self.raw += reopened(ground, one)
            nats = 0.5 * ground.n_rows * log(ground.expected_loss(one) / self.least)
            self.exchanges += exchanges_of(one) if nats < _WORTH else []
        return one

    def _put(self, ground: Ground, one: Sum) -> None:
        self.least = min(self.least, ground.expected_loss(one))
        if one.form in self.seen or sum(map(ground.cost, one.terms)) > _MAX_COST:
            return
        self.seen.add(one.form)
        self.last.add(one.form)
        self.waiting.append(one)
        if len(self.waiting) > _WAITING:
            self.waiting = sorted(self.waiting, key=partial(self.length, ground))[: _WAITING * 3 // 4]

    def length(self, ground: Ground, one: Sum) -> float:
        """Nats that describe the target by a sum, beyond what every description has."""
        numbers = len(one.flat) + len(one.terms)
        symbols = sum(map(ground.cost, one.terms))
        freedom = float(ground.freedom(one))
        freedom = freedom if freedom < _MANY else _MANY * (1.0 + log(freedom / _MANY))
        words = _SYMBOL * symbols + _NUMBER * numbers + _FREEDOM * freedom
        above = log(ground.expected_loss(one) / self.least)
        errors = 0.5 * ground.n_rows * abs(above)
        bent = min(errors, _BEND + _SLOPE * abs(above))
        return words + (bent if above > 0.0 else -bent)


def _parted(ranked: list[Sum], ground: Ground) -> tuple[list[Sum], list[Sum]]:
    """Sums that leave less than those before them in which no more is known, and the others."""
    kept: list[Sum] = []
    others: list[Sum] = []
    for one in ranked:
        size, most = _size(one, ground), ground.expected_loss(one) / _LESS
        dominated = any(_size(k, ground) <= size and ground.expected_loss(k) <= most for k in kept)
        (others if dominated else kept).append(one)
    return kept, others


def _size(one: Sum, ground: Ground) -> float:
    """Complexity of what is known, and of all that is not yet."""
    return sum(map(ground.cost, one.terms)) + len(one.flat) + ground.freedom(one)
