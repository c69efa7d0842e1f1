"""Fitting sums of terms: coefficients exactly, constants by variable projection."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw.language.grammar import Language
from symlaw.search.sparse.writing import Writer
from symlaw.search.terms.columns import Columns
from symlaw.search.terms.families import FAMILIES, Family, families_of
from symlaw.search.terms.fitting import Ground
from symlaw.search.terms.sums import Atom, Sum, Term, unknown

Array = NDArray[np.float64]
KNOWN = families_of(Writer(Language.of(["u"], max_complexity=60)))
BY_TEXT = {family.text: family for family in FAMILIES}
NONE = np.zeros(0)


def columns(n_rows: int = 300, seed: int = 1) -> Array:
    """Three columns between 0.5 and 3."""
    return np.random.Generator(np.random.Philox(seed)).uniform(0.5, 3.0, (3, n_rows))


def ground_of(y: Array, X: Array, weights: Array | None = None) -> Ground:
    """Rows with all families."""
    return Ground(Columns(X, KNOWN), y, np.ones(len(y)) if weights is None else weights)


def term(*atoms: tuple[str, int], open: tuple[int, ...] = ()) -> Term:
    """A term by texts of families and columns."""
    return Term(tuple(Atom(BY_TEXT[text], column) for text, column in atoms), open)


def test_coefficients_and_losses_are_those_of_least_squares() -> None:
    X = columns()
    rng = np.random.Generator(np.random.Philox(2))
    weights = rng.uniform(0.5, 2.0, 300)
    y = 3.0 + 2.0 * X[0] - X[1] ** 2 + 0.1 * rng.standard_normal(300)
    ground = ground_of(y, X, weights)
    asked = Sum((term(("u", 0)), term(("exp(a * u)", 2)), term(("u**2", 1))), (NONE, np.array([0.7]), NONE))
    fitted = ground.fit(asked, 0)
    assert fitted is not None
    design = np.column_stack([np.ones(300), X[0], np.exp(0.7 * X[2]), X[1] ** 2])
    root = np.sqrt(weights)
    expected, left = np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[:2]
    np.testing.assert_allclose(fitted.coefficients[1:] * ground.norm, expected[1:], rtol=1e-8)
    np.testing.assert_allclose(fitted.coefficients[0] * ground.norm + ground.centre, expected[0], rtol=1e-8)
    mean = np.average(y, weights=weights)
    assert fitted.loss == pytest.approx(left[0] / np.sum(weights * (y - mean) ** 2))


def test_constants_inside_several_terms_are_found() -> None:
    X = columns()
    y = 2.0 * np.exp(-1.3 * X[0]) - X[1] / (0.8 + X[1]) + 0.5 * np.cos(2.1 * X[2])
    ground = ground_of(y, X)
    begun = (np.array([-1.0]), np.array([1.5]), np.array([1.8]))
    asked = Sum((term(("exp(a * u)", 0)), term(("u / (a + u)", 1)), term(("cos(a * u)", 2))), begun)
    fitted = ground.fit(asked, 60, little=0.0)
    assert fitted is not None and fitted.loss < 1e-24
    np.testing.assert_allclose(fitted.flat, [-1.3, 0.8, 2.1], rtol=1e-8)


def test_an_unknown_part_does_not_hide_a_wave() -> None:
    X = columns()
    y = np.sin(X[0]) * np.log(X[1]) + 0.3 * np.cos(2.5 * X[2])
    ground = ground_of(y, X)
    fitted = ground.fit(Sum((Term((), (0, 1)), term(("cos(a * u)", 2))), (NONE, np.array([2.2]))), 20)
    assert fitted is not None and fitted.loss < 1e-5
    np.testing.assert_allclose(fitted.flat, [2.5], atol=1e-3)


def test_what_is_held_stays() -> None:
    X = columns()
    ground = ground_of(np.exp(-X[0]) + np.exp(-2.0 * X[1]), X)
    asked = Sum((term(("exp(a * u)", 0)), term(("exp(a * u)", 1))), (np.array([-0.8]), np.array([-1.0])))
    held = ground.fit(asked, 30, held=1)
    assert held is not None and held.constants[0] == -0.8 and held.constants[1] != -1.0
    values = [
        c * f
        for c, f in zip(
            held.coefficients[1:], (np.exp(-0.8 * X[0]), np.exp(held.flat[1] * X[1])), strict=True
        )
    ]
    own = (np.sum(values, axis=0) + held.coefficients[0]) * ground.norm + ground.centre
    left = np.mean((np.exp(-X[0]) + np.exp(-2.0 * X[1]) - own) ** 2) / np.var(
        np.exp(-X[0]) + np.exp(-2.0 * X[1])
    )
    assert held.loss == pytest.approx(left, rel=1e-6)


def test_a_constant_that_makes_a_simpler_family_is_no_fit() -> None:
    X = columns()
    ground = ground_of(X[0] + 0.1 * X[1], X)
    # an exponential function that hardly bends is a line
    line = Sum((term(("exp(a * u)", 0)),), (np.array([1e-3]),))
    assert not ground.within(line) and ground.fit(line, 0) is None


def test_functions_that_are_the_same_on_the_rows_do_no_harm() -> None:
    X = columns()
    X[1] = X[0]
    ground = ground_of(np.sin(X[0]), X)
    fitted = ground.fit(unknown((0, 1, 2)), 0)
    assert fitted is not None and np.isfinite(fitted.loss) and fitted.loss < 1e-4


def test_values_that_are_not_finite_are_no_fit() -> None:
    X = columns()
    ground = ground_of(X[0], X)
    with np.errstate(all="ignore"):
        assert ground.fit(Sum((term(("exp(a * u)", 0)),), (np.array([1e6]),)), 3) is None


def test_families_compare_by_value() -> None:
    assert Family("u") == BY_TEXT["u"] and Family("u") in KNOWN
