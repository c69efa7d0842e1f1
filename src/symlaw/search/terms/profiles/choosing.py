"""Which sums of families fit a profile, found in steps that are short.

First all scanned families are looked through, base by base, for what promises most beside the functions that
are there; then what promises most is fitted, some sums at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from symlaw.search.terms.profiles.batches import Choice
    from symlaw.search.terms.profiles.profile import Fitted, Profile, Promise

# Sums that are fitted at once, and the steps of their fits: of all, and of the best share of them further.
_AT_ONCE, _STEPS, _FURTHER, _SHARE = 100, 6, 9, 3
# Node values in the time in which two scanned functions are compared, and in which a step of a fit takes one
# number of one function: values, slopes, and projections of both.
_COMPARED, _FITTED = 1.0, 20


class Base(NamedTuple):
    """Functions that are there, how many are added, and how many such sums are fitted at most in all."""

    functions: tuple[Choice, ...]
    added: int
    most: int


@dataclass
class Choosing:
    """Sums of functions of a column on their way to be fitted.

    Attributes
    ----------
    bases
        What is still to be looked through.
    promises
        What promises most so far, by the number of functions added.
    asked
        Sums still to be fitted.
    fitted
        Those that were, in the first steps and then further; equal ones once.
    is_further
        Whether the best are fitted further now.
    """

    bases: list[Base] = field(default_factory=list)
    promises: dict[int, list[Promise]] = field(default_factory=dict)
    asked: list[tuple[Choice, ...]] = field(default_factory=list)
    fitted: dict[object, Fitted] = field(default_factory=dict)
    is_further: bool = False

    @property
    def is_done(self) -> bool:
        """Whether all is fitted."""
        return self.is_further and not self.asked

    def step(self, profile: Profile) -> tuple[int, int]:
        """Look a base through, or fit some sums; node values computed, about, and how many were fitted."""
        if self.bases:
            return self._look_through(profile, self.bases.pop(0)), 0
        if not self.asked:
            self._ask_further()
            return 0, 0
        some, self.asked = self.asked[:_AT_ONCE], self.asked[_AT_ONCE:]
        steps = _FURTHER if self.is_further else _STEPS
        for key, one in profile.fit(some, steps):
            self.fitted.setdefault(key, one)
        return _FITTED * len(some) * len(some[0]) * steps * profile.size, len(some)

    def _look_through(self, profile: Profile, base: Base) -> int:
        known = self.promises.setdefault(base.added, [])
        enough = known[-1].loss if len(known) >= base.most else inf
        known += profile.promises(base.functions, base.added, enough)
        known.sort(key=_loss_of)
        del known[base.most :]
        if not self.bases:
            self.asked = [profile.functions_of(one) for some in self.promises.values() for one in some]
            self.promises = {}
        return int(_COMPARED * profile.n_scanned**base.added)

    def _ask_further(self) -> None:
        ranked = sorted(self.fitted.values(), key=_loss_of)
        self.asked = [one.functions for one in ranked[: max(_AT_ONCE, len(ranked) // _SHARE)]]
        self.fitted, self.is_further = {}, True


def _loss_of(one: Promise | Fitted) -> float:
    return one.loss
