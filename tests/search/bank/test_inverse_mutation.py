"""Inverse mutation: what a node should be, and the entries that take its place."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.bank.bank import enumerate_more, make_bank
from symlaw.search.bank.inverse_mutation import Repairs, wanted_of
from symlaw.search.bank.targets import Workplace, make_workplace, transforms_of
from symlaw.search.problem import make_problem

OPERATORS = ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos")
LANGUAGE = Language.of(("a", "b", "c"), OPERATORS)
ROWS = np.random.Generator(np.random.Philox(5)).uniform(0.5, 2.0, (300, 3))
COLUMNS = dict(zip("abc", ROWS.T, strict=True))


def workplace_for(law: str, noise: float = 0.0) -> Workplace:
    """A bank of formulas of up to four nodes for a law."""
    y = reference.values(parse(law), COLUMNS)
    y = y + noise * np.std(y) * np.random.Generator(np.random.Philox(6)).normal(size=len(y))
    problem = make_problem(ROWS, y, LANGUAGE, seed=0)
    bank = make_bank(problem.probe.X, LANGUAGE, 2**24)
    while len(bank.bounds) < 6 and not bank.finished:
        enumerate_more(bank, 10_000)
    return make_workplace(problem, bank, transforms_of(problem))


def losses_of_repairs(place: Workplace, formula: str) -> list[float]:
    """What repaired formulas leave of the target's variance with their best scale and offset, best first."""
    task = Repairs((parse(formula),))
    _, formulas, _ = task.step(place, np.inf, 1e9)
    assert task.done
    y = place.problem.y
    left = [
        reference.scale_and_offset(reference.values(f, COLUMNS), y)[2] / float(np.var(y)) for f in formulas
    ]
    return sorted(left)


@pytest.mark.parametrize(
    ("law", "formula"),
    [
        ("exp(a) * (b + sin(c)) / (a * b + 2)", "exp(a) * (b + c) / (a * b + 2)"),
        ("sqrt(a + b * c) + log(c)", "sqrt(a + b) + log(c)"),
        ("a / (b + c * c * a)", "a / (b + c)"),
        ("square(a - b * c) * c", "square(a - b) * c"),
    ],
)
def test_a_wrong_part_is_replaced_by_the_right_one(law: str, formula: str) -> None:
    place = workplace_for(law)
    # the values wanted rest on the wrong formula's own scale and offset: next to right is what to expect
    before = reference.scale_and_offset(reference.values(parse(formula), COLUMNS), place.problem.y)[2]
    assert losses_of_repairs(place, formula)[0] < 0.2 * before / float(np.var(place.problem.y))


def test_values_wanted_make_the_formula_equal_the_target() -> None:
    place = workplace_for("a * exp(b) - c / a")
    formula = parse("a * exp(c) - c / b")
    probe = dict(zip("abc", place.problem.probe.X, strict=True))
    target = place.targets[0].probe
    values = reference.values(formula, probe)
    scale, offset, _ = reference.scale_and_offset(values, target)
    through_zero = np.dot(values, target) / np.dot(values, values)
    found = wanted_of(formula, place)
    assert len(found) >= 8
    for one in found:
        start = formula.starts[one.place]
        nodes = (*formula.nodes[:start], *parse("w").nodes, *formula.nodes[one.place + 1 :])
        made = reference.values(type(formula)(nodes), {**probe, "w": one.values})
        lines = [scale * made + offset, through_zero * made]
        assert min(np.max(np.abs(line - target)) for line in lines) < 1e-7


def test_of_two_solutions_the_nearer_one_is_wanted() -> None:
    place = workplace_for("square(a - b)")
    found = {one.place: one.values for one in wanted_of(parse("square(a - b)"), place)}
    a, b, _ = place.problem.probe.X
    np.testing.assert_allclose(found[2], a - b, atol=1e-6)


def test_noise_does_no_harm() -> None:
    place = workplace_for("exp(a) * (b + sin(c)) / (a * b + 2)", noise=0.02)
    assert losses_of_repairs(place, "exp(a) * (b + c) / (a * b + 2)")[0] < 2e-3
