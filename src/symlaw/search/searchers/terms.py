"""Terms: the target, or a function of it, as a sum of mechanisms with constants inside.

The sum begins unknown, and is made known column by column (`symlaw.search.terms.peeling`); what is known in
full is proposed. After the target itself its useful transforms have their turn, so that products, quotients
and roots of sums are found too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.search.objectives.base import Ability
from symlaw.search.searchers.base import Mapper, Proposals, columns_of
from symlaw.search.sparse.models import exact_loss, view_weights, views_of
from symlaw.search.sparse.terms import table_of
from symlaw.search.sparse.writing import Writer
from symlaw.search.terms.agenda import Agenda
from symlaw.search.terms.columns import Columns
from symlaw.search.terms.curves.adding import Adding, Kind
from symlaw.search.terms.exchanging import Exchange
from symlaw.search.terms.families import Family, families_of
from symlaw.search.terms.fitting import Ground
from symlaw.search.terms.flexible import MAX_COLUMNS
from symlaw.search.terms.joined.families import joined_of
from symlaw.search.terms.joined.joining import Joining
from symlaw.search.terms.peeling import Peeling, Trial
from symlaw.search.terms.profiles.batches import Choice
from symlaw.search.terms.profiles.choosing import Base, Choosing
from symlaw.search.terms.profiles.profile import Fitted, Promise
from symlaw.search.terms.scans import Candidate
from symlaw.search.terms.separating import separated
from symlaw.search.terms.sums import Atom, Sum, Term
from symlaw.search.terms.writing import formulas_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

_MIN_ROWS = 30
# Rows that sums are fitted on, and of the target itself where smooth functions do not explain nearly all.
_ROWS, _NOISY_ROWS, _NOISY = 800, 1600, 3e-3
# Work for the target itself before its transforms begin, and how much more it gets from then on.
_FIRST, _MORE = 5e8, 4.0
# Its share grows with the number of epochs, counted from some before the first: by one in so many, where the
# target seems to be a sum of functions of few columns and where not; and how large it is in the end.
_SOON, _LATE, _MOST = (5, 10), (1, 25), 5.0
# A sum of functions of so many columns each at most that leaves no more than this is one.
_FEW, _LEFT = 2, 0.1
# Epochs that stand still at most after one that did more than its share.
_MOST_OWED = 3.0


@dataclass
class Seen:
    """One view of the target, and the sums that wait for it.

    Attributes
    ----------
    agenda
        What waits.
    work
        Node values computed for it.
    begun
        Whether its first sum was put on.
    """

    agenda: Agenda
    work: int = 0
    begun: bool = False


@dataclass
class TermsState:
    """How far the sums were taken.

    Attributes
    ----------
    seen
        Views of the target; empty before the first epoch.
    epochs
        How many there were.
    owed
        Work that the last one did beyond its limit.
    end
        When the search is over, by `time.monotonic`; left out of pickles, as is what follows.
    is_cut
        Whether that was before the end of an epoch.
    table
        Rows, and what is made of them; made anew.
    """

    seen: list[Seen] = field(default_factory=list)
    epochs: int = 0
    owed: float = 0.0
    end: float = inf
    is_cut: bool = False
    table: TermsTable | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "end": inf, "is_cut": False, "table": None}


@dataclass(frozen=True)
class Terms:
    """Sums of products of functions of single columns.

    Parameters
    ----------
    epoch_work
        Node values after which an epoch takes no further step, once some epochs have gone by: at first it
        has less, as short laws are found by others soon, and in long searches more.
    """

    epoch_work: float = 2e7
    name: str = "terms"
    stores: ClassVar[tuple[type, ...]] = (
        TermsState, Seen, Agenda, Peeling, Joining, Adding, Kind, Trial, Candidate, Choosing, Base, Promise,
        Fitted, Choice, Exchange, Sum, Term, Atom, Family,
    )  # fmt: skip
    needs_no_kernels: ClassVar[bool] = True
    heeds_clock: ClassVar[bool] = True

    def objection(self, problem: Problem) -> str | None:
        """Any loss but least squares, no constants, and few rows."""
        lacking = problem.lacks(Ability.SQUARES, Ability.TARGET)
        if lacking is not None:
            return lacking
        if not problem.language.constants:
            return "no constants may stand inside of formulas"
        writer = Writer(problem.language)
        if not (writer.has("+") and writer.has("*")):
            return "it needs + and *"
        return None if len(problem.y) >= _MIN_ROWS else f"it needs {_MIN_ROWS} rows"

    def start(self, problem: Problem, seed: int) -> TermsState:
        """Before the first epoch; nothing here is random."""
        return TermsState()

    def ask(
        self, state: TermsState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Take the sums a few steps further, and propose those of which all is known."""
        if state.table is None:
            state.table = TermsTable(problem)
        table = state.table
        if not state.seen:
            state.seen = [Seen(Agenda(exact_loss(view.transform.values))) for view in table.views]
        # something to begin with where sums take long
        formulas = [] if any(one.begun for one in state.seen) else columns_of(problem)[: max(1, evaluations)]
        state.epochs += 1
        begin, slowness = _SOON if table.is_sum else _LATE
        limit = self.epoch_work * min((begin + state.epochs) / slowness, _MOST)
        work, fits = state.owed, 0
        while work < limit and fits < evaluations - len(formulas):
            place = _next(state.seen)
            state.is_cut = time.monotonic() >= state.end
            if place is None or state.is_cut:
                break
            ground, seen = table.ground(place), state.seen[place]
            # what it took to tell which columns act together is of the first step
            before = (ground.work, ground.fits) if seen.begun else (0, 0)
            if not seen.begun:
                seen.agenda.begin(ground, table.beginnings[place])
                seen.begun = True
            else:
                for known in seen.agenda.step(ground):
                    formulas += table.formulas(known, place)
            used = max(ground.work - before[0], 1)
            seen.work, work, fits = seen.work + used, work + used, fits + ground.fits - before[1]
        done, state.owed = work - state.owed, min(max(work - limit, 0.0), _MOST_OWED * limit)
        tried = fits + len(formulas)
        return Proposals(
            formulas=formulas, counters={"evaluations": tried, "distinct": tried, "work": int(done)}
        )

    def tell(self, state: TermsState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn: what is taken further next depends on the data alone."""


def _next(seen: Sequence[Seen]) -> int | None:
    """The view that had the least of its share; the target itself first, and more of it."""
    places = [place for place, one in enumerate(seen) if not (one.begun and one.agenda.is_done)]
    if not places:
        return None
    if places[0] == 0 and seen[0].work < _FIRST:
        return 0
    return min(places, key=lambda k: seen[k].work if k else (seen[0].work - _FIRST) / _MORE)


class TermsTable:
    """The rows that sums are fitted on, for each view of the target."""

    def __init__(self, problem: Problem) -> None:
        self.writer = Writer(problem.language, long_sums=True)
        self._table = table_of(problem)
        X = self._table.X
        varying = [c for c in self._table.order if np.all(np.isfinite(X[c])) and np.ptp(X[c]) > 0.0]
        self.columns = sorted(varying[:MAX_COLUMNS])
        self.names = [problem.language.variables[c] for c in self.columns]
        self.views = views_of(self._table) if self.columns else []
        self._families, self._joined = families_of(self.writer), joined_of(self.writer)
        self.beginnings: dict[int, list[Sum]] = {}
        self._grounds: dict[int, Ground] = {}
        self._columns: dict[int, Columns] = {}

    @property
    def is_sum(self) -> bool:
        """Whether the target seems to be a sum of functions of few columns each."""
        if not self.views:
            return False
        ground = self.ground(0)
        best = self.beginnings[0][0] if self.beginnings[0] else None
        if best is None or ground.expected_loss(best) > _LEFT:
            return False
        return max(map(len, best.unknown_groups), default=0) <= _FEW

    def ground(self, place: int) -> Ground:
        """Rows of a view: more where something seems to be noise."""
        if place not in self._grounds:
            ground = self._of(place, _ROWS)
            begun = separated(ground)
            # for a transform, few rows tell whether it is simpler
            if place == 0 and begun and begun[0].loss >= _NOISY and len(self._table.y) > _ROWS:
                work, ground = ground.work, self._of(place, _NOISY_ROWS)
                begun = separated(ground)
                ground.work += work
            self._grounds[place], self.beginnings[place] = ground, begun
        return self._grounds[place]

    def _of(self, place: int, count: int) -> Ground:
        table, view = self._table, self.views[place]
        order = np.random.Generator(np.random.Philox(key=len(table.y))).permutation(len(table.y))
        rows = np.sort(order[:count])
        if count not in self._columns:
            X = np.ascontiguousarray(table.X[self.columns][:, rows])
            self._columns[count] = Columns(X, self._families, self._joined)
        weights = np.maximum(view_weights(view, table)[-1][rows], 1e-12)
        return Ground(self._columns[count], view.transform.values[rows], weights)

    def formulas(self, known: Sum, place: int) -> list[Expression]:
        """A sum of which all is known as formulas of the target."""
        return formulas_of(known, self.ground(place), self.views[place], self.names, self.writer)
