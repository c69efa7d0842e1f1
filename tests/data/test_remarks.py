"""Remarks on numbers that may be meant otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.data import Table, read_table

RNG = np.random.default_rng(3)
X = np.round(RNG.uniform(1, 9, 40), 3)


def noted(source: dict[str, object], target: str = "y") -> tuple[str, ...]:
    table: Table = read_table(source, target=target)
    return table.notes


@pytest.mark.parametrize("name", ["T [degC]", "T (°C)", "temp_F", "temperature in Celsius"])
def test_a_scale_with_a_conventional_zero_is_named(name: str) -> None:
    (said,) = noted({name: X, "y": np.sqrt(X)})
    assert repr(name) in said and "kelvin" in said


@pytest.mark.parametrize("name", ["T [K]", "degree", "F", "c_deg"])
def test_other_names_are_not(name: str) -> None:
    assert noted({name: X, "y": np.sqrt(X)}) == ()


def test_a_column_of_zeros_but_for_few_rows_is_named() -> None:
    spikes = np.where(np.arange(40) == 7, 2.5, 0.0)
    (said,) = noted({"x": X, "spikes": spikes, "y": np.sqrt(X)})
    assert "'spikes' is 0 in 98% of the rows" in said
    assert noted({"x": X, "flag": (spikes > 0).astype(float), "y": np.sqrt(X)}) == ()


def test_copies_of_rows_are_counted() -> None:
    twice = np.r_[X, X]
    (said,) = noted({"x": twice, "y": np.sqrt(twice)})
    assert said.startswith("40 of 80 rows are copies of others")


@pytest.mark.parametrize("column", [np.round(np.sqrt(X), 2), np.round(1000 * np.sqrt(X)), np.sqrt(X) / 100])
def test_a_column_that_is_the_target_but_for_rounding_is_a_leak(column: object) -> None:
    (said,) = noted({"x": X, "copy": column, "y": np.round(np.sqrt(X), 4)})
    assert "'copy' is the target 'y'" in said and "leave it out" in said


def test_a_law_of_one_column_is_no_leak() -> None:
    assert noted({"x": X, "y": 3.0 * X}) == ()
    assert noted({"x": X, "y": X + 0.1 * RNG.normal(size=40)}) == ()


def test_a_column_of_few_digits_that_end_with_the_targets_looks_like_an_error_bar() -> None:
    y, bar = np.round(20 * np.sqrt(X), 1), np.round(RNG.uniform(0.1, 1.9, 40), 1)
    (said,) = noted({"x": X, "u": bar, "y": y})
    assert "'u' looks like an error bar of 'y'" in said and "y_std" in said
    assert noted({"x": X, "u": np.round(RNG.uniform(1, 99, 40), 1), "y": y}) == ()
