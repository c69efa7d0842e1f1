"""Islands in groups that take turns, so that workers have others' epochs to do while one is waited for.

Nothing depends on which report comes first: a group is collected in its turn, and sees behaviours and guests
as they were when it was sent out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.fingerprint import Cache
from symlaw.search.evolution.population import Population

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.search.evolution.island import Report
    from symlaw.search.executors.base import Executor


@dataclass
class Pending:
    """A group whose epoch is under way.

    Attributes
    ----------
    islands
        Which ones.
    reports
        Theirs, once they were waited for.
    wait
        Waits for them; left out of pickles.
    """

    islands: tuple[int, ...]
    reports: list[Report] | None = None
    wait: Callable[[], list[Report]] | None = None

    def collected(self) -> list[Report]:
        """The reports."""
        if self.reports is None:
            assert self.wait is not None
            self.reports, self.wait = self.wait(), None
        return self.reports

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "reports": self.collected(), "wait": None}


def group_of(number: int, n_groups: int, n_islands: int) -> tuple[int, ...]:
    """The islands of a group, neighbours of each other."""
    places = np.arange(n_islands) * n_groups // n_islands
    return tuple(np.flatnonzero(places == number).tolist())


@dataclass
class Copies:
    """Behaviours as each group sees them, since the archive's go on while a group is under way."""

    caches: dict[int, Cache] = field(default_factory=dict)

    def now(self, line: int, cache: Cache, executor: Executor) -> Cache:
        """A group's copy, as the archive's cache is now."""
        mine = self.caches.get(line)
        if mine is None or len(mine.keys) != len(cache.keys):
            own = Cache._make(np.copy(array) for array in cache)
            mine = self.caches[line] = executor.placed(own, line)
        for ours, theirs in zip(mine, cache, strict=True):
            ours[...] = theirs  # type: ignore[index]
        return mine


def copied(members: Population) -> Population:
    """A population of its own."""
    return Population._make(np.copy(array) for array in members)
