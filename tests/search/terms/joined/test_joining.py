"""Functions of a distance are found as a whole, wherever their centre is."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from symlaw.language.grammar import Language
from symlaw.search.sparse.writing import Writer
from symlaw.search.terms.agenda import Agenda
from symlaw.search.terms.columns import Columns
from symlaw.search.terms.fitting import Ground
from symlaw.search.terms.joined.families import INNERS, JOINED, joined_of
from symlaw.search.terms.joined.joining import joinings_of
from symlaw.search.terms.sums import Sum, unknown

from ..test_fitting import KNOWN

JOINED_KNOWN = joined_of(Writer(Language.of(["u", "v", "w"], max_complexity=60)))


def plane(n_rows: int = 400) -> np.ndarray:
    """Two columns between -3 and 3."""
    return np.random.Generator(np.random.Philox(4)).uniform(-3.0, 3.0, (2, n_rows))


def best_of(y: np.ndarray, X: np.ndarray) -> Sum:
    """The best that functions of both columns together bring."""
    ground = Ground(Columns(X, KNOWN, JOINED_KNOWN), y, np.ones(len(y)))
    agenda, begun = Agenda(1e-22), ground.fit(unknown((0, 1)), 0)
    assert begun is not None
    agenda.begin(ground, [begun])
    (joining,) = joinings_of(ground, begun, 0)
    while not joining.is_done:
        joining.step(ground, partial(agenda.length, ground), agenda.floor)
    return min(joining.found, key=lambda one: one.loss)


def test_the_centre_of_a_bell_is_found_beside_what_single_columns_do() -> None:
    X = plane()
    y = 1.5 * np.exp(-0.7 * ((X[0] - 1.1) ** 2 + (X[1] + 0.4) ** 2)) + 0.3 * X[0]
    best = best_of(y, X)
    (atom,) = (atom for term in best.terms for atom in term.atoms)
    assert atom.family.text == "exp(-(a * ((u - b)**2 + (v - c)**2)))" and atom.columns == (0, 1)
    np.testing.assert_allclose(best.flat, [0.7, 1.1, -0.4], rtol=1e-4)


@pytest.mark.long
def test_a_first_function_that_stood_for_two_is_exchanged() -> None:
    X = plane(700)
    squares = X[0] ** 2 + X[1] ** 2
    y = 0.5 * np.exp(-0.57 * ((X[0] - 0.4) ** 2 + X[1] ** 2)) - 0.4 / (0.64 + squares)
    assert best_of(y, X).loss < 1e-12


@pytest.mark.parametrize("family", JOINED, ids=lambda family: family.text)
def test_every_function_is_one_of_a_distance(family) -> None:  # type: ignore[no-untyped-def]
    inner, constants = JOINED[family], np.linspace(0.6, 1.4, family.size)
    centres = np.zeros(inner.columns)
    centres[: inner.centred] = constants[family.size - inner.centred :]
    towards = np.random.Generator(np.random.Philox(1)).standard_normal((inner.columns, 20))
    on_sphere = centres[:, None] + 0.8 * towards / np.linalg.norm(towards, axis=0)
    values = JOINED_KNOWN[family].values(on_sphere, constants)
    np.testing.assert_allclose(values, values[0])


def test_columns_are_taken_in_the_orders_that_make_other_functions() -> None:
    orders = {inner: list(inner.places(tuple(range(inner.columns)))) for inner in INNERS}
    assert {inner.centred: places for inner, places in orders.items() if inner.columns == 2} == {
        0: [(0, 1)], 1: [(0, 1), (1, 0)], 2: [(0, 1)]
    }  # fmt: skip
