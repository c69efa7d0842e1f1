"""Which sum is taken a step further next: the one that says most in fewest words."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from math import log
from typing import TYPE_CHECKING

from symlaw.search.terms.peeling import Peeling, reopened, simplified, unknown_of
from symlaw.search.terms.sums import unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.search.terms.fitting import Ground
    from symlaw.search.terms.sums import Sum

# Nats of a symbol, of a fitted number, and of a coefficient of what is unknown.
_SYMBOL, _NUMBER, _FREEDOM = 2.0, 3.3, 0.7
# Losses that differ by more than noise lets them count by logarithms: nats from where on, and of a factor e.
_BEND, _SLOPE = 40.0, 12.0
# Sums of one step that are kept, and how many wait at most.
_CHILDREN, _WAITING = 14, 400
_MAX_COST = 75.0
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
    columns
        Those of the sum that is taken further now, each on its way.
    seen
        Forms of sums that were on it.
    least
        The smallest loss so far, allowing for what was fitted.
    """

    floor: float
    waiting: list[Sum] = field(default_factory=list)
    raw: list[Sum] = field(default_factory=list)
    columns: list[Peeling] = field(default_factory=list)
    seen: set[object] = field(default_factory=set)
    least: float = 1.0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be taken further."""
        return not (self.waiting or self.raw or self.columns)

    def begin(self, ground: Ground) -> None:
        """Put on the sum of which nothing is known."""
        whole = ground.fit(unknown(len(ground.X)), 0)
        if whole is not None:
            self._put(ground, whole)

    def step(self, ground: Ground) -> Sum | None:
        """Take the best sum a step further; a sum of which all is known, where that is what came out."""
        length = partial(self.length, ground)
        if self.columns:
            self._peel(ground, length)
        elif self.raw:
            self._put(ground, simplified(ground, self.raw.pop(0), length))
        else:
            best = min(self.waiting, key=length)
            self.waiting = [one for one in self.waiting if one is not best]
            if not best.is_open:
                return self._finished(ground, best, length)
            self.columns = [Peeling(best, column) for column in best.terms[unknown_of(best)].open]
        return None

    def _peel(self, ground: Ground, length: Callable[[Sum], float]) -> None:
        """A step with one column; after the last the best of all are kept."""
        peeling = next((one for one in self.columns if not one.is_done), None)
        if peeling is not None:
            peeling.step(ground, length, self.floor)
            return
        distinct = {new.form: new for one in reversed(self.columns) for new in reversed(one.found)}
        self.raw = sorted(distinct.values(), key=length)[:_CHILDREN]
        self.columns = []

    def _finished(self, ground: Ground, one: Sum, length: Callable[[Sum], float]) -> Sum:
        for _ in range(2):
            one = ground.fit(one, _LAST_STEPS, self.floor, _LAST_GAIN) or one
            one = simplified(ground, one, length)
        self.least = min(self.least, self._loss(ground, one))
        if one.loss > self.floor:
            self.raw += reopened(ground, one)
        return one

    def _put(self, ground: Ground, one: Sum) -> None:
        self.least = min(self.least, self._loss(ground, one))
        if one.form in self.seen or sum(map(ground.cost, one.terms)) > _MAX_COST:
            return
        self.seen.add(one.form)
        self.waiting.append(one)
        if len(self.waiting) > _WAITING:
            self.waiting = sorted(self.waiting, key=partial(self.length, ground))[: _WAITING * 3 // 4]

    def length(self, ground: Ground, one: Sum) -> float:
        """Nats that describe the target by a sum, beyond what every description has."""
        numbers = len(one.flat) + len(one.terms)
        symbols = sum(map(ground.cost, one.terms))
        words = _SYMBOL * symbols + _NUMBER * numbers + _FREEDOM * ground.freedom(one)
        above = log(self._loss(ground, one) / self.least)
        errors = 0.5 * ground.n_rows * abs(above)
        bent = min(errors, _BEND + _SLOPE * abs(above))
        return words + (bent if above > 0.0 else -bent)

    def _loss(self, ground: Ground, one: Sum) -> float:
        """Loss expected on other rows."""
        fitted = ground.freedom(one) + len(one.flat) + len(one.terms)
        return max(one.loss, 1e-28) / max(1.0 - fitted / ground.n_rows, 0.1) ** 2
