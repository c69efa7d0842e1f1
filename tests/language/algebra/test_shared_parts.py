"""Parts that formulas share are told once, and written out they give the formulas again."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.evaluate import evaluate
from symlaw.language import parse
from symlaw.language.algebra.shared_parts import shared, without_a_factor


def system(*texts: str, **options: float):  # type: ignore[no-untyped-def]
    return shared([parse(text) for text in texts], **options)


def test_a_part_of_two_formulas_gets_a_name() -> None:
    found = system("3 * exp(-x / 2) + y", "sqrt(exp(-x / 2))")
    assert list(map(str, found.parts.values())) == ["exp(-x / 2.0)"]
    assert list(map(str, found.formulas)) == ["3.0 * s1 + y", "sqrt(s1)"]


def test_the_order_of_terms_does_not_matter() -> None:
    assert list(map(str, system("sin(x + y)", "cos(y + x)").formulas)) == ["sin(s1)", "cos(s1)"]


def test_parts_may_hold_parts() -> None:
    found = system("sin(x * y) * exp(sin(x * y) + z)", "exp(sin(x * y) + z)", "sin(x * y) + 1")
    assert found.text(["u", "v", "w"]).splitlines() == [
        "s1 = sin(x * y)",
        "s2 = exp(s1 + z)",
        "u = s1 * s2",
        "v = s2",
        "w = s1 + 1.0",
    ]


def test_nearly_equal_numbers_are_one_number_unless_told_otherwise() -> None:
    texts = ("exp(2.0 * x) + 1", "exp(2.05 * x) * y")
    assert len(system(*texts).parts) == 1
    assert not system(*texts, near=0.0).parts
    assert not system("exp(2.0 * x) + 1", "exp(3.0 * x) * y").parts


@pytest.mark.parametrize("below", ["2 / exp(0.7 * t)", "2 / exp(t / 1.4285)", "3 * y / exp(t * 0.7)"])
def test_an_exponential_below_a_fraction_line_is_shared_with_one_above(below: str) -> None:
    system = shared([parse(below), parse("exp(-0.7 * t) / x + x")])
    assert list(system.parts) == ["s1"] and "exp" in str(system.parts["s1"])
    assert all("s1" in formula.variables for formula in system.formulas)


def test_no_exponential_is_moved_where_no_product_is_written() -> None:
    apart = [parse("x / exp(-t)"), parse("exp(t) - x")]
    assert list(shared(apart).formulas) == apart


def test_names_of_columns_are_not_taken() -> None:
    assert list(system("sin(s1 + y)", "cos(s1 + y)").parts) == ["s2"]


def test_a_part_of_one_formula_only_stays() -> None:
    assert not system("sin(x + y) * (x + y)", "z").parts


def test_figures_count_a_part_once() -> None:
    found = system("sin(x + y) + 1.5", "sin(x + y) * z")
    assert found.complexity() == 4 + 3 + 3
    assert (found.n_nodes, found.n_parameters) == (10, 1)


@pytest.mark.parametrize("factor", [1.0, 1.01])
def test_written_out_the_values_are_the_same(factor: float) -> None:
    X = np.random.default_rng(0).uniform(1, 2, (20, 2))
    formulas = [parse("exp(-2 * x) * y + 0.5"), parse(f"y - sqrt(exp(-{2 * factor} * x))")]
    written = shared(formulas).written_out()
    same, near = evaluate(formulas, X, ["x", "y"]), evaluate(written, X, ["x", "y"])
    np.testing.assert_allclose(same, near, rtol=1e-12 if factor == 1.0 else 0.1)


def test_numbers_can_be_changed_together() -> None:
    found = system("exp(2.0 * x) + 1", "exp(2.0 * x) * y")
    other = found.with_constants([3.0, 5.0])
    assert list(map(str, other.written_out())) == ["exp(3.0 * x) + 5.0", "exp(3.0 * x) * y"]


def test_factors_are_left_out_one_by_one() -> None:
    found = list(map(str, without_a_factor(parse("a * (b / exp(c))"))))
    assert found == ["b / exp(c)", "a * b", "a"]
    assert not list(without_a_factor(parse("a + b")))
