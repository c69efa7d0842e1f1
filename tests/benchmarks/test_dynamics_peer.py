"""What the benchmark beside pysindy counts."""

from __future__ import annotations

import argparse

import numpy as np
import pytest

from benchmarks.dynamics_peer import Problem, f1, fitted_peer, from_chaotic, terms_of_peer

DECAY = Problem(["x", "y"], ["-2*x", "y - x*y"], [], {})


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([{"x"}, {"y", "x*y"}], 1.0),
        ([{"x"}, {"y"}], 2.0 * 2 / 5),
        ([{"x", "1"}, {"y", "x*y"}], 2.0 * 3 / 7),
        ([set(), set()], 0.0),
    ],
)
def test_terms_count_without_their_coefficients(found: list[set[str]], expected: float) -> None:
    assert f1(DECAY, found) == pytest.approx(expected)


@pytest.mark.long
def test_a_chaotic_system_has_five_runs_and_a_clean_one() -> None:
    system = {
        "states": ["x", "y"], "rhs": ["y", "-a*x"], "parameters": {"a": 2.0}, "period": 4.4,
        "initial_conditions": [1.0, 0.0],
    }  # fmt: skip
    problem = from_chaotic(system, argparse.Namespace(noise=0.01, seed=1))
    assert len(problem.runs) == 5 and all(len(run["t"]) == 1000 for run in problem.runs)
    assert f1(problem, [{"y"}, {"x"}]) == 1.0
    energy = problem.other["y"] ** 2 + 2.0 * problem.other["x"] ** 2
    assert np.ptp(energy) < 1e-6 * energy.mean()


def test_terms_of_the_peer_are_read() -> None:
    pytest.importorskip("pysindy")
    t = np.linspace(0.0, 1.0, 100)
    run = {"t": t, "x": 3.0 * np.exp(-2.0 * t), "y": 0.5 * np.exp(t)}
    problem = Problem(["x", "y"], ["-2*x", "y"], [run], run)
    assert f1(problem, terms_of_peer(problem, fitted_peer(problem, None))) == 1.0
