"""Every short formula with free constants, fitted."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.language.expression import Constant
from symlaw.language.grammar import Language
from symlaw.language.values import values
from symlaw.search.exhaustive.fitting import fit_skeletons, shortest_fitted
from symlaw.search.exhaustive.skeletons import Symbols, skeletons
from symlaw.search.problem import make_problem

OPERATORS = ["+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "tanh"]
LANGUAGE = Language.of(["x"], OPERATORS)


def texts(most: int, variables: list[str] | None = None) -> list[str]:
    """The skeletons, with 2.5 for each constant."""
    symbols = Symbols.of(Language.of(variables or ["x"], OPERATORS))
    rows = chain.from_iterable(tokens.tolist() for tokens in skeletons(symbols, most, 9))
    return [symbols.formula(row, [2.5] * len(row)).text() for row in rows]


def test_skeletons_hold_what_people_fit() -> None:
    made = texts(3000)
    powers = ("exp(log(x) * 2.5)", "x / (x + 2.5)", "sin(x * 2.5 + 2.5)")
    for form in ("exp(x * 2.5)", "log(x + 2.5)", "exp(2.5 / (x + 2.5))", *powers):
        assert form in made, form


def test_few_skeletons_are_others_written_otherwise() -> None:
    symbols = Symbols.of(LANGUAGE)
    x = np.linspace(0.7, 2.3, 7)
    draws = np.random.default_rng(0).uniform(0.5, 1.5, 9)
    seen: set[tuple[float, ...]] = set()
    count = 0
    for tokens in skeletons(symbols, 300, 6):
        for row in tokens.tolist():
            # the same numbers in the order in which they are met
            met = iter(draws)
            formula = symbols.formula(row, [next(met) if token == 0 else 0.0 for token in row])
            with np.errstate(all="ignore"):
                there = values(formula, {"x": x})
            if np.all(np.isfinite(there)):
                count += 1
                seen.add(tuple(np.round((there - there[0]) / (there[1] - there[0]), 9)))
    assert len(seen) > 0.9 * count > 100


def test_all_of_a_size_or_none_are_brought() -> None:
    sizes = [tokens.shape for tokens in skeletons(Symbols.of(LANGUAGE), 1000, 9)]
    more = [tokens.shape for tokens in skeletons(Symbols.of(LANGUAGE), 50_000, 7)]
    assert sum(n for n, _ in sizes) <= 1000
    assert more[: len(sizes)] == sizes and len(more) > len(sizes)


@pytest.mark.parametrize(
    ("law", "form"),
    [
        (lambda x: 5e7 * np.exp(-6800.0 / (x + 259.0)), "exp"),
        (lambda x: 3.0 + 40.0 * np.exp(-0.03 * x), "exp"),
        (lambda x: 212.0 * x / (64.0 + x), "/"),
        (lambda x: 1.3 * (x + 1.0) ** 1.4, "log"),
    ],
)
def test_curves_with_constants_inside_are_found_from_a_dozen_rows(law, form: str) -> None:  # type: ignore[no-untyped-def]
    x = np.linspace(5.0, 300.0, 13)
    problem = make_problem(x[:, None], law(x), LANGUAGE)
    first = shortest_fitted(problem, 2.3, 5, 30_000)
    columns = np.column_stack([np.ones(13)])
    for formula in first:
        with np.errstate(all="ignore"):
            design = np.column_stack([columns, values(formula, {"x": x})])
        left = law(x) - design @ np.linalg.lstsq(design, law(x), rcond=None)[0]
        if np.std(left) < 1e-3 * np.std(law(x)) and form in formula.text():
            return
    raise AssertionError([formula.text(digits=4) for formula in first])


def test_fits_do_not_depend_on_what_was_fitted_before() -> None:
    x = np.linspace(1.0, 3.0, 12)
    problem = make_problem(x[:, None], np.exp(-1.7 * x), LANGUAGE)
    symbols = Symbols.of(LANGUAGE)
    tokens = next(skeletons(symbols, 1000, 6))
    whole = fit_skeletons(tokens, symbols, problem)
    last = fit_skeletons(tokens[-3:], symbols, problem)
    np.testing.assert_array_equal(whole.losses[-3:], last.losses)


@pytest.mark.long
def test_a_fit_recommends_a_curve_that_its_search_had_no_time_for() -> None:
    x = np.linspace(0.0, 340.0, 19)
    y = 4.9454e7 * np.exp(-6822.96 / (x + 258.896))
    model = SymbolicRegressor(max_evaluations=20_000, time_budget=None, random_state=0).fit(x[:, None], y)
    assert model.score(x[:, None], y) > 1.0 - 1e-9
    numbers = [node.value for node in model.expression_.nodes if isinstance(node, Constant)]
    assert any(abs(number - 258.896) < 0.1 for number in numbers)
