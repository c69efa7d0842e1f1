"""How a sum with unknown parts becomes one with fewer: column by column.

In a term that is unknown, ``F(x, y)``, the dependence on one column is made known: it becomes a sum of
functions of that column, each times an unknown function of the others, and one without it. With few such
functions this fits as well as before only where they are the right ones, whatever the others do: so that a
wave in time is found before anything is known of how the target depends on concentrations.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.families import POLYNOMIALS
from symlaw.search.terms.scanning import best_of_each, best_pairs
from symlaw.search.terms.scans import Candidate
from symlaw.search.terms.sums import Atom, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground

    Array = NDArray[np.float64]
    Score = Callable[[Sum], float]

_NONE = np.zeros(0)
# One column's functions beside unknown ones: families fitted, sums kept, and those that get a second one.
_SINGLES, _KEPT, _SECONDS, _SECOND_FAMILIES = 16, 7, 3, 10
# One column's functions alone: pairs that are fitted, sums that get a third function, and its families.
_PAIRS, _THIRDS, _THIRD_FAMILIES = 500, 8, 30
# Of each kind, sums of which all constants are fitted, beside unknown functions and alone.
_REFINED_BESIDE, _REFINED = 10, 30
# Steps of fits: of new constants beside one function, beside two or more, and of all constants.
_FIRST_STEPS, _NEXT_STEPS, _ALL_STEPS = 8, 4, 12
# Fits in one step.
_AT_ONCE = 60


def unknown_of(one: Sum) -> int:
    """The term that is taken further: the one of most unknown columns."""
    return max(
        (place for place, term in enumerate(one.terms) if term.open),
        key=lambda place: (len(one.terms[place].open), len(one.terms[place].atoms)),
    )


class Trial(NamedTuple):
    """A sum to be fitted: with more functions of a column, whose constants alone are fitted, or as it is."""

    base: Sum
    added: tuple[Candidate, ...] = ()
    steps: int = _ALL_STEPS


@dataclass
class Peeling:
    """One column of the least known term of a sum on its way to be known.

    Attributes
    ----------
    one
        The sum.
    column
        The column.
    trials
        Sums still to be fitted before what came out is compared.
    fitted
        What came out since.
    found
        The best of each kind.
    stage
        How many kinds were tried; -1 at the end.
    """

    one: Sum
    column: int
    trials: list[Trial] = field(default_factory=list)
    fitted: list[Sum] = field(default_factory=list)
    found: list[Sum] = field(default_factory=list)
    stage: int = 0

    @property
    def is_done(self) -> bool:
        """Whether all kinds were tried."""
        return self.stage < 0

    def step(self, ground: Ground, score: Score, floor: float) -> None:
        """Fit a few sums, or decide which are fitted next."""
        peel = _Peel(ground, self.one, self.column)
        if self.stage == 0:
            self._begin(peel)
            return
        for base, added, steps in self.trials[:_AT_ONCE]:
            held = len(base.terms) if added else 0
            new = ground.fit(base.plus(*peel.terms(added)) if added else base, steps, floor, held=held)
            # what was fitted before is still there
            kept = new if new is not None or added else base
            self.fitted += [] if kept is None else [kept]
        del self.trials[:_AT_ONCE]
        if not self.trials:
            ranked = sorted(self.fitted, key=score)
            self.fitted = []
            self._next(peel, ranked, floor)

    def _begin(self, peel: _Peel) -> None:
        # constants stay: they would move as nothing depends on the column
        base = peel.ground.fit(peel.without(), 0)
        if base is None or not peel.scan.candidates:
            self.stage = -1
            return
        self.found.append(base)
        count = _SINGLES if peel.rest else len(peel.ground.families)
        self.trials = [*peel.each(base, count, _FIRST_STEPS), *peel.polynomials(base)]
        self.stage = 1

    def _next(self, peel: _Peel, ranked: list[Sum], floor: float) -> None:
        """After odd stages the best are fitted further; after even ones more functions are tried."""
        self.stage += 1
        if self.stage % 2 == 0:
            count = _REFINED_BESIDE if peel.rest else _REFINED
            self.trials = [Trial(one) for one in ranked[:count]]
        else:
            self.found += ranked[:_KEPT]
            exact = bool(ranked) and ranked[0].loss <= floor
            self.trials = [] if exact else list(self._more(peel, ranked))
        if not self.trials:
            self.stage = -1

    def _more(self, peel: _Peel, ranked: list[Sum]) -> Iterator[Trial]:
        """Trials with a function more than those that were fitted."""
        kind = self.stage // 2
        if peel.rest:
            for one in ranked[:_SECONDS] if kind == 1 else ():
                yield from peel.each(one, _SECOND_FAMILIES, _FIRST_STEPS)
        elif kind == 1:
            yield from peel.pairs(self.found[0])
        elif kind == 2:
            for one in ranked[:_THIRDS]:
                yield from peel.each(one, _THIRD_FAMILIES, _NEXT_STEPS)


class _Peel:
    """One column taken out of one term."""

    def __init__(self, ground: Ground, one: Sum, column: int) -> None:
        self.ground, self.column = ground, column
        place = unknown_of(one)
        self.term, self.own = one.terms[place], one.constants[place]
        self.rest = tuple(c for c in self.term.open if c != column)
        self.others = one.without(place)
        self.scan = ground.scan(column)

    def without(self) -> Sum:
        """The sum in which nothing depends on the column in the term's place."""
        if not self.term.atoms and not self.rest:
            return self.others
        return self.others.plus((Term(self.term.atoms, self.rest), self.own))

    def terms(self, added: Iterable[Candidate]) -> list[tuple[Term, Array]]:
        """Functions of the column as terms, with constants to begin with."""
        return [
            (
                self.term.with_factor(Atom(family, self.column), self.rest),
                np.concatenate([self.own, constants]),
            )
            for family, constants in added
        ]

    def _beside(self) -> Array:
        """What may stand beside a function of the column, weighted, float64 (n, n_rows)."""
        known = self.ground.known(self.term, self.own)
        known = known / np.max(np.abs(known)) * self.ground.root
        if not self.rest:
            return np.asarray(known[None])
        term = self.term.with_factor(Atom(self.scan.candidates[0].family, self.column), self.rest)
        return np.asarray(self.ground.flexible.of(self.rest, term.degree) * known)

    def each(self, base: Sum, count: int, steps: int) -> Iterator[Trial]:
        """Trials with the best function of each family."""
        now = self.ground.projected(base)
        if now is not None:
            for one in best_of_each(self.ground, self.scan, now, self._beside())[:count]:
                yield Trial(base, (one,), steps)

    def polynomials(self, base: Sum) -> Iterator[Trial]:
        """Trials with the first powers of the column."""
        for powers in POLYNOMIALS:
            if all(power in self.ground.suited[self.column] for power in powers):
                yield Trial(base, tuple(Candidate(power, _NONE) for power in powers), 0)

    def pairs(self, base: Sum) -> Iterator[Trial]:
        """Trials with two functions, for every two families."""
        now = self.ground.projected(base)
        if now is not None:
            for pair in best_pairs(self.ground, self.scan, now, self._beside()[0])[:_PAIRS]:
                yield Trial(base, pair, _NEXT_STEPS - 1)


def simplified(ground: Ground, one: Sum, score: Score) -> Sum:
    """A sum without the terms, factors and unknown dependences that it can do without."""
    while True:
        tried = [ground.fit(smaller, 3) for smaller in _smaller(one)]
        best = min((found for found in tried if found is not None), key=score, default=None)
        if best is None or score(best) >= score(one):
            return one
        one = best


def _smaller(one: Sum) -> Iterator[Sum]:
    for place, (term, constants) in enumerate(zip(one.terms, one.constants, strict=True)):
        if len(one.terms) > 1:
            yield one.without(place)
        for column in term.open:
            rest = tuple(c for c in term.open if c != column)
            if term.atoms or rest:
                yield one.replaced(place, Term(term.atoms, rest), constants)
        if len(term.open) > 1 and term.atoms:
            yield one.replaced(place, Term(term.atoms), constants)
        yield from _with_a_factor_less(one, place)


def _with_a_factor_less(one: Sum, place: int) -> Iterator[Sum]:
    factors = list(one.terms[place].factors(one.constants[place]))
    for number in range(len(factors)):
        others = [*factors[:number], *factors[number + 1 :]]
        term = Term(tuple(atom for atom, _ in others), one.terms[place].open)
        if term.atoms or term.open:
            yield one.replaced(place, term, np.concatenate([_NONE, *(own for _, own in others)]))


def reopened(ground: Ground, one: Sum) -> Iterator[Sum]:
    """A sum whose terms in one column alone are unknown again, for each column of which there are several.

    What was found for one column while others were unknown is found better now.
    """
    for column in range(len(ground.X)):
        own = [p for p, term in enumerate(one.terms) if {atom.column for atom in term.atoms} == {column}]
        if len(own) > 1:
            rest = one
            for place in reversed(own):
                rest = rest.without(place)
            found = ground.fit(rest.plus((Term((), (column,)), _NONE)), 10)
            if found is not None:
                yield found
