"""Measures of Boolean functions, against their definitions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import symlaw
from symlaw.data.logic.truths import every_row
from symlaw.tasks.logic.measures import measures_of

NAMES = ("a", "b", "c", "d")
ROWS = every_row(4)


@pytest.mark.parametrize("seed", range(6))
def test_measures_are_what_they_are_defined_as(seed: int) -> None:
    truths = np.random.default_rng(seed).random(16) < 0.5
    value = {tuple(row): bool(truth) for row, truth in zip(ROWS.tolist(), truths, strict=True)}
    found = measures_of(truths, NAMES)

    def flipped(row: tuple[bool, ...], place: int) -> tuple[bool, ...]:
        return (*row[:place], not row[place], *row[place + 1 :])

    for place, name in enumerate(NAMES):
        assert found.influence[name] == np.mean([value[row] != value[flipped(row, place)] for row in value])
    assert found.sensitivity == max(
        sum(value[row] != value[flipped(row, k)] for k in range(4)) for row in value
    )
    for k in range(5):
        for subset in itertools.combinations(range(4), k):
            own = tuple(NAMES[place] for place in subset)
            mean = np.mean([(-1) ** (value[row] + sum(row[place] for place in subset)) for row in value])
            assert found.spectrum.get(own, 0.0) == pytest.approx(mean)
    for row in value:
        products = [all(row[NAMES.index(name)] for name in term) for term in found.polynomial]
        assert value[row] == bool(sum(products) % 2)
    for one, other in itertools.combinations(range(4), 2):
        swapped = {row: value[_exchanged(row, one, other)] for row in value}
        together = any({NAMES[one], NAMES[other]} <= set(group) for group in found.symmetric)
        assert together == (swapped == value)


def _exchanged(row: tuple[bool, ...], one: int, other: int) -> tuple[bool, ...]:
    cells = list(row)
    cells[one], cells[other] = cells[other], cells[one]
    return tuple(cells)


def test_parities_are_linear_and_thresholds_are_monotone() -> None:
    parity = measures_of(ROWS[:, 0] ^ ROWS[:, 2], NAMES)
    assert parity.is_linear
    assert not parity.is_monotone
    assert parity.relevant == ("a", "c")
    assert parity.spectrum == {("a", "c"): 1.0}
    threshold = measures_of(ROWS.sum(axis=1) >= 3, NAMES)
    assert threshold.is_monotone
    assert not threshold.is_linear
    assert threshold.symmetric == (NAMES,)


def test_a_law_has_the_measures_of_its_formula() -> None:
    said = str(symlaw.boolean("0110").measures())
    assert "is: linear" in said
    assert "inputs that can be exchanged: x0 = x1" in said
