"""Unknown parts become known column by column."""

from __future__ import annotations

import pickle
from functools import partial

import numpy as np

from symlaw.search.terms.agenda import Agenda
from symlaw.search.terms.peeling import Peeling, reopened, simplified
from symlaw.search.terms.sums import Sum, Term, unknown

from .test_fitting import NONE, columns, ground_of, term


def finished(peeling: Peeling, ground, score) -> list[Sum]:  # type: ignore[no-untyped-def]
    """What comes out of a peeling."""
    while not peeling.is_done:
        peeling.step(ground, score, 1e-24)
    return sorted(peeling.found, key=score)


def test_a_decay_is_seen_whatever_the_others_do() -> None:
    X = columns(600)
    y = np.log(X[0]) * X[1] + 1.7 * np.exp(-1.4 * X[2])
    ground, agenda = ground_of(y, X), Agenda(1e-24)
    agenda.begin(ground)
    best = finished(Peeling(agenda.waiting[0], 2), ground, partial(agenda.length, ground))[0]
    texts = [(atom.family.text, atom.column) for one in best.terms for atom in one.atoms]
    assert texts == [("exp(a * u)", 2)]
    np.testing.assert_allclose(best.flat, [-1.4], rtol=0.02)


def test_two_functions_of_the_last_column_are_found_together() -> None:
    X = columns(400)[:1]
    y = 0.4 * X[0] ** 0.4 - X[0] / (2.2 + X[0])
    ground, agenda = ground_of(y, X), Agenda(1e-22)
    agenda.begin(ground)
    best = finished(Peeling(agenda.waiting[0], 0), ground, partial(agenda.length, ground))[0]
    assert best.loss < 1e-15
    assert {atom.family.text for one in best.terms for atom in one.atoms} <= {
        "pow(u, a)", "u / (a + u)", "1 / (a + u)"
    }  # fmt: skip


def test_what_is_not_needed_goes() -> None:
    X = columns(400)
    ground, agenda = ground_of(2.0 * X[0] + np.exp(-X[1]), X), Agenda(1e-24)
    agenda.begin(ground)
    full = Sum(
        (term(("u", 0), open=(1, 2)), term(("exp(a * u)", 1)), term(("u", 2)), Term((), (2,))),
        (NONE, np.array([-1.0]), NONE, NONE),
    )
    fitted = ground.fit(full, 0)
    assert fitted is not None
    small = simplified(ground, fitted, partial(agenda.length, ground))
    assert small.form == Sum((term(("u", 0)), term(("exp(a * u)", 1)))).form


def test_terms_in_one_column_are_opened_again() -> None:
    X = columns()
    asked = Sum((term(("u", 0)), term(("exp(a * u)", 0)), term(("u", 1))), (NONE, np.array([-1.0]), NONE))
    (opened,) = reopened(ground_of(X[0] + np.exp(-X[0]) + X[1], X), asked)
    assert opened.form == Sum((term(("u", 1)), Term((), (0,)))).form


def test_an_agenda_goes_on_from_a_pickle_as_without() -> None:
    X = columns(300)
    ground = ground_of(np.cos(2.0 * X[2]) + X[0] * X[1], X)
    first = Agenda(1e-24)
    first.begin(ground)
    for _ in range(12):
        first.step(ground)
    second = pickle.loads(pickle.dumps(first))
    for _ in range(12):
        first.step(ground)
        second.step(ground)
    assert [one.form for one in first.waiting] == [one.form for one in second.waiting]


def test_a_sum_of_which_nothing_is_known_is_open() -> None:
    assert unknown(2).is_open and not Sum((term(("u", 0)),)).is_open
