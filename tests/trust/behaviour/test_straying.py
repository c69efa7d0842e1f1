"""Poles and values that explode in reach of new rows are found, and laws that have none there are not."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.trust.behaviour.straying import EXPLODES, POLE, UNDEFINED, reachable, straying
from symlaw.trust.constants.fit import Sample

RNG = np.random.default_rng(0)
# x and z hardly ever lie apart; d has two values, p is positive, h has a heavy tail
BASE = RNG.normal(size=80)
X = np.column_stack([
    BASE, BASE + 0.05 * RNG.normal(size=80), (RNG.random(80) < 0.5).astype(float),
    RNG.uniform(0.2, 5.0, 80), np.exp(1.5 * RNG.normal(size=80)),
])  # fmt: skip
ROWS = Sample(X, 3.0 * BASE + RNG.normal(size=80), ("x", "z", "d", "p", "h"), np.ones(80))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("x + 0.01 / (x - z + 0.3)", POLE),
        ("x + 0.01 / (x - 1.2345)**2", POLE),
        ("x + 0.001 * tan(3 * x)", POLE),
        ("x + 0.01 * log(x + 2.6)", UNDEFINED),
        ("x + sqrt(x + 2.6)", UNDEFINED),
        ("x + 1e-3 * exp(h)", EXPLODES),
        ("0.02 * h**2 * p", EXPLODES),
    ],
)
def test_what_new_rows_may_meet_is_found(formula: str, reason: str) -> None:
    assert straying(parse(formula), ROWS) == reason


@pytest.mark.parametrize(
    "formula",
    ["3.1 * x", "x + z - d", "1 / p", "2 / (d + 1)", "1 / (1 + x**2)", "log(p)", "sqrt(h)", "2.5"],
)
def test_what_stays_near_the_target_is_let_be(formula: str) -> None:
    assert straying(parse(formula), ROWS) == ""


def test_the_box_is_wider_but_signs_and_two_values_stay() -> None:
    box = reachable(ROWS)
    assert box.low[0] < X[:, 0].min()
    assert box.high[0] > X[:, 0].max()
    assert (box.low[2], box.high[2]) == (0.0, 1.0)
    assert 0.0 < box.low[3] < X[:, 3].min()
