"""Problems: the target brought to ordinary size, and the rows chosen for first opinions."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language.grammar import Language
from symlaw.search.problem import PROBE_ROWS, SAMPLE_ROWS, Problem, make_problem

LANGUAGE = Language.of(["x"], ["+", "*"])


def made(n_rows: int = 50, unit: float = 1.0, weights: np.ndarray | None = None, seed: int = 0) -> Problem:
    """A problem of one column."""
    rng = np.random.Generator(np.random.Philox(9))
    x = rng.normal(size=(n_rows, 1))
    return make_problem(x, unit * (x[:, 0] ** 2 + 4.0), LANGUAGE, weights=weights, seed=seed)


@pytest.mark.parametrize("unit", [1.0, 1e-300, 1e-30, 1e30, 1e300])
def test_target_has_mean_0_and_mean_square_1(unit: float) -> None:
    rows = made(unit=unit).rows
    np.testing.assert_allclose([np.mean(rows.target), np.mean(rows.target**2)], [0.0, 1.0], atol=1e-12)


def test_target_is_regained_from_centre_and_scale() -> None:
    problem = made(unit=1e5)
    np.testing.assert_allclose(
        problem.rows.target * problem.y_scale + problem.y_centre, problem.y, rtol=1e-13
    )


def test_weights_count_in_mean_and_scale() -> None:
    weights = np.linspace(0.0, 2.0, 50)
    problem = made(weights=weights)
    np.testing.assert_allclose(problem.y_centre, np.average(problem.y, weights=weights), rtol=1e-13)


@pytest.mark.parametrize("n_rows", [3, PROBE_ROWS, PROBE_ROWS + 1, SAMPLE_ROWS + 1])
def test_probe_and_sample_are_of_their_size(n_rows: int) -> None:
    problem = made(n_rows)
    assert len(problem.probe.target) <= PROBE_ROWS
    assert len(problem.sample.target) <= SAMPLE_ROWS
    assert len(problem.sample.target) == min(n_rows, SAMPLE_ROWS)


def test_probe_rows_are_distinct_rows_of_the_data() -> None:
    problem = made(5_000)
    assert len(set(problem.probe_places.tolist())) == len(problem.probe_places)
    np.testing.assert_array_equal(problem.probe.X, problem.rows.X[:, problem.probe_places])


def test_probe_rows_have_the_extremes_of_the_target() -> None:
    problem = made(5_000)
    chosen = problem.y[problem.probe_places]
    assert (chosen.min(), chosen.max()) == (problem.y.min(), problem.y.max())


def test_same_seed_chooses_the_same_rows() -> None:
    np.testing.assert_array_equal(made(5_000, seed=4).probe_places, made(5_000, seed=4).probe_places)


def test_rows_without_weight_are_never_probed() -> None:
    weights = np.ones(300)
    weights[::2] = 0.0
    assert np.all(made(300, weights=weights).probe_places % 2 == 1)
