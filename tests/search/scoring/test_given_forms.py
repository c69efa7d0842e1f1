"""Forms without scale or offset have the numbers that are best in that form, where rows are few."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares

from symlaw.knowledge.constants import ConstantKind
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Archive, Entry
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.scoring.given_forms import MOST_ROWS, in_own_form

NAMES, LAW = ("a", "b"), "(a**2 + 1.2) * (b + 0.8)"


def problem(n_rows: int = 20, noise: float = 0.05, demands: tuple[ConstantKind, ...] = ()) -> Problem:
    """``(a**2 + 1) (b + 1)`` with noise."""
    rng = np.random.Generator(np.random.Philox(11))
    X = rng.uniform([0.0, 1.0], [1.0, 5.0], (n_rows, 2))
    y = (X[:, 0] ** 2 + 1.0) * (X[:, 1] + 1.0)
    y += noise * np.std(y) * rng.normal(size=n_rows)
    operators = ("+", "-", "*", "/", "square", "exp", "cos")
    return make_problem(X, y, Language.of(NAMES, operators, demands=demands))


def forms(asked: Problem) -> list[Entry]:
    """The law with and without scale and offset."""
    return Confirmer(asked).guess(parse(LAW))


def bare(entries: list[Entry]) -> Entry:
    """The one without either."""
    return min(entries, key=lambda entry: entry.complexity)


def test_numbers_are_the_least_squares_of_the_form() -> None:
    asked = problem()
    before, after = forms(asked), in_own_form(forms(asked), asked, Archive(30, asked.loss_floor))
    a, b = asked.rows.X
    best = least_squares(lambda c: (a**2 + c[0]) * (b + c[1]) - asked.y, [1.0, 1.0])
    expected = 2.0 * best.cost / asked.n_rows / np.var(asked.y)
    assert bare(after).loss == pytest.approx(expected, rel=1e-5)
    assert bare(after).loss < bare(before).loss
    assert bare(after).expression.constants == pytest.approx(tuple(best.x), rel=1e-3)
    # the form with both is as it was fitted
    assert max(after, key=lambda e: e.complexity) == max(before, key=lambda e: e.complexity)


def test_forms_that_nobody_wants_stay_as_they_are() -> None:
    many, exact, whole = problem(MOST_ROWS + 1), problem(noise=0.0), problem(demands=(ConstantKind(1),))
    for asked in (many, exact, whole):
        entries = forms(asked)
        assert in_own_form(entries, asked, Archive(30, asked.loss_floor)) == entries
    asked = problem()
    full = Archive(30, asked.loss_floor)
    best = min(forms(asked), key=lambda entry: entry.loss)
    full.offer(Entry(best.expression, 1.0, best.loss, best.inner))
    assert in_own_form(forms(asked), asked, full) == forms(asked)


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1])
def test_a_law_whose_numbers_stand_for_scale_and_offset_is_found_on_few_rows(seed: int) -> None:
    asked = problem()
    outcome = search(asked, Budget(evaluations=400_000), seed=seed)
    best = bare(in_own_form(forms(asked), asked, Archive(30, asked.loss_floor)))
    within = [entry for entry in outcome.front if entry.complexity <= best.complexity]
    assert within[-1].loss <= best.loss * (1.0 + 1e-6)
