"""The straight line through values: scale, centre, what is left, and spread."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.fit import Rows, make_rows
from symlaw.engine.reduce import line_sums, straight_line

RNG = np.random.Generator(np.random.Philox(6))
TARGET = RNG.normal(2.0, 1.0, 131)
WEIGHTS = RNG.uniform(0.1, 3.0, 131)


def line_of(f: np.ndarray, rows: Rows) -> np.ndarray:
    """Scale, centre, mean square left, spread."""
    line = np.zeros(4)
    straight_line(np.ascontiguousarray(f), rows, np.zeros((2, len(f))), line)
    return line


def rows_of(target: np.ndarray, weights: np.ndarray | None = None) -> Rows:
    """Rows without columns."""
    return make_rows(np.zeros((1, len(target))), target, weights)


@pytest.mark.parametrize("n_rows", [2, 7, 8, 9, 16, 131])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("size", [1.0, 1e-200, 1e-30, 1e30, 1e200, -3.0])
def test_line_is_the_least_squares_line(n_rows: int, weighted: bool, size: float) -> None:
    f = RNG.normal(1.0, 2.0, n_rows)
    weights = WEIGHTS[:n_rows] if weighted else None
    rows = rows_of(TARGET[:n_rows], weights)
    scale, centre, left, spread = line_of(size * f, rows)
    expected_scale, offset, expected_left = reference.scale_and_offset(f, rows.target, weights)
    np.testing.assert_allclose(scale * size, expected_scale, rtol=1e-9)
    np.testing.assert_allclose(-scale * centre, offset, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(left, expected_left, rtol=1e-9, atol=1e-28)
    deviation = np.sqrt(np.average((f - np.average(f, weights=weights)) ** 2, weights=weights))
    np.testing.assert_allclose(spread, abs(size) * deviation, rtol=1e-12)


@pytest.mark.parametrize("value", [0.0, 1.0, -1e-300, 1e300, 0.1])
def test_constant_values_explain_nothing(value: float) -> None:
    rows = rows_of(TARGET)
    scale, _, left, spread = line_of(np.full(131, value), rows)
    assert (scale, left, spread) == (0.0, rows.variance, 0.0)


def test_values_constant_to_rounding_explain_nothing() -> None:
    f = 1e6 + 1e-10 * RNG.normal(size=131)
    assert line_of(f, rows_of(TARGET))[0] == 0.0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", [0, 60, 130])
def test_a_value_that_is_not_finite_makes_the_formula_useless(bad: float, place: int) -> None:
    f = RNG.normal(size=131)
    f[place] = bad
    assert line_of(f, rows_of(TARGET))[2] == np.inf


def test_infinities_of_both_signs_make_the_formula_useless() -> None:
    f = RNG.normal(size=131)
    f[[3, 4]] = np.inf, -np.inf
    assert line_of(f, rows_of(TARGET))[2] == np.inf


def test_a_perfect_line_leaves_nothing() -> None:
    rows = rows_of(TARGET)
    assert line_of(3.0 - 2.0 * TARGET, rows)[2] < 1e-30


def test_weights_count_as_repeated_rows() -> None:
    counts = np.tile([1, 2, 3], 44)[:131]
    f = RNG.normal(size=131)
    weighted = line_of(f, rows_of(TARGET, counts.astype(float)))
    repeated = line_of(np.repeat(f, counts), rows_of(np.repeat(TARGET, counts)))
    np.testing.assert_allclose(weighted, repeated, rtol=1e-12)


def test_rows_are_centred() -> None:
    rows = rows_of(1e8 + TARGET, WEIGHTS)
    assert abs(np.sum(rows.weights * rows.target)) < 1e-6
    np.testing.assert_array_equal(rows.weighted_target, rows.weights * rows.target)


def test_sums_over_errors_keep_what_is_undefined() -> None:
    target, f, sums = np.array([1.0, 2.0, 4.0]), np.array([1.0, 1.0, 3.0]), np.zeros(5)
    line_sums(f, target, np.ones(3), 2.0, -1.0, 2.0, sums)
    np.testing.assert_allclose(sums, [0.5, 1.0, 1.0, 7.5, 2.75])
    line_sums(np.array([np.nan, 1.0, 3.0]), target, np.ones(3), 2.0, -1.0, 2.0, sums)
    assert np.all(np.isnan(sums))
