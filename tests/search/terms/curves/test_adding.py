"""On rows along a curve terms are added to unknown functions of columns that go to and fro."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pytest

from symlaw.search.terms.agenda import Agenda
from symlaw.search.terms.curves.adding import Adding
from symlaw.search.terms.curves.dimension import folding, is_curve
from symlaw.search.terms.separating import separated

from ..test_fitting import ground_of


def along(n_rows: int = 500) -> np.ndarray:
    """Two columns that go to and fro, and time."""
    time = np.linspace(0.0, 1.0, n_rows)
    waves = [1.5 + np.sin(np.pi * number * time + phase) for number, phase in ((4.3, 0.4), (5.9, 1.0))]
    return np.stack([*waves, 10.0 * time])


@pytest.mark.parametrize("n_rows", [300, 1600])
def test_a_curve_is_told_from_a_surface(n_rows: int) -> None:
    rng = np.random.Generator(np.random.Philox(n_rows))
    assert is_curve(along(n_rows))
    assert is_curve(along(n_rows)[:, rng.permutation(n_rows)[: n_rows // 2]])
    assert not is_curve(rng.uniform(0.0, 1.0, (2, n_rows)))
    grid = np.stack(np.meshgrid(np.arange(20.0), np.arange(n_rows // 20)))
    assert not is_curve(grid.reshape(2, -1))
    assert not is_curve(along(n_rows)[:1])


def test_time_tells_the_place_on_a_curve() -> None:
    assert folding(along()) == (0, 1)


def test_nothing_is_unknown_that_would_be_a_function_of_the_place() -> None:
    X = along()
    (begun,) = separated(ground_of(np.cos(1.3 * X[2]) * X[0] + np.sqrt(X[1]), X))
    assert begun.unknown_groups == ((0,), (1,))


def test_a_wave_in_time_beside_an_unknown_function_is_added() -> None:
    X = along()
    ground, agenda = ground_of(np.cos(1.3 * X[2]) * X[0] + np.sqrt(X[1]), X), Agenda(1e-22)
    (begun,) = separated(ground)
    agenda.begin(ground, [begun])
    adding = Adding.to(ground, begun)
    while not adding.is_done:
        adding.step(ground, partial(agenda.length, ground), agenda.floor)
        adding = pickle.loads(pickle.dumps(adding))
    best = adding.found[0]
    (term,) = (term for term in best.terms if term.atoms)
    assert (term.atoms[0].family.text, term.atoms[0].column, term.open) == ("cos(a * u)", 2, (0,))
    np.testing.assert_allclose(best.flat, [1.3], rtol=1e-3)
    assert Adding.to(ground, best).is_done


@pytest.mark.long
def test_a_law_along_a_curve_is_found() -> None:
    X = along(800)
    y = X[0] * (1.0 + 0.3 * np.cos(1.7 * X[2])) + 0.7 * np.sin(1.1 * X[0]) - 1.3 * np.tanh(1.1 * X[1])
    ground, agenda = ground_of(y, X), Agenda(1e-22)
    agenda.begin(ground, separated(ground))
    losses = [1.0]
    while min(losses) > 1e-16 and ground.work < 5e8:
        losses += [one.loss for one in agenda.step(ground)]
    assert min(losses) < 1e-16
