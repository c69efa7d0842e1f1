"""Weak forms, choices of terms, sums, and fits through the solver."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.dynamics.data import Names, Trajectory
from symlaw.search.dynamics.judging import Judge
from symlaw.search.dynamics.measured.noise import smoothed
from symlaw.search.dynamics.measured.weak import grid_of, windows_of
from symlaw.search.dynamics.proposing.selection import backwards, coefficients, forwards
from symlaw.search.dynamics.shooting import Shooting, System
from symlaw.search.dynamics.sums import expanded, parts_of, scaled, total, with_free_constants
from symlaw.search.dynamics.systems import stretches
from tests.search.dynamics.systems import PENDULUM, PREY, measured

NAMES = Names(("x", "y"), (), "t")


def prey(**how) -> Trajectory:
    given = measured(PREY, **how)
    return Trajectory(given["t"], np.column_stack([given["x"], given["y"]]), np.zeros((len(given["t"]), 0)))


def test_weak_forms_hold_for_the_true_rates() -> None:
    data = smoothed([prey(count=300, noise=0.0)])
    grid = grid_of(data, NAMES)
    x, y = grid.columns["x"], grid.columns["y"]
    for width in (0.03, 0.1):
        windows = windows_of(data, grid, width)
        np.testing.assert_allclose(windows.seen(1.1 * x - 0.4 * x * y), windows.targets[:, 0], atol=2e-4)


def test_terms_are_chosen_forwards_and_backwards() -> None:
    generator = np.random.default_rng(0)
    A = generator.standard_normal((80, 12))
    b = 2.0 * A[:, 3] - A[:, 7] + 0.5 * A[:, 9]
    best = min(forwards(A, b, 3, np.arange(12)), key=lambda one: one.left)
    assert best.places == (3, 7, 9) and best.left < 1e-12
    three = next(one for one in backwards(A, b, np.arange(12), 5) if len(one.places) == 3)
    assert three.places == (3, 7, 9)
    np.testing.assert_allclose(coefficients(A, b, (3, 7, 9)), [2.0, -1.0, 0.5])


def test_of_terms_of_one_form_the_best_is_kept() -> None:
    x = np.linspace(0.0, 3.0, 60)
    rates = np.array([0.5, 1.0, 2.0])
    A = np.exp(-np.outer(x, rates))
    found = forwards(A, A[:, 1], 1, np.zeros(3, dtype=int))
    assert [one.places for one in found] == [(1,)]


def test_a_sum_taken_apart_is_put_together_again() -> None:
    formula = parse("2.0 * x - (y - 0.5 * sin(1.5 * x)) - 3.0")
    again = total(parts_of(formula))
    point = {"x": np.array([0.3, 1.7]), "y": np.array([2.0, -1.0])}
    np.testing.assert_allclose(again.evaluate(point), formula.evaluate(point))


def test_a_coefficient_goes_above_the_line() -> None:
    assert scaled(3.0, parse("1 / (2.5 + x)")).text() == "3.0 / (2.5 + x)"
    assert scaled(3.0, parse("x * y")).text() == "3.0 * (x * y)"


def test_structure_is_not_fitted() -> None:
    changed = with_free_constants([parse("1 / (2.5 + x**4)")], [7.0])[0]
    assert changed.text() == "1.0 / (7.0 + x**4.0)"


@pytest.mark.long
def test_a_fit_through_the_solver_finds_constants_and_errors() -> None:
    data = smoothed([prey(count=120, noise=0.02)])
    shooting = Shooting(stretches(data, 2, 1))
    start = System((parse("1.05 * x - 0.3 * x * y"), parse("0.12 * x * y - 0.5 * y")), NAMES.columns)
    fit = shooting.fit(start, most=25)
    assert fit is not None
    values, errors = fit.system.constants, np.sqrt(np.diag(fit.covariance()))
    truth = np.array([1.1, 0.4, 0.1, 0.4])
    np.testing.assert_allclose(values, truth, rtol=0.05)
    assert np.all(np.abs(values - truth) < 4.0 * errors)
    assert np.all(errors < 0.02 * truth + 0.01)


def test_the_true_system_has_the_shorter_description() -> None:
    data = smoothed([prey(count=120, noise=0.02)])
    shooting, judge = Shooting(stretches(data, 2, 1)), Judge(np.full(2, 1e-6))
    texts = {
        "true": ("1.1 * x - 0.4 * x * y", "0.1 * x * y - 0.4 * y"),
        "short": ("1.1 * x - 0.4 * x * y", "0.5 * x - 0.4 * y"),
        "long": ("1.1 * x - 0.4 * x * y + 0.001 * x**2", "0.1 * x * y - 0.4 * y"),
    }
    fits = {
        name: shooting.fit(System(tuple(map(parse, each)), NAMES.columns), most=15)
        for name, each in texts.items()
    }
    lengths = {name: judge.length(fit) for name, fit in fits.items() if fit is not None}
    assert min(lengths, key=lengths.__getitem__) == "true"


def test_what_cannot_be_solved_is_none() -> None:
    given = measured(PENDULUM, count=40)
    run = Trajectory(given["t"], np.column_stack([given["x"], given["v"]]), np.zeros((40, 0)))
    shooting = Shooting(stretches(smoothed([run]), 1, 1))
    system = System((parse("exp(9.0 * x)"), parse("exp(9.0 * v)")), ("x", "v", "t"))
    assert shooting.fit(system) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y * (1.5 - 0.5 * x)", "1.5 * y + -0.5 * (x * y)"),
        ("2.0 * (x - x * y / (1.0 + x**2))", "2.0 * x + -2.0 * (x * y / (1.0 + x**2))"),
        ("(x**2 - cos(y)) / x", "x + -1.0 * (cos(y) / x)"),
        ("x * x / (4.0 * x)", "0.25 * x"),
        ("0.5 * tanh(0.52 * x - 0.25)", "0.5 * tanh(0.52 * x - 0.25)"),
        ("(x + y + 1.0)**2 * (x - y + 2.0)", "(x + y + 1.0)**2 * (x - y + 2.0)"),
    ],
)
def test_products_of_sums_are_multiplied_out(text: str, expected: str) -> None:
    assert str(expanded(parse(text), ["x", "y"])) == expected
