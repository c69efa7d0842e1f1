"""The step of numbers that were rounded."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.trust.rounding import step_of

CURVE = 9.3 * np.sqrt(np.linspace(1, 30, 60)) - 20.0


@pytest.mark.parametrize("step", [1e-4, 0.01, 0.05, 0.2, 0.25, 0.125, 0.5, 1.0, 2.0, 5.0])
def test_step_of_rounded_numbers_is_found(step: float) -> None:
    assert step_of(step * np.round(CURVE / step)) == step


@pytest.mark.parametrize("step", [1e-250, 1e-30, 1e-9, 1e6, 25e8, 1e200])
def test_steps_of_any_size_are_found(step: float) -> None:
    assert step_of(step * np.round(CURVE)) == pytest.approx(step, rel=1e-15)


def test_numbers_that_were_not_rounded_have_no_step() -> None:
    assert step_of(CURVE) is None
    assert step_of(np.arange(1, 50) / 7) is None
    assert step_of(1e12 + np.sin(CURVE)) is None


def test_single_precision_is_no_step() -> None:
    assert step_of(CURVE.astype(np.float32)) is None
    assert step_of((1e9 * CURVE).astype(np.float32)) is None


def test_short_numbers_in_single_precision_have_their_step() -> None:
    assert step_of(np.round(CURVE * 4).astype(np.float32) / 4) == 0.25


def test_significant_digits_have_the_step_of_the_finest_number() -> None:
    numbers = [float(f"{value:.3g}") for value in np.geomspace(0.0123, 4560, 40)]
    assert step_of(numbers) == 1e-4


def test_counts_have_a_step_of_one() -> None:
    assert step_of(np.random.default_rng(0).poisson(3.0, 100)) == 1.0


def test_two_levels_have_no_step() -> None:
    assert step_of(np.repeat([5.0, 7.0], 30)) is None
    assert step_of(np.repeat([0, 1], 30)) is None
    assert step_of([]) is None


def test_few_even_numbers_are_no_step_of_two() -> None:
    assert step_of([2.0, 4.0, 6.0, 12.0]) == 1.0


def test_missing_numbers_do_not_count() -> None:
    assert step_of([0.1, 0.2, np.nan, 0.4, np.inf, 0.7]) == 0.1


def test_one_finer_number_among_many_is_seen() -> None:
    numbers = np.arange(1.0, 5001.0)
    numbers[1234] += 0.001
    assert step_of(numbers) == 0.001


def test_six_readings_have_a_step() -> None:
    assert step_of(np.round(np.sqrt(np.arange(1, 7) / 9.81), 2)) == 0.01
