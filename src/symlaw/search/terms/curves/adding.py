"""Sums on rows along a curve: terms are added to unknown functions of single columns.

There an unknown function of two columns, or of one that only goes up, is a function of the place on the
curve, and stands for all that the others do. So nothing of that kind is unknown: a term is added as a known
function of one column, alone or times an unknown one of another column that goes to and fro.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.scanning import best_of_each
from symlaw.search.terms.sums import Atom, Sum, Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground
    from symlaw.search.terms.peeling import Score

    Array = NDArray[np.float64]

# Families fitted of each kind of term, sums of which all constants are fitted, and sums kept.
_TRIED, _REFINED, _KEPT = 5, 10, 4
# Steps of fits: of new constants, and of all.
_FIRST_STEPS, _ALL_STEPS = 8, 30
# Steps of fits, and node values, in one step, about.
_AT_ONCE, _WORK_AT_ONCE = 60, 3_000_000
# A term is added where the loss expected on other rows falls by this factor, and to sums that leave more than
# unknown functions of single columns do because they are polynomials.
_GAIN, _POLYNOMIAL = 1.4, 1e-5


class Kind(NamedTuple):
    """A term's known column, and the column that it is an unknown function of besides, if any."""

    known: int
    open: tuple[int, ...]


@dataclass
class Adding:
    """A sum that gets one more term.

    Attributes
    ----------
    one
        The sum.
    kinds
        Kinds of terms still to be looked through.
    trials
        Terms to be added, with constants to begin with.
    tried
        Sums with such a term, its own constants fitted.
    refined
        Sums all of whose constants are to be fitted.
    fitted
        These when they are.
    found
        The best of those that leave clearly less than the sum.
    is_done
        Whether all were tried.
    """

    one: Sum
    kinds: list[Kind]
    trials: list[tuple[Term, Array]] = field(default_factory=list)
    tried: list[Sum] = field(default_factory=list)
    refined: list[Sum] = field(default_factory=list)
    fitted: list[Sum] = field(default_factory=list)
    found: list[Sum] = field(default_factory=list)
    is_done: bool = False

    @classmethod
    def to(cls, ground: Ground, one: Sum) -> Adding:
        """Terms of all kinds, to a sum that leaves more than its unknown functions could."""
        if ground.expected_loss(one) < _POLYNOMIAL:
            return cls(one, [], is_done=True)
        columns, folding = range(len(ground.X)), ground.columns.folding
        alone = [Kind(known, ()) for known in columns if known not in folding]
        beside = [Kind(known, (other,)) for known in columns for other in folding if other != known]
        return cls(one, [*alone, *beside])

    def step(self, ground: Ground, score: Score, floor: float) -> None:
        """Look a kind of terms through, or fit a few sums, or decide what is kept."""
        if self.kinds:
            self.trials += self._likely(ground, self.kinds.pop(0))
        elif self.trials or self.refined:
            self._fit(ground, floor)
        elif self.tried:
            self.refined, self.tried = sorted(self.tried, key=ground.expected_loss)[:_REFINED], []
        else:
            most = ground.expected_loss(self.one) / _GAIN
            less = [one for one in self.fitted if ground.expected_loss(one) < most]
            self.found, self.is_done = sorted(less, key=score)[:_KEPT], True

    def _likely(self, ground: Ground, kind: Kind) -> Iterator[tuple[Term, Array]]:
        now = ground.projected(self.one)
        if now is None:
            return
        beside = ground.flexible.beside(kind.open) * ground.root if kind.open else ground.root[None]
        for family, constants in best_of_each(ground, ground.columns.scan(kind.known), now, beside)[:_TRIED]:
            yield Term((Atom(family, kind.known),), kind.open), constants

    def _fit(self, ground: Ground, floor: float) -> None:
        end, most = ground.steps + _AT_ONCE, ground.work + _WORK_AT_ONCE
        while (self.trials or self.refined) and ground.steps < end and ground.work < most:
            if self.trials:
                asked = self.one.plus(self.trials.pop(0))
                new = ground.fit(asked, _FIRST_STEPS, held=len(self.one.terms))
                self.tried += [] if new is None else [new]
            else:
                new = ground.fit(self.refined.pop(0), _ALL_STEPS, floor)
                self.fitted += [] if new is None else [new]
