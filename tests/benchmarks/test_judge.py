"""The judge tells laws from what only looks like them."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from benchmarks.candidates import count_nodes, parametrise, truth, with_free_numbers, without_each_term
from benchmarks.judge import VANISHING, Judge, is_law
from benchmarks.problems import Input, Problem, load, suites
from symlaw.language import parse

FEYNMAN = {p.name: p for p in load("feynman")}
# its exponential inside a sine loses every digit in double precision
CHAOTIC = {"Livermore2-Vars6-21"}


def problem(formula: str, **ranges: tuple[float, float]) -> Problem:
    return Problem("made", "made", 0, formula, tuple(Input(n, *r) for n, r in ranges.items()))


WAVE = problem("2.5*a*sin(1.7*b) + 0.3*b", a=(1, 3), b=(0, 2))
SHIFT = problem("exp(-0.7*a)/(b + 1.9)", a=(0, 3), b=(0, 2))


def test_every_feynman_law_is_the_law() -> None:
    for law in FEYNMAN.values():
        assert Judge.of(law).verdict(law.expression).reason == "law", law.name


@pytest.mark.long
def test_laws_of_other_suites_are_laws() -> None:
    for suite in suites()[3:]:
        for law in load(suite)[::3]:
            assert law.name in CHAOTIC or is_law(law.expression, law), law.name


@pytest.mark.parametrize("spread", [1e-3, 3e-2])
def test_a_law_with_constants_off_is_the_law_after_refitting(spread: float) -> None:
    rng = np.random.default_rng(7)
    for law in list(FEYNMAN.values())[::3]:
        off = [c * (1 + spread * rng.standard_normal()) for c in law.expression.constants]
        assert is_law(law.expression.with_constants(off), law), law.name


@pytest.mark.parametrize(
    "candidate",
    [
        "2.4*a*sin(1.6*b) + 0.2*b",
        "0.31*b + sin(b*1.69)*a*2.6 + 0.01",
        "a*2.5*cos(1.69*b - 1.5) + 0.3*b",
        "(sin(1.72*b)*8 + 0.9*b/a)*a*0.3",
    ],
)
def test_other_forms_of_a_law_are_the_law(candidate: str) -> None:
    assert is_law(candidate, WAVE)


@pytest.mark.parametrize(
    "candidate",
    [
        "2.5*a*sin(1.7*b)",
        "2.5*a*sin(1.7*b) + 0.3*b**2",
        "2.5*a*tanh(1.7*b) + 0.3*b",
        "2.5*a*sin(1.7*b + 0.01*a**2) + 0.3*sin(b)",
        "3.0",
        "a",
    ],
)
def test_wrong_formulas_are_not(candidate: str) -> None:
    assert Judge.of(WAVE).verdict(candidate).reason == "other values"


def test_a_formula_close_to_one_in_a_million_is_not() -> None:
    near = problem("a + 0.00002*sin(b)", a=(1, 3), b=(0, 2))
    assert not is_law("1.0*a + 0.00001", near)


@pytest.mark.parametrize(
    "candidate",
    [
        "2.5*a*sin(1.7*b) + 0.3*b + 0.001*a**2",
        "2.5*a*sin(1.7*b + 0.001*a) + 0.3*b",
        "(2.5*a + 0.001*b)*sin(1.7*b) + 0.3*b",
    ],
)
def test_a_term_that_vanishes_on_refitting_is_not_the_law(candidate: str) -> None:
    assert Judge.of(WAVE).verdict(candidate).reason == VANISHING


def test_a_tiny_term_that_is_there_already_is_not_the_law() -> None:
    assert not is_law("2.5*a*sin(1.7*b) + 0.3*b + 0.0000000000001*exp(a)", WAVE)


def test_an_overall_offset_may_vanish() -> None:
    assert is_law("2.5*a*sin(1.7*b) + 0.3*b + 0.001", WAVE)


def test_an_inner_offset_may_not() -> None:
    assert Judge.of(WAVE).verdict("2.5*a*sin(1.7*b + 0.001) + 0.3*b").reason == VANISHING


def test_a_law_written_needlessly_long_is_not_the_law() -> None:
    judge = Judge.of(WAVE)
    padding = " + ".join(f"sin({k}*a)**2 + cos({k}*a)**2" for k in range(2, 5))
    verdict = judge.verdict(f"2.5*a*sin(1.7*b) + 0.3*b - 3 + {padding}")
    assert not verdict.law and verdict.reason == f"{verdict.nodes} nodes, {judge.max_nodes} allowed"


def test_twice_the_nodes_and_four_are_allowed() -> None:
    assert Judge.of(FEYNMAN["I.14.3"]).max_nodes == 2 * 4 + 4


def test_formulas_undefined_on_rows_are_not_the_law() -> None:
    assert not is_law("log(0.0 - a)", WAVE)
    assert not is_law("sqrt(a - 2.0)", WAVE)
    assert not is_law("a/0", WAVE)


def test_rows_undefined_until_refitted_do_no_harm() -> None:
    law = problem("sqrt(a - 1)", a=(1, 5))
    assert is_law("sqrt(a - 1.05)", law)


def test_sympy_expressions_with_any_symbols_are_taken() -> None:
    a, b = sympy.symbols("a b")
    assert is_law(sympy.exp(-0.69 * a) / (b + 1.8), SHIFT)
    assert not is_law(sympy.exp(-0.69 * a) / (b**2 + 1.8), SHIFT)


def test_constants_that_trade_off_do_no_harm() -> None:
    assert is_law("1.3*exp(0.2 - 0.69*a)/(1.1*b + 2.0)", SHIFT)


def test_whole_numbers_belong_to_the_structure() -> None:
    law = problem("a**2 + 2.04*b", a=(1, 3), b=(0, 2))
    assert is_law("a**2 + 2.01*b", law)
    assert not is_law("a**2 + 2*b", law)


def test_in_peers_formulas_every_number_is_free() -> None:
    law = problem("a**2 + 2.04*b", a=(1, 3), b=(0, 2))
    assert is_law(with_free_numbers("1.0*a**2 + 2.0*b", ["a", "b"]), law)


def test_a_column_may_have_an_odd_name() -> None:
    odd = with_free_numbers("2.0 * `gamma` + `a b`", ["gamma", "a b"])
    assert {s.name for s in odd.free_symbols} == {"gamma", "a b"}


def test_nodes_are_counted_in_the_tree_of_sympy() -> None:
    assert count_nodes(parse("a / b").sympy()) == 5
    assert count_nodes(parse("a**2 + 1.5").sympy()) == 5
    assert count_nodes(with_free_numbers("1.0 * a", ["a"])) == 1
    assert count_nodes(truth(FEYNMAN["I.14.3"])) == 4


def test_equal_numbers_are_refitted_apart() -> None:
    free = parametrise(parse("0.5 * a + 0.5 * sin(0.5 * b)").sympy(), ["a", "b"])
    assert len(free.constants) == 3
    assert list(free.start) == [0.5, 0.5, 0.5]


def test_the_jacobian_is_that_of_the_values() -> None:
    free = parametrise(parse("1.5 * sin(0.7 * a) + exp(0.2 * b)").sympy(), ["a", "b"])
    X = np.random.default_rng(0).uniform(0, 1, (20, 2))
    value, slopes = free.function(), free.jacobian()(X, free.start)
    for k in range(len(free.start)):
        step = np.zeros(len(free.start))
        step[k] = 1e-6
        change = (value(X, free.start + step) - value(X, free.start - step)) / 2e-6
        assert slopes[:, k] == pytest.approx(change, rel=1e-6, abs=1e-9)


def test_each_term_but_the_overall_offset_is_left_out_once() -> None:
    free = parametrise(parse("1.5 * a + sin(b + 0.3) + 0.2").sympy(), ["a", "b"])
    assert len(list(without_each_term(free.tree))) == 4


def test_numbers_beyond_floats_are_not_the_law() -> None:
    huge = "10**9**3 * a"
    assert Judge.of(WAVE).verdict(huge).reason.startswith(("not computable", "other values"))
