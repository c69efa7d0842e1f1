"""Searches under other losses than squared errors find what these are for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.losses.table import LOSSES, loss_named
from symlaw.errors import InvalidSetting
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Outcome, search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.expected_errors import residual_scale
from symlaw.search.scoring.log_odds import linked, unlinked
from symlaw.search.searchers import searchers_named
from symlaw.search.searchers.evolution import Evolution

RNG = np.random.Generator(np.random.Philox(21))
X = RNG.uniform(0.5, 3.0, (200, 2))
LAW = 2.5 * X[:, 0] / X[:, 1] + 0.5
OPERATORS = ("+", "-", "*", "/", "exp")
# 10% gross outliers, all to one side
SPOILT = np.where(np.arange(200) % 10 == 3, LAW + RNG.uniform(3.0, 30.0, 200), LAW)


def problem_of(y: np.ndarray, loss: str, weights: np.ndarray | None = None) -> Problem:
    """A small problem."""
    language = Language.of(["a", "b"], OPERATORS, max_complexity=9)
    return make_problem(X, y, language, weights=weights, loss=loss_named(loss))


def searched(problem: Problem, evaluations: int = 60_000, threads: int = 1) -> Outcome:
    """A search by evolution alone."""
    return search(
        problem, Budget(evaluations=evaluations), searchers=[Evolution(n_islands=2)], threads=threads
    )


def error(outcome: Outcome, truth: np.ndarray) -> float:
    """Smallest relative error on clean values of a formula on the front."""
    columns = dict(zip("ab", X.T, strict=True))
    values = [reference.values(entry.expression, columns) for entry in outcome.front]
    return min(float(np.median(np.abs(v - truth)) / np.std(truth)) for v in values)


@pytest.mark.long_but("huber")
@pytest.mark.parametrize("loss", ["absolute", "quantile:0.5", "huber", "log-cosh"])
def test_robust_losses_find_the_law_behind_gross_outliers(loss: str) -> None:
    assert error(searched(problem_of(SPOILT, loss)), LAW) < 0.03


def test_squared_errors_do_not() -> None:
    assert error(searched(problem_of(SPOILT, "squared")), LAW) > 0.1


def test_absolute_errors_meet_the_constants_exactly() -> None:
    assert error(searched(problem_of(SPOILT, "absolute")), LAW) < 1e-7


def test_a_quantile_leaves_its_share_of_rows_above() -> None:
    y = LAW * (1.0 + 0.5 * np.random.Generator(np.random.Philox(4)).exponential(size=200))
    columns = dict(zip("ab", X.T, strict=True))
    best = searched(problem_of(y, "quantile:0.9")).front[-1].expression
    assert np.mean(y <= reference.values(best, columns)) == pytest.approx(0.9, abs=0.02)


def test_the_rate_of_counts_is_found() -> None:
    counts = np.random.Generator(np.random.Philox(5)).poisson(20 * LAW).astype(float)
    outcome = searched(problem_of(counts, "poisson"))
    assert error(outcome, 20 * LAW) < 0.03
    assert 0.0 < outcome.front[-1].loss < 0.2


def test_the_boundary_between_labels_is_found() -> None:
    log_odds = 3.0 * X[:, 0] * X[:, 1] - 7.0
    labels = (np.random.Generator(np.random.Philox(6)).uniform(size=200) < 1 / (1 + np.exp(-log_odds))) * 1.0
    outcome = searched(problem_of(labels, "logistic"))
    structures = {unlinked(entry.expression).text() for entry in outcome.front}
    assert any("a * b" in text or "b * a" in text for text in structures)
    assert all(reference.values(e.expression, {"a": X[:, 0], "b": X[:, 1]}).min() >= 0 for e in outcome.front)
    assert error(outcome, 1 / (1 + np.exp(-log_odds))) < 0.1


@pytest.mark.parametrize("loss", ["absolute", "poisson", "logistic"])
def test_the_front_does_not_depend_on_the_number_of_threads(loss: str) -> None:
    y = (SPOILT > 2.0) * 1.0 if loss == "logistic" else SPOILT
    fronts = [searched(problem_of(y, loss), 6000, threads).front for threads in (1, 3)]
    assert [(e.loss, e.expression) for e in fronts[0]] == [(e.loss, e.expression) for e in fronts[1]]


@pytest.mark.parametrize("loss", ["absolute", "huber", "poisson"])
def test_losses_on_the_front_are_those_of_its_formulas(loss: str) -> None:
    weights = RNG.uniform(0.5, 2.0, 200)
    problem = problem_of(SPOILT, loss, weights)
    row, aim = problem.loss.row, problem.rows.loss
    columns = dict(zip("ab", X.T, strict=True))
    for entry in searched(problem, 6000).front:
        values = reference.values(entry.expression, columns)
        scaled, target = (values - problem.y_centre) / problem.y_scale, problem.rows.target
        cost = row.value(target + aim.shift, scaled + aim.shift, aim.parameter)
        assert entry.loss == pytest.approx(np.average(cost, weights=weights) / aim.null, rel=1e-7)


@pytest.mark.parametrize("name", ["sparse", "bank", "decomposition"])
def test_searchers_that_need_least_squares_say_so(name: str) -> None:
    (searcher,) = searchers_named([name])
    for loss in LOSSES:
        y = (SPOILT > 2.0) * 1.0 if loss == "logistic" else SPOILT
        objection = searcher.objection(problem_of(y, "quantile:0.9" if loss == "quantile" else loss))
        able = ("squared", "relative", "log") if name == "sparse" else ("squared", "relative")
        assert (objection is None) == (loss in able)


def test_tree_search_takes_other_losses() -> None:
    problem = problem_of(SPOILT, "absolute")
    outcome = search(problem, Budget(evaluations=4000), searchers=searchers_named(["tree_search"]))
    assert [tally.aside for tally in outcome.tallies] == [""]
    assert len(outcome.front) > 2


def test_who_stands_aside_is_in_the_report() -> None:
    problem = problem_of(SPOILT, "absolute")
    outcome = search(problem, Budget(evaluations=500), searchers=searchers_named(["bank", "evolution"]))
    aside = {tally.searcher: tally.aside for tally in outcome.tallies}
    assert aside == {"evolution": "", "bank": "it needs least squares"}


def test_a_search_that_everybody_objects_to_is_refused() -> None:
    with pytest.raises(InvalidSetting, match=r"'absolute' \(bank: it needs least squares\): add 'evolution'"):
        search(problem_of(SPOILT, "absolute"), Budget(evaluations=500), searchers=searchers_named(["bank"]))


def test_a_state_goes_on_after_pickling() -> None:
    problem, evolution = problem_of(SPOILT, "huber"), Evolution(n_islands=2)
    fronts = []
    for pickled in (False, True):
        archive = Archive(9, problem.loss_floor, 2**12)
        state = evolution.start(problem, 3)
        found = []
        for _ in range(3):
            proposals = evolution.ask(state, problem, archive.snapshot(), 400, map)
            found.append([float(genomes.loss[slot]) for genomes, slot in proposals.genomes])
            state = pickle.loads(pickle.dumps(state)) if pickled else state
        fronts.append(found)
    assert fronts[0] == fronts[1]


def test_relative_errors_are_weighted_squares() -> None:
    problem, weights = problem_of(LAW, "relative"), 1.0 / LAW**2
    weights *= 200 / weights.sum()
    plain = problem_of(LAW, "squared", weights)
    np.testing.assert_allclose(problem.rows.weights, plain.rows.weights)
    assert problem.y_centre == pytest.approx(plain.y_centre)


def test_a_link_comes_off_as_it_went_on() -> None:
    log_odds = parse("2 * a - b")
    assert unlinked(linked(log_odds)) == log_odds
    assert unlinked(log_odds) == log_odds


def test_the_scale_of_noise_is_that_of_the_noise() -> None:
    rows = np.random.Generator(np.random.Philox(9))
    x = rows.uniform(0, 1, (1, 800))
    y = 5.0 * x[0] + 0.1 * rows.normal(size=800)
    y[::15] += 100.0
    assert residual_scale(x, y) == pytest.approx(0.1, rel=0.5)
    assert residual_scale(x, 0.0 * y + (x[0] > 0.5)) > 0.0
