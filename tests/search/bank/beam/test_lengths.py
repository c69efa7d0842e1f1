"""Lengths of descriptions from sums over the rows are those of fits by least squares."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symlaw.knowledge.priors.expected import FRAMES
from symlaw.search.bank.beam import lengths

JOINS = {
    lengths.SUM: np.add,
    lengths.DIFFERENCE: np.subtract,
    lengths.PRODUCT: np.multiply,
    lengths.QUOTIENT: np.divide,
    lengths.TURNED_QUOTIENT: lambda first, other: other / first,
}


def by_least_squares(f: np.ndarray, y: np.ndarray, size: int) -> float:
    """Nats for a formula of these values with the best of the four forms."""
    if not np.all(np.isfinite(f)) or np.ptp(f) == 0.0:
        return math.inf
    found = []
    for (scale, offset), probability in FRAMES.items():
        terms = [f if scale else None, np.ones_like(f) if offset else None]
        design = np.array([term for term in terms if term is not None]).reshape(-1, len(f)).T
        rest = y - (0.0 if scale else f)
        rest = rest - design @ np.linalg.lstsq(design, rest, rcond=None)[0] if scale or offset else rest
        k, n = design.shape[1], len(y)
        fit = 0.5 * (n - k) * math.log(np.mean(rest**2))
        found.append(-math.log(probability) + 0.5 * k * math.log(n) + fit)
    return min(found) + 2.3 * size


@pytest.fixture(scope="module")
def table() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Formulas, others with a zero and a constant among them, a target, and sizes."""
    rng = np.random.default_rng(0)
    first, others, y = rng.normal(size=(7, 9)), rng.normal(size=(11, 9)), rng.normal(size=9)
    others[3, 4], first[2, 1], others[5] = 0.0, 0.0, 0.0
    return first, others, y / np.std(y), rng.integers(2, 9, (7, 11))


@pytest.mark.parametrize("join", JOINS)
def test_joins_are_measured_as_least_squares_would(table, join) -> None:  # type: ignore[no-untyped-def]
    first, others, y, sizes = table
    with np.errstate(all="ignore"):
        values = JOINS[join](first[:, None], others[None])
        expected = [
            [by_least_squares(f, y, n) for f, n in zip(*row, strict=True)]
            for row in zip(values, sizes, strict=True)
        ]
        most = np.full(7, np.median(expected))
        found = np.empty((7, 11))
        figures = lengths.figures_of(y, 2.3, FRAMES)
        lengths.lengths_of_joins(first, others, sizes, join, y, figures, most, found)
    np.testing.assert_allclose(found, np.where(expected < most[:, None], expected, math.inf), rtol=1e-9)
    assert 0 < np.isfinite(found).sum() < found.size


def test_formulas_are_measured_as_least_squares_would(table) -> None:  # type: ignore[no-untyped-def]
    _, others, y, sizes = table
    found = np.empty(11)
    lengths.lengths_of(others, sizes[0], y, lengths.figures_of(y, 2.3, FRAMES), found)
    expected = [by_least_squares(f, y, size) for f, size in zip(others, sizes[0], strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert found[5] == math.inf
