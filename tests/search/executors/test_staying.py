"""What stays with workers, or is under way there, gives what one process does, whatever is lost."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.errors import InvalidSetting
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive
from symlaw.search.bank.bank import enumerate_more, make_bank
from symlaw.search.executors import worker
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import make_problem
from symlaw.search.searchers.bank import Bank
from symlaw.search.searchers.decomposition import Decomposition
from symlaw.search.searchers.evolution import Evolution

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")

OPERATORS = ["+", "-", "*", "/", "sin", "exp"]
RNG = np.random.Generator(np.random.Philox(77))
X = RNG.uniform(0.5, 3.0, (400, 4))
# summands of separate columns, so that there are parts to search
Y = np.exp(X[:, 0]) * X[:, 1] + np.sin(X[:, 2] * X[:, 3])
NOISE = 0.1 * RNG.normal(size=400)
BANK = Bank(max_bytes=2**25, epoch_work=1e7, slices=3)
PARTS = Decomposition(at_once=2, part_work=3e8, solvers=("bank", "evolution"))


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Two workers in threads of this process: what travels is pickled as for any other."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None
    ) as found:
        yield str(found.scheduler_address)


def front(searcher: Any, evaluations: int, y: Any = Y, **more: Any) -> Any:
    problem = make_problem(X, y, Language.of(list("abcd"), OPERATORS, max_complexity=16), seed=2)
    found = search(problem, Budget(evaluations=evaluations), searchers=[searcher], seed=5, **more)
    entries = [(str(entry.expression), entry.loss) for entry in found.front]
    return entries, found.spent.evaluations, found.states[searcher.name]


def forgets(progress: Any) -> None:
    """Have workers lose all they hold, now and then."""
    if progress.spent.epochs % 3 == 2:
        worker._values.clear()


@pytest.mark.long_but("forgets")
@pytest.mark.parametrize("listen", [None, forgets], ids=["stays", "forgets"])
def test_slices_of_the_bank_on_workers_find_what_they_find_here(address: str, listen: Any) -> None:
    ours, evaluations, _ = front(BANK, 300_000, Y + NOISE)
    theirs, theirs_evaluations, state = front(
        BANK, 300_000, Y + NOISE, executor="dask", cluster=address, listen=listen
    )
    assert (theirs, theirs_evaluations) == (ours, evaluations)
    # the entries are with the workers
    assert state.held is not None and state.workplace is None
    assert len({one.pairs for one in (state, *state.others)}) > 1
    assert pickle.loads(pickle.dumps(state)).held is None


@pytest.mark.long
@pytest.mark.parametrize("listen", [None, forgets], ids=["stays", "forgets"])
def test_parts_searched_by_workers_are_found_as_here(address: str, listen: Any) -> None:
    ours, evaluations, _ = front(PARTS, 8_000)
    theirs, theirs_evaluations, state = front(PARTS, 8_000, executor="dask", cluster=address, listen=listen)
    assert (theirs, theirs_evaluations) == (ours, evaluations)
    assert state.begun > 0


def parts_of(bank: Any, first: int, end: int) -> set[tuple[int, int, int]]:
    entries = bank.entries
    columns = (entries.code[first:end], entries.left[first:end], entries.right[first:end])
    return set(zip(*(column.tolist() for column in columns), strict=True))


def test_slices_share_the_small_levels_and_divide_the_large_ones() -> None:
    language = Language.of(list("abc"), ["+", "*", "exp"], max_complexity=16)
    banks = [make_bank(X[:60, :3].T, language, 2**26, share) for share in ((0, 1), (0, 3), (1, 3), (2, 3))]
    whole, *slices = banks
    for bank in (*slices, whole):
        while not bank.finished and len(bank.bounds) <= slices[0].alike:
            enumerate_more(bank)
    level = int(slices[0].alike)
    assert all(bank.bounds[:level] == whole.bounds[:level] for bank in slices)
    every = parts_of(whole, *whole.bounds[level])
    own = [parts_of(bank, *bank.bounds[level]) for bank in slices]
    # of formulas that behave alike slices may have others
    assert len(set().union(*own) & every) > 0.99 * len(every)
    assert max(map(len, own)) < 0.6 * len(every)


@pytest.mark.slow
def test_what_a_killed_worker_had_is_made_again_by_another_one() -> None:
    ours, done = front(BANK, 300_000, Y + NOISE)[:2], list[int]()
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:

        def disturb(progress: Any) -> None:
            if progress.spent.epochs == 2:
                with distributed.Client(cluster, set_as_default=False) as client:
                    done.extend(client.run(os.getpid).values())
                os.kill(done[0], signal.SIGKILL)

        theirs = front(
            BANK, 300_000, Y + NOISE, executor="dask", cluster=cluster.scheduler_address, listen=disturb
        )[:2]
    assert theirs == ours
    assert done


@pytest.mark.long_but("1")
@pytest.mark.parametrize("staleness", [1, 2])
def test_islands_that_take_turns_find_the_same_everywhere(address: str, staleness: int) -> None:
    searcher = Evolution(staleness=staleness, epoch_work=1e6)
    ours = front(searcher, 8_000, Y + NOISE)[:2]
    assert front(searcher, 8_000, Y + NOISE, executor="dask", cluster=address, listen=forgets)[:2] == ours


@pytest.mark.long
def test_islands_that_take_turns_find_the_same_in_processes() -> None:
    searcher = Evolution(staleness=1, epoch_work=2e6)
    ours = front(searcher, 12_000, Y + NOISE)[:2]
    assert front(searcher, 12_000, Y + NOISE, executor="processes", threads=2)[:2] == ours


def test_a_search_with_islands_under_way_goes_on_from_a_pickle() -> None:
    problem = make_problem(X, Y + NOISE, Language.of(list("abcd"), OPERATORS, max_complexity=12), seed=2)
    searcher, snapshot = Evolution(staleness=1, epoch_work=1e6), Archive(12, 1e-24).snapshot()
    state = searcher.start(problem, 3)
    searcher.ask(state, problem, snapshot, 4_000, map)
    again = pickle.loads(pickle.dumps(state))
    brought = [searcher.ask(one, problem, snapshot, 4_000, map) for one in (state, again)]
    assert brought[0].counters == brought[1].counters
    members = [[island.population for island in one.islands] for one in (state, again)]
    for ours, theirs in zip(*members, strict=True):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(ours, theirs, strict=True))


def test_staleness_is_checked() -> None:
    with pytest.raises(InvalidSetting, match="from 0 to 3 and below its 2 islands"):
        Evolution(n_islands=2, staleness=2)


def test_numbers_of_slices_and_of_parts_at_once_are_checked() -> None:
    with pytest.raises(InvalidSetting, match="slices of the bank must be 1 or more, not 0"):
        Bank(slices=0)
    with pytest.raises(InvalidSetting, match="at_once of decomposition must be 1 or more"):
        Decomposition(at_once=0)
