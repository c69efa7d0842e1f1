"""The bank: one entry per behaviour, formulas that give their values, joins that hold on rows never seen."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from symlaw.engine import reference
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive
from symlaw.search.bank.bank import Bank, enumerate_more, make_bank
from symlaw.search.bank.entries import NO_ARGUMENT
from symlaw.search.bank.levels import changes_sign, passes_factor_on
from symlaw.search.bank.meet_in_the_middle import DeepLookUp, Joining, join, make_hits
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Outcome, search
from symlaw.search.problem import make_problem
from symlaw.search.searchers.bank import Bank as BankSearcher
from symlaw.search.searchers.bank import workplace_of

NAMES = ("a", "b", "c")
OPERATORS = ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin")
X = np.random.Generator(np.random.Philox(3)).uniform(0.5, 2.5, (3, 64))
SMALL = 2**25

Law = Callable[..., NDArray[np.float64]]


def enumerated(
    max_complexity: int = 5, max_bytes: int = SMALL, slice_pairs: int = 10_000, threads: int = 0
) -> Bank:
    """A bank over three variables, finished."""
    bank = make_bank(X, Language.of(NAMES, OPERATORS, max_complexity=max_complexity), max_bytes)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        while not bank.finished:
            enumerate_more(bank, slice_pairs, pool.map if threads else map)
    return bank


@pytest.fixture(scope="module")
def bank() -> Bank:
    """Every formula of at most five nodes."""
    return enumerated()


def formulas(bank: Bank) -> range:
    """Entries that are not constants."""
    return range(bank.constants[1], bank.count)


def found(law: Law, budget: Budget, noise: float = 0.0, max_complexity: int = 30) -> Outcome:
    """A search by the bank alone on 300 rows of a law of three variables."""
    rng = np.random.Generator(np.random.Philox(8))
    rows = rng.uniform(0.5, 2.5, (300, 3))
    y = law(*rows.T)
    y = y + noise * np.std(y) * rng.normal(size=300)
    problem = make_problem(rows, y, Language.of(NAMES, OPERATORS, max_complexity=max_complexity), seed=1)
    return search(problem, budget, searchers=[BankSearcher(max_bytes=SMALL)])


def test_no_two_entries_behave_alike(bank: Bank) -> None:
    values = bank.entries.values[formulas(bank)].astype(float)
    first = np.array([row[np.argmax(np.abs(row) > 0.5)] for row in values])
    turned = values * np.sign(first)[:, None]
    assert not cKDTree(turned).query_pairs(1e-6, p=np.inf)


def test_formulas_give_the_stored_values(bank: Bank) -> None:
    columns = dict(zip(NAMES, X, strict=True))
    errors = []
    for entry in formulas(bank)[::7]:
        expected = reference.values(bank.expression(entry), columns)
        errors.append(np.max(np.abs(bank.values(entry) - expected)) / np.sqrt(np.mean(expected**2)))
    # arguments in single precision leave nothing of formulas such as sin(exp(exp(a)))
    assert np.median(errors) < 1e-6 and np.mean(np.array(errors) > 1e-4) < 0.03


def test_levels_are_complexities(bank: Bank) -> None:
    language = bank.language
    for entry in formulas(bank)[::53]:
        assert language.complexity(bank.expression(entry)) == bank.entries.level[entry]
        assert language.allows(bank.expression(entry))
    assert [begin for begin, _ in bank.bounds[2:]] == [end for _, end in bank.bounds[1:-1]]


@pytest.mark.parametrize(
    "text", ["sin(a * b)", "log(a) + b", "exp(2 * a)", "1 - a", "a / (b + c)", "a**2 * b"]
)
def test_short_formulas_are_there(text: str, bank: Bank) -> None:
    values = reference.values(parse(text), dict(zip(NAMES, X, strict=True)))
    held = bank.entries.values[: bank.count].astype(float)
    cosines = held @ values / np.linalg.norm(values) / np.linalg.norm(held, axis=1)
    entry = bank.expression(int(np.argmax(np.abs(cosines))))
    again = reference.values(entry, dict(zip(NAMES, X, strict=True)))
    assert abs(np.corrcoef(again, values)[0, 1]) > 1 - 1e-9


@pytest.mark.parametrize(("threads", "slice_pairs"), [(1, 10_000), (2, 10_000), (2, 65_536), (0, 777)])
def test_slices_and_threads_do_not_matter(threads: int, slice_pairs: int, bank: Bank) -> None:
    again = enumerated(slice_pairs=slice_pairs, threads=threads)
    assert (again.count, again.bounds) == (bank.count, bank.bounds)
    for ours, theirs in zip(bank.entries, again.entries, strict=True):
        np.testing.assert_array_equal(ours[: bank.count], theirs[: bank.count])
    assert again.tally == bank.tally
    for ours, theirs in zip(bank.tables, again.tables, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("max_bytes", [2**18, 2**20, 2**23])
def test_memory_stays_within_its_bound(max_bytes: int) -> None:
    small = enumerated(max_complexity=7, max_bytes=max_bytes)
    assert small.finished and small.count > 100
    assert small.n_bytes <= max_bytes


def test_a_full_bank_does_not_depend_on_slices() -> None:
    one, other = (enumerated(7, 2**21, slice_pairs=pairs) for pairs in (5_000, 60_000))
    assert one.count == other.count == len(one.entries.scale)
    np.testing.assert_array_equal(one.entries.values, other.entries.values)


def test_entries_that_a_row_dominates_are_never_matched() -> None:
    columns = X.copy()
    columns[1, 7] = 1e4
    bank = make_bank(columns, Language.of(NAMES, ["*", "+"], max_complexity=5), SMALL)
    while not bank.finished:
        enumerate_more(bank)
    spread = bank.entries.spread[: bank.count]
    b = bank.constants[1] + 1
    assert str(bank.expression(b)) == "b" and spread[b] == 0
    hits = make_hits()
    everything = np.ones(5, np.int64)
    joining = Joining(bank.entries, bank.tables, everything, hits, bank.workspaces[0])
    join(joining, X[0] * columns[1], 0, bank.count)
    used = {*hits.u[: hits.used[0]].tolist(), *hits.v[: hits.used[0]].tolist()} - {-1}
    assert all(spread[entry] > 0 for entry in used)


def test_factors_are_recorded(bank: Bank) -> None:
    with_factor = [e for e in formulas(bank) if bank.entries.right[e] < NO_ARGUMENT]
    assert with_factor
    assert "*" in {getattr(node, "name", "") for node in bank.expression(with_factor[0]).nodes}


def test_operators_are_told_apart_by_what_they_do() -> None:
    rows = {row.name: row for row in Language.of(NAMES, OPERATORS).operators}
    assert changes_sign(rows["-"]) and not changes_sign(rows["/"])
    assert [name for name in ("sqrt", "square", "exp", "sin") if passes_factor_on(rows[name], 0)] == [
        "sqrt",
        "square",
    ]


def test_product_of_two_formulas_is_found_by_a_look_up() -> None:
    outcome = found(
        lambda a, b, c: (a + b * c) * np.sin(a * c) / np.exp(b),
        Budget(evaluations=2_000_000, target_loss=1e-20),
    )
    assert outcome.front[-1].loss < 1e-20
    bank = workplace_of(outcome.states["bank"]).bank
    assert bank is not None
    simplest = next(entry for entry in outcome.front if entry.loss < 1e-20)
    assert len(bank.bounds) - 1 < simplest.inner.complexity() - 2


def test_sum_with_odd_coefficients_is_found() -> None:
    outcome = found(
        lambda a, b, c: 1.37 * np.sin(a * b) - 0.61 * c / b + 2.93 * np.sqrt(c),
        Budget(evaluations=2_000_000, target_loss=1e-20),
    )
    assert outcome.front[-1].loss < 1e-20


def test_formula_inside_a_root_is_found() -> None:
    outcome = found(
        lambda a, b, c: np.sqrt(a * a + b * b * np.exp(c)), Budget(evaluations=2_000_000, target_loss=1e-20)
    )
    assert outcome.front[-1].loss < 1e-20


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_either_sign_of_a_quotient_is_written_without_an_operator_for_signs(sign: float) -> None:
    outcome = found(
        lambda a, b, c: np.exp(sign * (a - b * c) / (np.sin(b) + c)),
        Budget(evaluations=2_000_000, target_loss=1e-20),
    )
    assert outcome.front[-1].loss < 1e-20


@pytest.mark.parametrize("round_number", [2, 4, 6])
@pytest.mark.parametrize("count", [7, 1000])
def test_deep_look_ups_take_every_pair_of_their_round_once(round_number: int, count: int, bank: Bank) -> None:
    task = DeepLookUp(0, round_number)
    level = bank.entries.level
    taken = 0
    while not task.done:
        chunk = task._next(bank, count)
        if chunk is None:
            continue
        outer, end, first, last = chunk
        taken += (end - outer) * (last - first)
        assert {task.round_of(int(o), int(i)) for o in level[outer:end] for i in level[first:last][:1]} == {
            round_number
        }
        assert (end - outer) * (last - first) <= max(count, last - first)
    assert taken == task.pairs(bank)


def test_entries_far_larger_than_the_target_do_not_match_themselves(bank: Bank) -> None:
    hits = make_hits()
    target = 1e-9 * np.sin(np.arange(64.0))
    joining = Joining(bank.entries, bank.tables, np.ones(5, np.int64), hits, bank.workspaces[0])
    join(joining, target, *bank.bounds[3])
    assert hits.used[0] == 0


@pytest.mark.long
def test_noisy_product_is_found() -> None:
    law = parse("(a + b * c) * exp(-c)")
    outcome = found(
        lambda a, b, c: 2.2 * (a + b * c) * np.exp(-c),
        Budget(evaluations=1_500_000, target_loss=2.9e-3),
        noise=0.05,
        max_complexity=14,
    )
    columns = dict(zip(NAMES, X, strict=True))
    truth = reference.values(law, columns)
    near = [
        np.corrcoef(reference.values(e.expression, columns), truth)[0, 1]
        for e in outcome.front
        if e.expression.variables
    ]
    assert max(near) > 1 - 1e-9


def test_a_pickled_state_leaves_the_entries_out() -> None:
    rows = X.T
    problem = make_problem(rows, np.sin(X[0]) * X[1] + X[2] ** 2, Language.of(NAMES, OPERATORS), seed=1)
    searcher = BankSearcher(max_bytes=SMALL)
    state = searcher.start(problem, 0)
    snapshot = Archive(30, 1e-24, 64).snapshot()
    for _ in range(3):
        searcher.ask(state, problem, snapshot, 20_000, map)
    again = pickle.loads(pickle.dumps(state))
    assert len(pickle.dumps(state)) < 100_000 and again.workplace is None
    searcher.ask(state, problem, snapshot, 20_000, map)
    searcher.ask(again, problem, snapshot, 20_000, map)
    ours, theirs = workplace_of(state).bank, workplace_of(again).bank
    assert ours is not None and theirs is not None
    assert ours.bounds == theirs.bounds and ours.tally.pairs == theirs.tally.pairs


def test_a_finished_bank_proposes_nothing() -> None:
    problem = make_problem(X.T, X[0] + np.sin(7 * X[1]), Language.of(NAMES, ["+"], max_complexity=3), seed=1)
    searcher, snapshot = BankSearcher(max_bytes=2**20), Archive(3, 1e-24, 64).snapshot()
    state = searcher.start(problem, 0)
    for _ in range(5):
        last = searcher.ask(state, problem, snapshot, 10_000, map)
    assert not last.formulas and last.counters["distinct"] == 0
