"""Noise is found out: its kind and its size."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.search.dynamics.data import Trajectory
from symlaw.search.dynamics.measured.noise import ADDITIVE, PROPORTIONAL, smoothed
from symlaw.search.dynamics.measured.smoothing import smooth
from tests.search.dynamics.systems import PENDULUM, PREY, measured, simulated


def run_of(system, **how) -> Trajectory:
    given = measured(system, **how)
    states = np.column_stack([given[name] for name in system[2]])
    return Trajectory(given["t"], states, np.zeros((len(states), 0)))


@pytest.mark.long
@pytest.mark.parametrize("share", [0.01, 0.05])
def test_errors_in_proportion_are_told(share: float) -> None:
    noise = smoothed([run_of(PREY, count=300, noise=share)]).noise
    assert noise.kind == PROPORTIONAL
    np.testing.assert_allclose(noise.sizes, share, rtol=0.2)


@pytest.mark.parametrize("size", [0.01, 0.1])
def test_errors_of_one_size_are_told(size: float) -> None:
    noise = smoothed([run_of(PENDULUM, count=300, noise=0.0, additive=size)]).noise
    assert noise.kind == ADDITIVE
    np.testing.assert_allclose(noise.sizes, size, rtol=0.2)


def test_clean_states_have_next_to_no_noise() -> None:
    noise = smoothed([run_of(PENDULUM, noise=0.0)]).noise
    assert noise.is_none
    assert noise.said(PENDULUM[2]) == "next to none"


def test_a_smooth_curve_is_nearer_to_the_truth_than_the_values() -> None:
    run = run_of(PENDULUM, count=200, noise=0.0, additive=0.05)
    truth = simulated(PENDULUM, run.times)[:, 0]
    curve = smooth(run.times, run.states[:, 0])
    assert np.std(curve(run.times) - truth) < 0.5 * 0.05
    assert 10 < curve.freedom < 60


def test_gaps_are_bridged() -> None:
    times = np.linspace(0.0, 6.0, 120)
    values = np.sin(times)
    values[50:60] = np.nan
    curve = smooth(times, values)
    np.testing.assert_allclose(curve(times), np.sin(times), atol=1e-3)
    np.testing.assert_allclose(curve(times, 1), np.cos(times), atol=1e-2)
