"""How functions of several columns together become known: beside all that fewer columns do.

Peeling makes a column known whatever the others do, which takes a term that is a product. A function of a
distance is none. It is looked for as a whole: what all but one of its columns do stays unknown, and so does
not hide where its centre is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.terms.scanning import best_of_each
from symlaw.search.terms.sums import Atom, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground

    Array = NDArray[np.float64]
    Score = Callable[[Sum], float]

# Most functions of the same columns, functions fitted in each order of the columns, sums that get another
# one, and sums kept of each number of functions.
_MOST, _TRIED, _BASES, _KEPT = 4, 14, 3, 5
# Sums of which all constants are fitted, and how often functions are exchanged.
_REFINED, _ROUNDS = 8, 3
# Another function has to lower the loss by this factor; known ones are enough within so many nats of unknown.
_GAIN, _HARDLY_MORE = 1.4, 5.0
# Steps of fits: of new constants, and of all.
_FIRST_STEPS, _ALL_STEPS = 8, 30
# Steps of fits, and node values, in one step of the joining, about.
_AT_ONCE, _WORK_AT_ONCE = 60, 3_000_000


@dataclass
class Joining:
    """Functions of some columns of a sum's least known term, on their way to be known.

    Attributes
    ----------
    one
        The sum.
    place
        The term.
    columns
        The columns, in order.
    stage
        How many functions the sums have that are fitted now; -1 at the end.
    left
        Loss with a function less.
    bases
        Sums that get a function more, and the order of the columns in it.
    trials
        Sums with a function more, whose constants are to be fitted.
    tried
        These with the new constants fitted.
    refined
        Sums all of whose constants are to be fitted.
    fitted
        These when they are.
    ranked
        The best of this number of functions.
    rounds
        How often each of its functions was exchanged for others.
    found
        The best of each number of functions.
    """

    one: Sum
    place: int
    columns: tuple[int, ...]
    stage: int = 0
    left: float = 1.0
    bases: list[tuple[Sum, tuple[int, ...]]] = field(default_factory=list)
    trials: list[tuple[Sum, Term, Array]] = field(default_factory=list)
    tried: list[Sum] = field(default_factory=list)
    refined: list[Sum] = field(default_factory=list)
    fitted: list[Sum] = field(default_factory=list)
    ranked: list[Sum] = field(default_factory=list)
    rounds: int = 0
    found: list[Sum] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether no function more is looked for."""
        return self.stage < 0

    def step(self, ground: Ground, score: Score, floor: float) -> None:
        """Look all functions through, or fit a few sums, or decide which are fitted next."""
        if self.stage == 0:
            self._begin(ground)
        elif self.bases:
            self._look_through(ground, *self.bases.pop(0))
        elif self.trials or self.refined:
            self._fit(ground, floor)
        elif self.tried:
            self.refined, self.tried = sorted(self.tried, key=_loss_of)[:_REFINED], []
        else:
            self._next(ground, floor)

    def _begin(self, ground: Ground) -> None:
        term, own = self.one.terms[self.place], self.one.constants[self.place]
        fewer = [tuple(c for c in term.open if c != column) for column in self.columns]
        beside = [(Term(term.atoms, rest), own) for rest in fewer if rest or term.atoms]
        base = ground.fit(self.one.without(self.place).plus(*beside), 0)
        if base is None:
            self.stage = -1
            return
        self.stage, self.left = 1, base.loss
        self.bases = [(base, place) for place in ground.columns.places(self.columns)]

    def _look_through(self, ground: Ground, base: Sum, place: tuple[int, ...]) -> None:
        now, scan = ground.projected(base), ground.columns.scan(place)
        if now is None or not len(scan.values):
            return
        term, own = self.one.terms[self.place], self.one.constants[self.place]
        known = ground.known(Term(term.atoms), own)
        beside = (known / np.max(np.abs(known)) * ground.root)[None]
        for family, constants in best_of_each(ground, scan, now, beside)[:_TRIED]:
            added = Term((*term.atoms, Atom(family, place)))
            self.trials.append((base, added, np.concatenate([own, constants])))

    def _fit(self, ground: Ground, floor: float) -> None:
        end, most = ground.steps + _AT_ONCE, ground.work + _WORK_AT_ONCE
        while (self.trials or self.refined) and ground.steps < end and ground.work < most:
            if self.trials:
                base, term, constants = self.trials.pop(0)
                new = ground.fit(base.plus((term, constants)), _FIRST_STEPS, held=len(base.terms))
                self.tried += [] if new is None else [new]
            else:
                new = ground.fit(self.refined.pop(0), _ALL_STEPS, floor)
                self.fitted += [] if new is None else [new]

    def _next(self, ground: Ground, floor: float) -> None:
        before = min(map(_loss_of, self.ranked), default=np.inf)
        distinct = {(one.form, f"{one.loss:.2e}"): one for one in (*self.ranked, *self.fitted)}
        self.ranked, self.fitted = sorted(distinct.values(), key=_loss_of)[:_KEPT], []
        best = min(map(_loss_of, self.ranked), default=0.0)
        if floor < best < before and self.stage > 1 and self.rounds < _ROUNDS:
            self.rounds += 1
            self._exchange(ground)
            return
        helped, self.left = best * _GAIN < self.left, best
        self.found += self.ranked
        will_do = best <= floor or ground.nats_above(self.ranked[0], self.one) < _HARDLY_MORE
        if will_do or not helped or self.stage == _MOST:
            self.stage = -1
            return
        places = ground.columns.places(self.columns)
        self.bases = [(one, place) for one in self.ranked[:_BASES] for place in places]
        self.ranked, self.rounds, self.stage = [], 0, self.stage + 1

    def _exchange(self, ground: Ground) -> None:
        """Look for others in the place of each function of the best sum: the first one stood for several."""
        best = self.ranked[0]
        for number in range(len(best.terms) - self.stage, len(best.terms)):
            base = ground.fit(best.without(number), 0)
            places = ground.columns.places(self.columns)
            self.bases += [] if base is None else [(base, place) for place in places]


def joinings_of(ground: Ground, one: Sum, place: int) -> Iterator[Joining]:
    """All pairs and triples of the columns of an unknown term of which there are functions."""
    open_columns = one.terms[place].open
    for size in range(2, len(open_columns) + 1):
        for columns in combinations(open_columns, size):
            if ground.columns.places(columns):
                yield Joining(one, place, columns)


def _loss_of(one: Sum) -> float:
    return one.loss
