"""`fit_many`: laws of thousands of small tables, which are often few laws with constants of their own.

Some tables are searched, spread evenly over all. What was found for one is fitted to the others, which takes
milliseconds; a table on which a known form is identified needs no search of its own, the others are searched
in their turn. In the end all tables choose among all forms, where a form costs no more than its share of the
tables says (empirical Bayes: Robbins 1956). Nothing depends on who does the work, or in which order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data import read_table
from symlaw.errors import InvalidSetting
from symlaw.language.grammar import DEFAULT_OPERATORS
from symlaw.search.executors import PROCESSES, THREADS, executor_named
from symlaw.search.executors.base import ThreadExecutor
from symlaw.tasks.inputs.reading import Reading
from symlaw.tasks.many.forms import Form, Judged, Rows, chosen_of, forms_of, found_on, shares_of
from symlaw.tasks.many.journal import Journal, digest_of
from symlaw.tasks.many.result import ManyLaws, OneLaw, TableLaw
from symlaw.tasks.many.searching import Searched, Task, judge_one, own_forms, search_one, shared_formulas
from symlaw.tasks.regression.settings import Settings, thread_count
from symlaw.trust.selection.finding import IDENTIFIED, NOT_LEARNABLE

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.search.executors.base import Executor
    from symlaw.trust.selection.finding import Finding

# Formulas that a search may try, and who searches, by default: those that need no time to begin.
EVALUATIONS, SEARCHERS = 20_000, ("sparse", "evolution")
# Tables that are searched at first, and in each round after that: so many at least, or a part of all.
_FIRST, _ROUND, _PARTS = 24, 48, 20
# Formulas that a search gives to the others, and starts of a form.
_OF_EACH, _STARTS = 3, 2
# Rounds in which tables choose again by what the others chose; tables whose forms are judged in one request,
# and tables that are searched between two writes to the journal.
_CHOICES, _TOGETHER, _KEPT_AT_ONCE = 5, 8, 16
# Tables of which one law for all is asked, at least, and rows of a table.
_SEVERAL, _LEAST_ROWS = 2, 4


def fit_many(
    data: Any,
    target: str,
    *,
    by: str,
    features: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    operators: Sequence[Any] = DEFAULT_OPERATORS,
    max_evaluations: int = EVALUATIONS,
    max_complexity: int | str = "auto",
    searchers: Sequence[Any] = SEARCHERS,
    folder: str | Path | None = None,
    n_jobs: int = -1,
    executor: Any = PROCESSES,
    cluster: str | None = None,
    random_state: int = 0,
    tell: Callable[[str], None] | None = None,
) -> ManyLaws:
    """Find a law for each of many tables, trying in each what was found in the others.

    Parameters
    ----------
    data
        A frame, or the path of a table.
    target, by
        Column to explain, and column that tells the tables.
    features, drop
        Columns to use, all by default, and columns to leave out.
    operators, max_complexity, searchers
        As those of `symlaw.SymbolicRegressor`, for each search.
    max_evaluations
        Formulas that each search may try.
    folder
        To keep what searches found, from which a run that was cut off goes on.
    n_jobs, executor, cluster
        Who does the work: so many processes, -1 for all cores; or workers of a cluster. The result does not
        depend on it.
    random_state
        Seed of the searches.
    tell
        Called with a sentence after each round.

    Returns
    -------
    ManyLaws
        ``frame()`` has a row for each table, ``forms`` what recurs, ``failures`` tables that cannot be used,
        and ``one_law`` the test whether one law with constants of each table's own describes them all.

    Raises
    ------
    DataError, ColumnNotFound, InvalidSetting
        When the data or a setting cannot be used; a table that cannot be used alone is no error.
    """
    settings = Settings(
        operators=operators, time_budget=None, max_evaluations=max_evaluations, seed=random_state,
        max_complexity=max_complexity, searchers=list(searchers), threads=1,
    )  # fmt: skip
    tables = _tables_of(data, target, by, features, drop)
    first = next(iter(tables.values()))
    settings.language(first.names)
    journal = Journal.opened(None if folder is None else Path(folder), settings, first.names)
    work = _Work(tables, target, settings, journal, _executor(executor, n_jobs, cluster), tell or _quiet)
    try:
        return work.done(by)
    finally:
        work.executor.close()


@dataclass
class _Work:
    """Many tables as they are fitted.

    Attributes
    ----------
    tables, target, settings, journal, executor, tell
        What is asked, where it is kept, and who does it.
    searched
        What searches found.
    judged
        Formulas on each table by the key of their form.
    forms
        Forms that are known, by key.
    shared
        Keys of those that several tables chose, which all tables try.
    """

    tables: dict[Hashable, Rows]
    target: str
    settings: Settings
    journal: Journal
    executor: Executor
    tell: Callable[[str], None]
    searched: dict[Hashable, Searched] = field(default_factory=dict)
    judged: dict[Hashable, dict[str, Judged]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    shared: set[str] = field(default_factory=set)

    def done(self, by: str) -> ManyLaws:
        """Search and compare until every table has its law."""
        self.searched = {key: Searched((), why) for key, why in _unusable(self.tables, self.target).items()}
        turn = _spread([key for key in self.tables if key not in self.searched], _FIRST)
        while turn:
            self._search(turn)
            self._share(turn)
            left = [key for key in self.tables if key not in self.searched]
            open_ones = [key for key, one in self._findings(left).items() if one.word != IDENTIFIED]
            self.tell(
                f"{len(self.searched)} tables searched, {len(self.shared)} forms shared,"
                f" {len(open_ones)} tables open"
            )
            turn = open_ones[: max(_ROUND, len(self.tables) // _PARTS)]
        return self._result(by)

    def _search(self, keys: Sequence[Hashable]) -> None:
        """Search tables that the journal does not know."""
        digests = {key: digest_of(self.tables[key]) for key in keys}
        new = [key for key in keys if digests[key] not in self.journal.known]
        # the journal has each part before the next one begins
        for some in _parted(new, _KEPT_AT_ONCE):
            tasks = [Task(self.tables[key], self.settings) for key in some]
            for key, found in zip(some, self.executor.run(search_one, tasks), strict=True):
                self.journal.add(digests[key], found)
        for key in keys:
            self.searched[key] = self.journal.known[digests[key]]

    def _share(self, keys: Sequence[Hashable]) -> None:
        """Try what some tables found in those that were searched, and what these choose in all others."""
        new = self._new_forms([self.searched[key] for key in keys])
        usable = [key for key in self.tables if not self._failed(key)]
        asked = {key: set(self.shared) for key in usable}
        for key in (key for key in usable if key in self.searched):
            own = {form.key: form for form in own_forms(self.searched[key])}
            self.forms = {**own, **self.forms}
            asked[key] |= own.keys() | (new if self.searched[key].learnt else set())
        self._judge({key: forms for key, forms in asked.items() if key in self.searched})
        self.shared |= self._shares().keys() & self.forms.keys()
        self._judge({key: asked[key] | self.shared for key in usable})

    def _judge(self, asked: dict[Hashable, set[str]]) -> None:
        """Fit forms to tables where that was not done yet."""
        missing = {
            key: tuple(self.forms[one] for one in sorted(wanted - self.judged.get(key, {}).keys()))
            for key, wanted in asked.items()
        }
        left = [key for key in asked if missing[key] or key not in self.judged]
        tasks = [
            tuple(Task(self.tables[key], self.settings, missing[key]) for key in some)
            for some in _parted(left, _TOGETHER)
        ]
        for some, found in zip(_parted(left, _TOGETHER), self.executor.run(judge_some, tasks), strict=True):
            for key, ones in zip(some, found, strict=True):
                self.judged.setdefault(key, {}).update({one.key: one for one in ones})

    def _new_forms(self, searched: Sequence[Searched]) -> set[str]:
        """Keys of the forms that searches say first and that nobody tried yet."""
        found = forms_of(shared_formulas(searched, _OF_EACH), _STARTS)
        new = {form.key: form for form in found if form.key not in self.forms}
        self.forms.update(new)
        return set(new)

    def _failed(self, key: Hashable) -> bool:
        return key in self.searched and bool(self.searched[key].failure)

    def _shares(self) -> dict[str, float]:
        """Shares of the forms in what tables choose by these shares."""
        shares: dict[str, float] = {}
        for _ in range(_CHOICES):
            now = shares_of({key: chosen_of(list(ones.values()), shares).key for key, ones in self._known()})
            if now == shares:
                break
            shares = now
        return shares

    def _known(self) -> list[tuple[Hashable, dict[str, Judged]]]:
        """Tables that can be used, with what was judged there."""
        return [(key, ones) for key, ones in self.judged.items() if not self._failed(key)]

    def _findings(self, keys: Sequence[Hashable]) -> dict[Hashable, Finding]:
        """What tables say of the formulas that they choose."""
        shares, largest = self._shares(), float(self.settings.largest)
        return {
            key: found_on(list(self.judged[key].values()), self.tables[key], shares, largest) for key in keys
        }

    def _result(self, by: str) -> ManyLaws:
        shares = self._shares()
        chosen = {key: chosen_of(list(ones.values()), shares) for key, ones in self._known()}
        found = self._findings(list(chosen))
        counts: dict[str, int] = {}
        examples: dict[str, Expression] = {}
        for one in chosen.values():
            if one.expression.variables:
                counts[one.key] = counts.get(one.key, 0) + 1
                examples.setdefault(one.key, one.expression)
        order = sorted(counts, key=lambda key: -counts[key])
        numbers = {key: number for number, key in enumerate(order)}
        laws = {
            key: self._law(key, chosen[key], found[key], numbers) if key in chosen else self._no_law(key)
            for key in self.tables
        }
        forms = tuple((examples[key], counts[key]) for key in order)
        learnt = [key for key, one in found.items() if one.word != NOT_LEARNABLE]
        return ManyLaws(by, laws, forms, self._one_law(learnt, numbers))

    def _law(self, key: Hashable, one: Judged, finding: Finding, numbers: dict[str, int]) -> TableLaw:
        return TableLaw(
            len(self.tables[key].y), one.expression, numbers.get(one.key, -1), one.loss, finding.word,
            finding.detail, key in self.searched,
        )  # fmt: skip

    def _no_law(self, key: Hashable) -> TableLaw:
        why = self.searched[key].failure
        return TableLaw(len(self.tables[key].y), None, -1, math.nan, "failed", why, False)

    def _one_law(self, learnt: Sequence[Hashable], numbers: dict[str, int]) -> OneLaw | None:
        """One form for all against a form for each: nats for forms and data in all."""
        if len(learnt) < _SEVERAL:
            return None
        own = sum(min(one.data + one.named for one in self.judged[key].values()) for key in learnt)
        totals = dict[str, float]()
        for form in numbers:
            ones = [self.judged[key][form] for key in learnt if form in self.judged[key]]
            if len(ones) == len(learnt):
                totals[form] = ones[0].named + sum(one.data for one in ones)
        if not totals:
            return None
        best = min(totals, key=lambda form: (totals[form], form))
        text = self.judged[learnt[0]][best].expression.shown(4)
        return OneLaw(text, numbers[best], len(learnt), own - totals[best])


def _unusable(tables: dict[Hashable, Rows], target: str) -> dict[Hashable, str]:
    """Why tables cannot be used, by what tells them."""
    found: dict[Hashable, str] = {}
    for key, rows in tables.items():
        if len(rows.y) < _LEAST_ROWS:
            found[key] = f"it has {len(rows.y)} rows, and a law needs {_LEAST_ROWS} or more"
        elif np.ptp(rows.y) == 0.0:
            found[key] = f"its target {target!r} is the same in every row"
    return found


def judge_some(tasks: Sequence[Task]) -> list[list[Judged]]:
    """Judge forms on several tables, as one is done too quickly to travel alone."""
    return [judge_one(task) for task in tasks]


def _parted(keys: list[Hashable], size: int) -> list[list[Hashable]]:
    return [keys[begin : begin + size] for begin in range(0, len(keys), size)]


def _spread(keys: list[Hashable], count: int) -> list[Hashable]:
    """Keys spread evenly over all."""
    if len(keys) <= count:
        return keys
    return [keys[int(place)] for place in np.linspace(0, len(keys) - 1, count).round()]


def _tables_of(
    data: Any, target: str, by: str, features: Sequence[str] | None, drop: Sequence[str]
) -> dict[Hashable, Rows]:
    """The tables by what tells them, in the order of that."""
    if by == target:
        raise InvalidSetting(f"by is {by!r}, which is the target: name the column that tells the tables")
    wanted = None if features is None else [*(one for one in features if one != by), by]
    table = read_table(data, target=target, features=wanted, drop=drop, groups=by)
    place = table.feature_names.index(by) if by in table.feature_names else -1
    if place < 0:
        raise InvalidSetting(f"by names {by!r}, which is the same in every row: use symlaw fit")
    names = tuple(name for name in table.feature_names if name != by)
    if not names:
        raise InvalidSetting(f"there is no column beside {by!r} and the target: a law needs one")
    labels, codes = Reading(table.encodings).labels(by), table.X[:, place]
    columns = np.delete(table.X, place, axis=1)
    assert table.y is not None
    found: dict[Hashable, Rows] = {}
    for code in np.unique(codes).tolist():
        rows = np.flatnonzero(codes == code)
        key = (int(code) if code == int(code) else code) if labels is None else labels[int(code)]
        found[key] = Rows(np.ascontiguousarray(columns[rows]), table.y[rows], names)
    return found


def _executor(executor: Any, n_jobs: int, cluster: str | None) -> Executor:
    threads = thread_count(n_jobs)
    if executor == PROCESSES and threads == 1:
        executor = THREADS
    return executor_named(executor, threads, cluster) or ThreadExecutor(map)


def _quiet(_: str) -> None:
    """Say nothing."""
