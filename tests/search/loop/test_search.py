"""The loop of a search: deterministic, within its budget, and honest about its entries."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry, Snapshot
from symlaw.search.evolution.epoch import Parts, run_epoch
from symlaw.search.evolution.warm_up import arguments_of
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import STOPPED, Outcome, Progress, search
from symlaw.search.problem import SAMPLE_ROWS, Problem, make_problem
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.searchers import SCHEDULE, searchers_named
from symlaw.search.searchers.base import Mapper, Proposals
from symlaw.search.searchers.evolution import Evolution

from ..conftest import law_problem

EVALUATIONS = 6_000


def described(outcome: Outcome) -> list[tuple[str, str]]:
    """A front, equal only when every bit is."""
    return [(entry.expression.text(), float(entry.loss).hex()) for entry in outcome.front]


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """A search in one thread."""
    return search(law_problem(), Budget(evaluations=EVALUATIONS), seed=2)


@pytest.mark.long
@pytest.mark.parametrize("threads", [1, 2, 4])
def test_number_of_threads_does_not_matter(threads: int, outcome: Outcome) -> None:
    again = search(law_problem(), Budget(evaluations=EVALUATIONS), seed=2, threads=threads)
    assert described(again) == described(outcome)


@pytest.mark.long
def test_counts_do_not_depend_on_threads(outcome: Outcome) -> None:
    again = search(law_problem(), Budget(evaluations=EVALUATIONS), seed=2, threads=3)
    names = ("evaluations", "distinct", "known", "skipped", "fits", "work", "epochs", "improved_at")
    assert [getattr(again.spent, n) for n in names] == [getattr(outcome.spent, n) for n in names]


@pytest.mark.long
def test_another_seed_searches_elsewhere(outcome: Outcome) -> None:
    again = search(law_problem(seed=3), Budget(evaluations=EVALUATIONS), seed=3)
    assert described(again) != described(outcome)


def test_the_law_is_found() -> None:
    problem = law_problem(max_complexity=12)
    found = search(problem, Budget(evaluations=150_000, target_loss=1e-20), seed=0)
    assert found.front[-1].loss < 1e-20


def test_evaluations_stay_near_their_budget(outcome: Outcome) -> None:
    assert EVALUATIONS <= outcome.spent.evaluations <= 1.05 * EVALUATIONS
    assert outcome.stopped_by == "budget of 6,000 evaluations used"


@pytest.mark.long
def test_all_searchers_together_do_not_depend_on_threads() -> None:
    fronts = []
    for threads in (1, 4):
        members = searchers_named([*SCHEDULE, "tree_search"])
        assert len(members) == len(SCHEDULE) + 1
        found = search(law_problem(), Budget(evaluations=4_000), searchers=members, seed=2, threads=threads)
        fronts.append(described(found))
    assert fronts[0] == fronts[1]


@pytest.mark.long
def test_losses_on_many_rows_are_those_on_all_of_them() -> None:
    problem = law_problem(n_rows=3 * SAMPLE_ROWS)
    assert problem.sample.X.shape[1] == SAMPLE_ROWS
    front = search(problem, Budget(evaluations=EVALUATIONS), seed=2).front
    assert_losses_are_right(front, problem)


def test_losses_are_those_of_the_formulas(outcome: Outcome) -> None:
    assert_losses_are_right(outcome.front, law_problem())


def assert_losses_are_right(front: Sequence[Entry], problem: Problem) -> None:
    columns = dict(zip(("a", "b"), problem.rows.X, strict=True))
    for entry in front:
        error = reference.values(entry.expression, columns) - problem.y
        np.testing.assert_allclose(np.mean(error**2) / np.var(problem.y), entry.loss, rtol=1e-6, atol=1e-20)


def test_complexities_are_those_of_the_formulas(outcome: Outcome) -> None:
    for entry in outcome.front:
        assert entry.complexity == entry.expression.complexity()


def test_formulas_are_within_the_language(outcome: Outcome) -> None:
    language = law_problem().language
    # the fitted scale and offset may bring in +, -, * and neg
    with_line = Language.of(language.variables, [*(row.name for row in language.operators), "neg"])
    assert all(with_line.allows(entry.expression) for entry in outcome.front)
    assert all(language.complexity(entry.inner) <= language.max_complexity for entry in outcome.front)


def test_listener_hears_every_epoch() -> None:
    heard: list[Progress] = []
    outcome = search(law_problem(), Budget(evaluations=3_000), listen=heard.append)
    assert len(heard) == outcome.spent.epochs
    assert [p.stopping for p in heard] == [None] * (len(heard) - 1) + [outcome.stopped_by]


def test_stop_event_ends_it_after_an_epoch() -> None:
    stop = threading.Event()
    stop.set()
    outcome = search(law_problem(), Budget(), stop=stop)
    assert (outcome.stopped_by, outcome.spent.epochs) == (STOPPED, 1)


def test_interrupt_keeps_the_front(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Progress] = []

    def interrupt_then_count(progress: Progress) -> None:
        calls.append(progress)

    from symlaw.search.loop import state as state

    def broken(*arguments: object, **more: object) -> str | None:
        raise KeyboardInterrupt

    monkeypatch.setattr(state, "reason_to_stop", broken)
    outcome = search(law_problem(), Budget(), listen=interrupt_then_count)
    assert outcome.stopped_by == STOPPED
    assert outcome.front and calls[-1].stopping == STOPPED


@pytest.mark.long
def test_a_formula_that_is_exact_on_searched_rows_only_does_not_end_it() -> None:
    problem = law_problem(max_complexity=12)
    budget = Budget(evaluations=1_200_000)
    ended = search(problem, budget, seed=0, holds=lambda entry: True)
    went_on = search(problem, budget, seed=0, holds=lambda entry: False)
    assert ended.front[-1].loss == went_on.front[-1].loss <= problem.loss_floor
    assert "exact" in ended.stopped_by and ended.spent.evaluations < budget.evaluations
    assert "evaluations used" in went_on.stopped_by


class Proposer:
    """Proposes formulas in the first epoch, and counts the near-misses that it is shown in each."""

    name = "proposer"
    stores: tuple[type, ...] = ()

    def __init__(self, *formulas: str) -> None:
        self.formulas = formulas
        self.seen: list[int] = []

    def objection(self, problem: Problem) -> str | None:
        return None

    def start(self, problem: Problem, seed: int) -> list[str]:
        return list(self.formulas)

    def ask(
        self, state: list[str], problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        self.seen.append(int(np.sum(snapshot.near.size > 0)))
        formulas = [parse(text) for text in state]
        state.clear()
        return Proposals(formulas=formulas, counters={"evaluations": 1, "distinct": 1})

    def tell(self, state: list[str], accepted: Sequence[Entry]) -> None:
        pass


def test_a_near_miss_is_handed_to_an_island() -> None:
    problem, near = law_problem(), parse("a / sqrt(a) / exp(b)")
    wanted = Confirmer(problem).genome(near)
    assert wanted is not None

    def holds_it(seeding: float, *formulas: str) -> bool:
        proposer, stop = Proposer(*formulas), threading.Event()
        islands = Evolution(n_islands=3, epoch_work=2e3, seeding=seeding)

        def listen(progress: Progress) -> None:
            if progress.spent.epochs == 1:
                stop.set()

        budget, members = Budget(evaluations=10**6), [proposer, islands]
        found = search(problem, budget, searchers=members, seed=5, listen=listen, stop=stop)
        assert proposer.seen == [0, len(formulas) - 1]
        _, *others = found.states["evolution"].islands
        other = next(island.population for island in others if island.view == 0)
        alike = (other.size == wanted.size[0]) & (np.abs(other.loss - wanted.loss[0]) < 1e-12)
        return bool(np.any(alike))

    assert holds_it(1.0, "sqrt(a) / exp(b)", near.text())
    assert not holds_it(0.0, "sqrt(a) / exp(b)", near.text())
    assert not holds_it(1.0, "sqrt(a) / exp(b)")


def test_guess_is_scored_first() -> None:
    outcome = search(law_problem(), Budget(evaluations=50), guesses=[parse("exp(-1.2 * b) * sqrt(a)")])
    assert outcome.front[-1].loss < 1e-20


def test_guess_outside_the_language_is_left_out() -> None:
    outcome = search(law_problem(), Budget(evaluations=50), guesses=[parse("sin(a)")])
    assert all("sin" not in entry.expression.text() for entry in outcome.front)


@pytest.fixture
def partly_undefined() -> Problem:
    """Many rows, of which one that is not probed leaves sqrt(x) undefined and another 1/x infinite."""
    rng = np.random.Generator(np.random.Philox(3))
    x = rng.uniform(0.5, 4.0, 3_000)
    y = np.sqrt(x)
    middle = np.argsort(y)[1_500:1_502]
    x[middle[0]], x[middle[1]] = -1.0, 0.0
    return make_problem(x[:, None], y, Language.of(["x"], ["sqrt", "/", "*", "+"], max_complexity=8), seed=0)


@pytest.mark.long
def test_a_formula_undefined_in_one_row_is_out(partly_undefined: Problem) -> None:
    assert not {1_500, 1_501} & set(partly_undefined.probe_places.tolist())
    outcome = search(partly_undefined, Budget(evaluations=4_000), seed=1)
    columns = {"x": partly_undefined.rows.X[0]}
    assert outcome.front
    for entry in outcome.front:
        assert np.all(np.isfinite(reference.values(entry.expression, columns))), entry.expression


@pytest.mark.skipif(JIT_DISABLED, reason="nothing is compiled")
def test_an_epoch_refuses_halves_compiled_for_other_arguments() -> None:
    arguments = arguments_of(law_problem().language)
    wrong = Parts(*(np.full(2, -1, np.int64) for _ in range(3)))
    given = arguments["epoch"]._replace(parts=wrong)
    assert run_epoch(given, arguments["island"], arguments["workspace"]) == 1


@pytest.mark.long
def test_numerical_trouble_of_searchers_shows_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    x = np.array([1e-3, 0.4, 5.2, 19.0, 39.5, 67.9, 300.0, 700.0])
    problem = make_problem(x[:, None], x**1.5, Language.of(["x"], ["+", "-", "*", "/", "exp", "square"]))
    search(problem, Budget(evaluations=400_000), threads=2)
    assert [str(warning.message) for warning in recwarn] == []
