"""Conserved quantities, fixed points and sensitivity of known systems."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.dynamics.shooting import System
from symlaw.trust.dynamics.conserved import conserved
from symlaw.trust.dynamics.fixed_points import fixed_points
from symlaw.trust.dynamics.sensitivity import is_sensitive, sensitivity
from symlaw.trust.dynamics.solutions import Solver
from symlaw.trust.dynamics.symmetries import symmetries


def solver(*texts: str, states: tuple[str, ...] = ("x", "y"), is_map: bool = False) -> Solver:
    system = System(tuple(map(parse, texts)), (*states, "t"), (), is_map)
    return Solver(system, np.ones(len(states)))


def quantities(one: Solver, states: tuple[str, ...], low: float, high: float) -> list[str]:
    count, p = len(states), len(one.system.constants)
    found = conserved(one, states, np.full(count, low), np.full(count, high), np.eye(p) * 1e-8)
    return [str(each.quantity.with_constants(np.round(each.quantity.constants, 3))) for each in found]


def test_energies_are_found() -> None:
    assert len(quantities(solver("y", "-1.7 * x"), ("x", "y"), -1.0, 1.0)) == 1
    found = quantities(solver("1.1 * x - 0.4 * x * y", "0.1 * x * y - 0.4 * y"), ("x", "y"), 0.5, 9.0)
    assert len(found) == 1 and found[0].count("log") == 2


def test_a_rigid_body_has_two() -> None:
    body = solver("0.8 * y * z", "-1.2 * x * z", "0.5 * x * y", states=("x", "y", "z"))
    assert len(quantities(body, ("x", "y", "z"), -1.0, 1.0)) == 2


def test_a_planet_keeps_its_energy_and_its_angular_momentum() -> None:
    states = ("x", "y", "u", "w")
    planet = solver(
        "1.0004 * u", "1.0005 * w", "-1.0002 * x * (x**2 + y**2)**-1.5007",
        "-0.998 * y * (x**2 + y**2)**-1.504", states=states,
    )  # fmt: skip
    errors = np.full(len(planet.system.constants), 2e-3)
    low, high = np.array([-0.5, -0.6, -1.4, -1.9]), np.array([1.0, 0.6, 1.4, 0.8])
    found = conserved(planet, states, low, high, np.diag(errors**2))
    assert [one.quantity.variables for one in found] == [("x", "w", "y", "u"), ("u", "w", "x", "y")]
    assert not any(one.is_exact for one in found)


def test_functions_of_one_state_that_make_a_constant_are_no_quantity() -> None:
    # x, x**2, x**3, sin(x) and exp(x) are dependent but for their fourth derivatives
    assert quantities(solver("-1.0 * x", "0.3 * x - 0.4 * y"), ("x", "y"), 0.2, 1.0) == []


@pytest.mark.parametrize("texts", [("y", "-0.05 * y - 2.0 * x"), ("y", "1.5 * y - 1.5 * x**2 * y - x")])
def test_none_is_claimed_where_energy_is_lost(texts: tuple[str, str]) -> None:
    assert quantities(solver(*texts), ("x", "y"), -2.0, 2.0) == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("y", "-0.2 * y - 2.3 * sin(x)"), [("reflection", "-x, -y")]),
        (("y", "-2.3 * sin(x)"), [("time reversal", "-y, -t"), ("time reversal", "-x, -t")]),
        (("y", "-0.5 * y * abs(y)"), [("translation", "x + c for x"), ("reflection", "-x, -y"),
                                      ("scaling", "y*c^-1, t*c^1")]),
        (("y * (1.0 - x)", "x * (1.0 - y)"), [("exchange", "x and y exchanged")]),
        (("-1.0 * y - 0.1 * x", "x - 0.1 * y"), [("reflection", "-x, -y"), ("time reversal", ""),
                                                 ("rotation", "(x, y) turned by any angle"),
                                                 ("scaling", "x*c^1, y*c^1")]),
        (("1.3 * x - 0.2 * x**2 + y", "0.4 - y * x"), []),
    ],
)  # fmt: skip
def test_symmetries_are_found(texts: tuple[str, str], expected: list[tuple[str, str]]) -> None:
    one = solver(*texts)
    p = len(one.system.constants)
    found = symmetries(one, ("x", "y"), np.full(2, -1.5), np.full(2, 2.0), np.eye(p) * 1e-8)
    assert [(each.kind, each.text) for each in found] == [pair for pair in expected if pair[1]]


def test_fixed_points_have_kinds() -> None:
    found = fixed_points(solver("y", "-0.3 * y - 4.9 * sin(x)"), np.array([-4.0, -2.0]), np.array([4.0, 2.0]))
    kinds = {round(float(one.state[0]), 3): one.kind for one in found}
    assert kinds[0.0] == "stable focus" and kinds[3.142] == "saddle"


def test_a_map_has_fixed_points_too() -> None:
    found = fixed_points(solver("2.8 * x - 2.8 * x**2", states=("x",), is_map=True), np.zeros(1), np.ones(1))
    assert [one.kind for one in found] == ["unstable node", "stable node"]
    np.testing.assert_allclose(found[1].state[0], 1.0 - 1.0 / 2.8)


def test_chaos_is_sensitive_and_a_pendulum_is_not() -> None:
    chaos = solver("10.0 * (y - x)", "x * (28.0 - z) - y", "x * y - 2.6667 * z", states=("x", "y", "z"))
    seen = sensitivity(chaos, np.array([1.0, 2.0, 20.0]), 60.0)
    assert is_sensitive(seen, 10.0) and 0.6 < seen.exponent < 1.2
    calm = sensitivity(solver("y", "-0.3 * y - 4.9 * sin(x)"), np.array([1.0, 0.0]), 40.0)
    assert not is_sensitive(calm, 10.0)


def test_stiff_systems_are_solved_implicitly() -> None:
    stiff = solver("-200000.0 * x + 200000.0 * y", "-0.5 * y")
    times = np.array([0.0, 1.0, 5.0])
    found = stiff.solve(np.array([2.0, 1.0]), times).states
    np.testing.assert_allclose(found[1:, 0], np.exp(-0.5 * times[1:]), rtol=1e-3)
