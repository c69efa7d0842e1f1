"""Unknown parts become known column by column."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np
import pytest

from symlaw.search.terms.agenda import Agenda
from symlaw.search.terms.peeling import Peeling, reopened, simplified
from symlaw.search.terms.separating import separated
from symlaw.search.terms.sums import Sum, Term, unknown

from .test_fitting import NONE, columns, ground_of, term


def finished(peeling: Peeling, ground, score) -> list[Sum]:  # type: ignore[no-untyped-def]
    """What comes out of a peeling."""
    while not peeling.is_done:
        peeling.step(ground, score, 1e-24)
    return sorted(peeling.found, key=score)


@pytest.mark.long
def test_a_decay_is_seen_whatever_the_others_do() -> None:
    X = columns(600)
    y = np.log(X[0]) * X[1] + 1.7 * np.sqrt(X[0]) * np.exp(-1.4 * X[2])
    ground, agenda = ground_of(y, X), Agenda(1e-24)
    begun = ground.fit(unknown((0, 1, 2)), 0)
    assert begun is not None
    agenda.begin(ground, [begun])
    best = finished(Peeling(begun, 2), ground, partial(agenda.length, ground))[0]
    texts = [(atom.family.text, atom.column) for one in best.terms for atom in one.atoms]
    assert texts == [("exp(a * u)", 2)]
    np.testing.assert_allclose(best.flat, [-1.4], rtol=0.02)


@pytest.mark.long
def test_two_functions_of_the_last_column_are_found_together() -> None:
    X = columns(400)[:1]
    y = 0.4 * X[0] ** 0.4 - X[0] / (2.2 + X[0])
    ground, agenda = ground_of(y, X), Agenda(1e-22)
    (begun,) = separated(ground)
    agenda.begin(ground, [begun])
    best = finished(Peeling(begun, 0), ground, partial(agenda.length, ground))[0]
    assert best.loss < 1e-15
    assert {atom.family.text for one in best.terms for atom in one.atoms} <= {
        "pow(u, a)", "u / (a + u)", "1 / (a + u)"
    }  # fmt: skip


def test_what_is_not_needed_goes() -> None:
    X = columns(400)
    ground, agenda = ground_of(2.0 * X[0] + np.exp(-X[1]), X), Agenda(1e-24)
    agenda.begin(ground, separated(ground))
    full = Sum(
        (term(("u", 0), open=(1, 2)), term(("exp(a * u)", 1)), term(("u", 2)), Term((), (2,))),
        (NONE, np.array([-1.0]), NONE, NONE),
    )
    fitted = ground.fit(full, 0)
    assert fitted is not None
    small = simplified(ground, fitted, partial(agenda.length, ground))
    assert small.form == Sum((term(("u", 0)), term(("exp(a * u)", 1)))).form


def test_what_depends_on_a_column_is_opened_again_where_that_helps() -> None:
    X = columns()
    ground = ground_of(X[0] + np.exp(-X[0]) + X[1] * np.sqrt(X[2]), X)
    asked = Sum((term(("u**2", 0)), term(("u", 1), ("log(u)", 2))), (NONE, NONE))
    fitted = ground.fit(asked, 0)
    assert fitted is not None
    forms = {one.form for one in reopened(ground, fitted)}
    assert Sum((term(("u**2", 0)), term(("u", 1), open=(2,)))).form in forms
    right = ground.fit(
        Sum((term(("u", 0)), term(("exp(a * u)", 0)), *asked.terms[1:]), (NONE, -np.ones(1), NONE)), 9
    )
    assert right is not None
    better = {one.form for one in reopened(ground, right)}
    assert Sum((term(("u", 1), ("log(u)", 2)), Term((), (0,)))).form not in better


def test_under_noise_a_column_is_opened_again_where_that_says_more_than_a_constant() -> None:
    X = columns(1200)
    noise = 0.02 * np.random.Generator(np.random.Philox(7)).standard_normal(1200)
    ground = ground_of(X[0] / (1.0 + X[0]) + X[1] + noise, X)
    simple = Sum((term(("log(u)", 0)), term(("u", 1))), (NONE, NONE))
    right = Sum((term(("u / (a + u)", 0)), term(("u", 1))), (np.ones(1), NONE))
    near, law = ground.fit(simple, 0), ground.fit(right, 9)
    assert near is not None and law is not None
    assert 20.0 < ground.nats_above(near, law) < 40.0
    reopening = Sum((term(("u", 1)), Term((), (0,)))).form
    assert reopening in {one.form for one in reopened(ground, near)}
    assert reopening not in {one.form for one in reopened(ground, law)}


@pytest.mark.long
def test_no_step_is_long() -> None:
    X = np.linspace(-2.0, 2.0, 400)[None]
    ground, agenda = ground_of(np.tanh(2.0 * X[0]) + 0.3 * np.exp(X[0]) + 0.1 * X[0] ** 3, X), Agenda(1e-24)
    (begun,) = separated(ground)
    agenda.begin(ground, [begun])
    peeling, steps = Peeling(begun, 0), list[int]()
    while not peeling.is_done:
        before = ground.work
        peeling.step(ground, partial(agenda.length, ground), 1e-24)
        steps.append(ground.work - before)
    assert max(steps) < 6e6 < sum(steps)


@pytest.mark.long
def test_columns_that_act_together_are_told_from_those_that_do_not() -> None:
    X = columns(800)
    noise = 0.05 * np.random.Generator(np.random.Philox(3)).standard_normal(800)
    for error in (0.0 * noise, noise):
        ground = ground_of(np.exp(-X[0]) * X[2] + np.sin(2.0 * X[1]) + error, X)
        assert {one.unknown_groups for one in separated(ground)} == {((1,), (0, 2))}


def test_unknown_functions_are_as_fine_as_the_target() -> None:
    X = columns(800)
    wave = separated(ground_of(np.cos(14.0 * X[0]) + X[1] ** 0.3, X))[0]
    assert wave.loss < 1e-7 and wave.unknown_groups == ((0,), (1,), (2,))


@pytest.mark.long
def test_four_functions_of_one_column_are_found() -> None:
    X = np.linspace(-2.0, 2.0, 400)[None]
    y = 0.3 * np.exp(X[0]) + 0.8 * np.tanh(2.0 * X[0]) - 2.8 * X[0] * np.exp(-2.7 * np.abs(X[0]))
    ground, agenda = ground_of(y - 0.24 * X[0] / np.sqrt(0.9 + X[0] ** 2), X), Agenda(1e-24)
    (begun,) = separated(ground)
    agenda.begin(ground, [begun])
    best = finished(Peeling(begun, 0), ground, partial(agenda.length, ground))[0]
    assert best.loss < 1e-22 and len(best.terms) == 4


@pytest.mark.long
def test_an_agenda_goes_on_from_a_pickle_as_without() -> None:
    X = columns(300)
    ground = ground_of(np.cos(2.0 * X[2]) + X[0] * X[1], X)
    first = Agenda(1e-24)
    first.begin(ground, separated(ground))
    for _ in range(12):
        first.step(ground)
    second = pickle.loads(pickle.dumps(first))
    for _ in range(12):
        first.step(ground)
        second.step(ground)
    assert [one.form for one in first.waiting] == [one.form for one in second.waiting]


def test_a_sum_of_which_nothing_is_known_is_open() -> None:
    assert unknown((0, 1)).is_open and not Sum((term(("u", 0)),)).is_open
