"""The search for a part's formula on a worker, where it stays; here is what it was asked, and what it said.

The search is a function of the part and of how many scores each of its epochs was allowed. A worker that has
it from the epoch before goes on with it; any other does those epochs again first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.search.decomposition.parts import Part
from symlaw.search.decomposition.search import PartSearch, is_over, search_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.search.archive import Entry
    from symlaw.search.executors.base import Executor, Held


class Recipe(NamedTuple):
    """What `symlaw.search.decomposition.search.search_for` makes a search of."""

    part: Part
    language: Language
    seed: int
    floor: float
    solvers: tuple[str, ...]


class Residence:
    """A search as a recipe, and in each process the search where it got to there.

    Parameters
    ----------
    recipe
        What it is made of.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.search: PartSearch | None = None
        self.limits: tuple[int, ...] = ()

    def __reduce__(self) -> Any:
        return Residence, (self.recipe,)

    def after(self, limits: tuple[int, ...]) -> PartSearch:
        """The search after epochs of so many scores; those that were not done here are done now."""
        if self.search is None or limits[: len(self.limits)] != self.limits:
            self.search, self.limits = search_for(*self.recipe), ()
        for limit in limits[len(self.limits) :]:
            self.search.epoch(limit)
        self.limits = limits
        return self.search


class PartReport(NamedTuple):
    """What an epoch brought, and where the search is then.

    Attributes
    ----------
    accepted, counters
        What came to its front, and the counters.
    work, idle, is_exact, is_exhausted
        As those of the search.
    shortlist
        The first formulas of its shortlist.
    """

    accepted: list[Entry]
    counters: dict[str, int]
    work: int
    idle: int
    is_exact: bool
    is_exhausted: bool
    shortlist: list[Expression]


class PartRequest(NamedTuple):
    """One epoch of a part's search.

    Attributes
    ----------
    residence
        Its `Residence`.
    limits, limit
        Scores that its epochs before, and this one, are allowed.
    n_listed
        Formulas of the shortlist.
    """

    residence: Held[Residence]
    limits: tuple[int, ...]
    limit: int
    n_listed: int

    def answered(self) -> PartReport:
        """Do the epoch."""
        home = self.residence.value
        search = home.after(self.limits)
        # from here on the search is beyond those limits, whatever becomes of the report
        home.limits = (*self.limits, self.limit)
        accepted, counters = search.epoch(self.limit)
        exhausted = search.state.reason_to_stop() is not None
        short = search.shortlist(self.n_listed)
        return PartReport(accepted, counters, search.work, search.idle, search.is_exact, exhausted, short)


@dataclass
class AwaySearch:
    """A part's search that a worker does.

    Attributes
    ----------
    part, language, seed, floor, solvers
        What it is made of.
    limits
        Scores that its epochs were allowed.
    work, idle, is_exact, is_exhausted, found
        What its last report said.
    residence
        What requests name; left out of pickles.
    """

    part: Part
    language: Language
    seed: int
    floor: float
    solvers: Sequence[str]
    limits: list[int] = field(default_factory=list)
    work: int = 0
    idle: int = 0
    is_exact: bool = False
    is_exhausted: bool = False
    found: list[Expression] = field(default_factory=list)
    residence: Residence | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "residence": None}

    def is_over(self, work: float) -> bool:
        """As `PartSearch.is_over`."""
        exact_for = self.idle if self.is_exact else 0
        return is_over(self.work, work, self.is_exhausted, exact_for=exact_for)

    def shortlist(self, count: int) -> list[Expression]:
        """As `PartSearch.shortlist`."""
        return self.found[:count]

    def request(self, executor: Executor, limit: int, count: int) -> PartRequest:
        """What is asked for its next epoch."""
        if self.residence is None:
            recipe = Recipe(self.part, self.language, self.seed, self.floor, tuple(self.solvers))
            self.residence = Residence(recipe)
        return PartRequest(executor.hold(self.residence), tuple(self.limits), limit, count)

    def note(self, limit: int, report: PartReport) -> None:
        """Take in what an epoch brought."""
        self.limits.append(limit)
        self.work, self.idle, self.found = report.work, report.idle, report.shortlist
        self.is_exact, self.is_exhausted = report.is_exact, report.is_exhausted


def epochs_of(
    searches: Sequence[PartSearch | AwaySearch], limit: int, count: int, executor: Executor
) -> list[tuple[list[Entry], dict[str, int]]]:
    """An epoch of each search, those of workers side by side: what came to its front, and the counters."""
    away = [one for one in searches if isinstance(one, AwaySearch)]
    requests = [one.request(executor, limit, count) for one in away]
    reports = executor.run(PartRequest.answered, requests, [f"part {one.seed}" for one in away])
    for one, report in zip(away, reports, strict=True):
        one.note(limit, report)
    said = iter(reports)
    found = []
    for search in searches:
        if isinstance(search, AwaySearch):
            report = next(said)
            found.append((report.accepted, report.counters))
        else:
            found.append(search.epoch(limit))
    return found
