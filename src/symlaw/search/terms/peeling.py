"""How a sum with unknown parts becomes one with fewer: column by column.

In a term that is unknown, ``F(x, y)``, the dependence on one column is made known: it becomes a sum of
functions of that column, each times an unknown function of the others, and one without it. With few such
functions this fits as well as before only where they are the right ones, whatever the others do: so that a
wave in time is found before anything is known of how the target depends on concentrations.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.families import POLYNOMIALS
from symlaw.search.terms.profiles.choosing import Base, Choosing
from symlaw.search.terms.profiles.profile import Profile
from symlaw.search.terms.scanning import best_of_each
from symlaw.search.terms.scans import Candidate
from symlaw.search.terms.sums import Atom, Place, Sum, Term, columns_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground
    from symlaw.search.terms.profiles.batches import Choice
    from symlaw.search.terms.profiles.profile import Fitted

    Array = NDArray[np.float64]
    Score = Callable[[Sum], float]

_NONE = np.zeros(0)
# One column's functions beside unknown ones: families fitted, sums kept, and those that get a second one.
_SINGLES, _KEPT, _SECONDS, _SECOND_FAMILIES, _SECOND_STAGE = 16, 7, 3, 10, 3
# One column's functions alone: most of them, how many sums are fitted on the profile, and how many are taken
# a function further, and two functions further with one of theirs left out.
_MOST, _ASKED, _BASES, _HELD = 4, 1200, 60, 20
# Of each kind, sums of which all constants are fitted, beside unknown functions and alone.
_REFINED_BESIDE, _REFINED = 10, 12
# Steps of fits: of new constants, and of all.
_FIRST_STEPS, _ALL_STEPS = 8, 30
# Steps of fits, and node values, in one step of the peeling, about.
_AT_ONCE, _WORK_AT_ONCE = 60, 3_000_000
# Sums with something left out whose constants are fitted again.
_REFITTED = 3
# Functions of the last column are enough where they leave about as much as an unknown one, what others or
# noise leave: not less than this share, and not more by so many nats, as a function more would cost.
_HARDLY_LESS, _HARDLY_MORE = 0.7, 5.0
# Functions are looked for anew where an unknown one describes the rows in so many nats less: those that one
# constant more costs, and some for chance.
_GAINED = 8.0


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
    tops
        The best functions of the column alone of the last kind, without other constants fitted.
    choosing
        Functions of the column alone that are compared now.
    stage
        How many kinds were tried; -1 at the end.
    """

    one: Sum
    column: int
    trials: list[Trial] = field(default_factory=list)
    fitted: list[Sum] = field(default_factory=list)
    found: list[Sum] = field(default_factory=list)
    tops: list[Fitted] = field(default_factory=list)
    choosing: Choosing | None = None
    stage: int = 0

    @property
    def is_done(self) -> bool:
        """Whether all kinds were tried."""
        return self.stage < 0

    def step(self, ground: Ground, score: Score, floor: float) -> None:
        """Fit a few sums, or decide which are fitted next."""
        peel = _Peel(ground, self.one, self.column)
        if self.stage == 0:
            self._begin(peel, score)
            return
        if self.choosing is not None:
            self._choose(peel, self.choosing, score)
            return
        end, most = ground.steps + _AT_ONCE, ground.work + _WORK_AT_ONCE
        while self.trials and ground.steps < end and ground.work < most:
            base, added, steps = self.trials.pop(0)
            held = len(base.terms) if added else 0
            new = ground.fit(base.plus(*peel.terms(added)) if added else base, steps, floor, held=held)
            # what was fitted on the rows before is still there
            kept = base if new is None and steps == _ALL_STEPS and peel.rest else new
            self.fitted += [] if kept is None else [kept]
        if not self.trials:
            ranked = sorted(self.fitted, key=score)
            self.fitted = []
            self._next(peel, ranked, score, floor)

    def _begin(self, peel: _Peel, score: Score) -> None:
        # constants stay: they would move as nothing depends on the column
        base = peel.ground.fit(peel.without(), 0)
        if base is None or not peel.ground.columns.suited[self.column]:
            self.stage = -1
            return
        self.found.append(base)
        self.stage = 1
        if peel.rest:
            self.trials = [*peel.each(base, _SINGLES, _FIRST_STEPS), *peel.polynomials(base)]
        else:
            self.trials = list(peel.polynomials(base))
            self._open_choosing(peel)

    def _next(self, peel: _Peel, ranked: list[Sum], score: Score, floor: float) -> None:
        """Decide what is tried next."""
        self.stage += 1
        if not peel.rest:
            self.found += ranked[:_KEPT]
            will_do = bool(ranked) and (ranked[0].loss <= floor or self._will_do(peel.ground, ranked[0]))
            if not (will_do or self.stage > _MOST):
                self._open_choosing(peel)
        elif self.stage % 2 == 0:
            # all constants of the best
            self.trials = [Trial(one) for one in ranked[:_REFINED_BESIDE]]
        else:
            self.found += ranked[:_KEPT]
            exact = bool(ranked) and ranked[0].loss <= floor
            bases = ranked[:_SECONDS] if self.stage == _SECOND_STAGE and not exact else []
            self.trials = [trial for one in bases for trial in peel.each(one, _SECOND_FAMILIES, _FIRST_STEPS)]
        if not self.trials and self.choosing is None:
            self.stage = -1

    def _will_do(self, ground: Ground, best: Sum) -> bool:
        """Whether known functions of the column do as well as the unknown one."""
        as_good = ground.nats_above(best, self.one) < _HARDLY_MORE
        return as_good and ground.expected_loss(best) > _HARDLY_LESS * ground.expected_loss(self.one)

    def _open_choosing(self, peel: _Peel) -> None:
        """Compare sums with as many functions of the last column as there are stages."""
        profile = peel.profile(self.found[0])
        if profile is None:
            return
        if self.stage == 1:
            self.choosing = Choosing(asked=profile.singles())
        elif self.stage == 2:
            self.choosing = Choosing([Base((), 2, _ASKED)])
        else:
            bases = [one.functions for one in self.tops]
            one_more = [Base(base, 1, _ASKED // 2) for base in bases]
            self.choosing = Choosing(
                [*one_more, *(Base(base, 2, _ASKED // 2) for base in _without_one(bases))]
            )

    def _choose(self, peel: _Peel, choosing: Choosing, score: Score) -> None:
        """Compare some more sums; the best are to be fitted on the rows in the end."""
        ground, base = peel.ground, self.found[0]
        profile, end = peel.profile(base), ground.work + _WORK_AT_ONCE
        while profile is not None and not choosing.is_done and ground.work < end:
            work, fits = choosing.step(profile)
            ground.work, ground.fits = ground.work + work, ground.fits + fits
        if profile is not None and not choosing.is_done:
            return
        fitted = list(choosing.fitted.values())
        sums = [replace(base.plus(*peel.terms(peel.candidates(one))), loss=one.loss) for one in fitted]
        order = sorted(range(len(sums)), key=lambda place: score(sums[place]))
        self.tops = [fitted[place] for place in order[:_BASES]]
        self.trials = [*(Trial(sums[place]) for place in order[:_REFINED]), *self.trials]
        self.choosing = None


def _without_one(bases: Sequence[tuple[Choice, ...]]) -> list[tuple[Choice, ...]]:
    """Each of some functions left out, of the first bases; nearly the same ones once."""
    found: dict[object, tuple[Choice, ...]] = {}
    for base in bases:
        for place in range(len(base)):
            rest = (*base[:place], *base[place + 1 :])
            key = tuple((one.family, *(f"{value:.1e}" for value in one.constants)) for one in rest)
            found.setdefault(key, rest)
    return list(found.values())[:_HELD]


class _Peel:
    """One column taken out of one term."""

    def __init__(self, ground: Ground, one: Sum, column: int) -> None:
        self.ground, self.column = ground, column
        place = unknown_of(one)
        self.term, self.own = one.terms[place], one.constants[place]
        self.rest = tuple(c for c in self.term.open if c != column)
        self.others = one.without(place)

    def without(self) -> Sum:
        """The sum in which the column does not act together with others in the term's place.

        Where it is the last one, nothing depends on it there.
        """
        apart = (self.rest, (self.column,)) if self.rest else ((),)
        terms = [Term(self.term.atoms, columns) for columns in apart if self.term.atoms or columns]
        return self.others.plus(*((term, self.own) for term in terms)) if terms else self.others

    def terms(self, added: Iterable[Candidate]) -> list[tuple[Term, Array]]:
        """Functions of the column as terms, with constants to begin with."""
        return [
            (
                self.term.with_factor(Atom(family, self.column), self.rest),
                np.concatenate([self.own, constants]),
            )
            for family, constants in added
        ]

    def profile(self, base: Sum) -> Profile | None:
        """What a sum leaves for a function of the column; None where it has no values."""
        now = self.ground.projected(base)
        return None if now is None else Profile(self.ground.columns.axis(self.column), now, self.known())

    def candidates(self, one: Fitted) -> list[Candidate]:
        """Functions of the column with their families."""
        families = self.ground.columns.suited[self.column]
        return [Candidate(families[number], constants) for number, constants in one.functions]

    def known(self) -> Array:
        """The known factors of the term, weighted, float64 (n_rows,)."""
        known = self.ground.known(self.term, self.own)
        return np.asarray(known / np.max(np.abs(known)) * self.ground.root)

    def each(self, base: Sum, count: int, steps: int) -> Iterator[Trial]:
        """Trials with the best function of each family beside unknown ones of the other columns."""
        now = self.ground.projected(base)
        if now is not None:
            beside = self.ground.flexible.beside(self.rest) * self.known()
            for one in best_of_each(self.ground, self.ground.columns.scan(self.column), now, beside)[:count]:
                yield Trial(base, (one,), steps)

    def polynomials(self, base: Sum) -> Iterator[Trial]:
        """Trials with the first powers of the column."""
        for powers in POLYNOMIALS:
            if all(power in self.ground.columns.suited[self.column] for power in powers):
                yield Trial(base, tuple(Candidate(power, _NONE) for power in powers), 0)


def simplified(ground: Ground, one: Sum, score: Score) -> Sum:
    """A sum without the terms, factors and unknown dependences that it can do without."""
    while True:
        # with constants as they are, then those of the likeliest fitted
        tried = sorted(ground.fit_each(_smaller(one), 0), key=score)[:_REFITTED]
        best = min(ground.fit_each(tried, 3), key=score, default=None)
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
            if len(rest) > 1 or (rest and column < rest[0]):
                yield one.replaced(place, Term(term.atoms, rest), constants).plus(
                    (Term(term.atoms, (column,)), constants)
                )
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
    """A sum in which what depends on one column, beside the same others, is unknown again.

    What was found for one column while others were unknown is found better now. Each column of each kind of
    term has its turn, where the sum gains by it.
    """
    kinds: dict[tuple[Place, tuple[Atom, ...]], list[int]] = {}
    for place, term in enumerate(one.terms):
        for column in {atom.column for atom in term.atoms}:
            others = tuple(sorted(atom for atom in term.atoms if atom.column != column))
            kinds.setdefault((column, others), []).append(place)
    for (column, others), places in kinds.items():
        factors = one.terms[places[0]].factors(one.constants[places[0]])
        own = [constants for atom, constants in sorted(factors, key=_atom_of) if atom.column != column]
        rest = one
        for place in reversed(places):
            rest = rest.without(place)
        opened = ground.fit(
            rest.plus((Term(others, tuple(sorted(columns_at(column)))), np.concatenate([_NONE, *own]))),
            _ALL_STEPS,
        )
        if opened is not None and ground.nats_above(one, opened) > _GAINED:
            yield opened


def _atom_of(factor: tuple[Atom, Array]) -> Atom:
    return factor[0]
