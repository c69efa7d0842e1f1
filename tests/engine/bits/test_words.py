"""Words of 64 rows have the truths that NumPy has row by row."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.bits.words import evaluate_words, packed, unpacked, wrong_rows_of_each
from symlaw.engine.reference import values
from symlaw.language import operator_table, parse
from symlaw.language.types import Type
from symlaw.testing.formulas import random_formula

LOGICAL = [row for row in operator_table().values() if row.is_logical]
NAMES = ("a", "b", "c", "d")


@pytest.mark.parametrize("n_rows", [1, 63, 64, 65, 20_000])
def test_packing_comes_back(n_rows: int) -> None:
    truths = np.random.Generator(np.random.Philox(n_rows)).random((3, n_rows)) < 0.5
    words = packed(truths)
    assert words.shape == (3, -(-n_rows // 64))
    np.testing.assert_array_equal(unpacked(words, n_rows), truths)


def test_operators_of_truths_are_there() -> None:
    names = {row.name for row in LOGICAL}
    assert names == {"and", "or", "xor", "not", "nand", "nor", "implies", "mux"}
    assert all(row.result_type is Type.BOOLEAN for row in LOGICAL)


@pytest.mark.parametrize("n_rows", [5, 64, 200, 17_000])
def test_random_formulas_have_the_truths_of_numpy(n_rows: int) -> None:
    rng = np.random.Generator(np.random.Philox(n_rows))
    truths = rng.random((4, n_rows)) < 0.5
    laws = [
        random_formula(rng, LOGICAL, NAMES, int(rng.integers(0, 20)), truths=NAMES, kind=Type.BOOLEAN)
        for _ in range(60)
    ]
    laws += [parse("1"), parse("0"), parse("a")]
    found = unpacked(evaluate_words(laws, packed(truths), NAMES), n_rows)
    columns = dict(zip(NAMES, truths.astype(float), strict=True))
    for law, own in zip(laws, found, strict=True):
        np.testing.assert_array_equal(own, values(law, columns) != 0, err_msg=str(law))


def test_wrong_rows_are_weighed() -> None:
    rng = np.random.Generator(np.random.Philox(1))
    found, target = rng.random((7, 150)) < 0.5, rng.random(150) < 0.5
    weights = rng.integers(0, 8, 150)
    planes = packed([(weights >> digit) & 1 for digit in range(3)])
    out = np.zeros(7)
    wrong_rows_of_each(packed(found), packed(target), planes, np.array([1.0, 2.0, 4.0]), out)
    np.testing.assert_array_equal(out, [np.sum(weights * (one != target)) for one in found])
