"""Macros in a search, and pieces that recur."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.language.macros import Macro
from symlaw.search.library_learning import Recurring, Seen, recurring
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Outcome, search
from symlaw.search.problem import make_problem
from symlaw.search.searchers.evolution import Evolution
from symlaw.search.searchers.tree_search import TreeSearch

OPERATORS = ("+", "-", "*", "/", "sqrt", "square", "exp", "neg")


def found(*texts: str) -> list[Recurring]:
    """Pieces of formulas of one target."""
    return recurring(Seen(parse(text), "y") for text in texts)


def definitions(*texts: str) -> list[str]:
    """How the pieces are written."""
    return [piece.macro.definition for piece in found(*texts)]


def test_a_piece_is_found_whatever_stands_in_its_open_place() -> None:
    assert definitions("m / sqrt(1 - v**2)", "exp(sqrt(1 - (a / b)**2))") == ["sqrt(1.0 - x**2)"]


def test_a_piece_may_have_two_open_places() -> None:
    assert definitions("exp(sqrt(a**2 + b**2))", "u / sqrt(v**2 + w**2)") == ["sqrt(x**2 + y**2)"]


def test_the_order_of_terms_does_not_matter() -> None:
    assert definitions("sqrt(1 + exp(a))", "b * sqrt(exp(c) + 1)") == ["sqrt(1.0 + exp(x))"]


def test_odd_numbers_match_each_other_and_whole_ones_do_not() -> None:
    assert definitions("log(a * sin(2.37 * b))", "sqrt(sin(0.81 * b))") == ["sin(0.81 * x)"]
    assert definitions("log(sin(2 * b))", "sqrt(sin(3 * b))") == []


def test_the_same_formula_counts_once_for_a_target() -> None:
    law = parse("a * exp(-b**2)")
    assert recurring([Seen(law, "y", "one"), Seen(parse("exp(-b**2) * a"), "y", "two")]) == []
    pieces = recurring([Seen(law, "y", "one"), Seen(law, "z", "two")])
    assert pieces[0].macro.count == 2
    assert pieces[0].macro.source == "one, two"


def test_a_piece_counts_once_in_a_formula_that_has_it_twice() -> None:
    assert definitions("exp(-a**2) + exp(-b**2)") == []


def test_the_most_saving_comes_first() -> None:
    pieces = found("sqrt(exp(a))", "1 / sqrt(exp(b))", "exp(-(a / b)**2) / a", "sqrt(exp(-(b / a)**2))")
    savings = [piece.saving for piece in pieces]
    assert savings == sorted(savings, reverse=True)
    assert pieces[0].saving == (pieces[0].macro.count - 1) * (pieces[0].size - 1)


def test_scales_and_offsets_are_no_pieces() -> None:
    assert definitions("2.31 * sqrt(a) + 1.7", "0.4 * sqrt(b) - 2.9") == []


def test_pieces_have_names_that_macros_may_have() -> None:
    pieces = found("sqrt(exp(a)) + 1 / a", "log(sqrt(exp(b)))", "tanh(1 / a + exp(a))", "1 / b + log(b)")
    names = [piece.macro.name for piece in pieces]
    assert len(set(names)) == len(names) > 0


def searched(*, macros: tuple[Macro, ...]) -> Outcome:
    """A search for a law with a piece of ten nodes in it."""
    rng = np.random.Generator(np.random.Philox(5))
    X = rng.uniform(0.3, 2.0, (80, 3))
    a, b, c = X.T

    y = np.exp(-((a - b) ** 2)) / np.sqrt(1 + a * a) + c
    language = Language.of(["a", "b", "c"], OPERATORS, max_complexity=30, macros=macros)
    problem = make_problem(X, y, language, seed=0)
    return search(problem, Budget(evaluations=300_000, target_loss=1e-20), searchers=[Evolution()], seed=1)


def test_a_macro_finds_a_law_with_far_fewer_evaluations() -> None:
    with_macro = searched(macros=(Macro("bump", "exp(-(x - y)**2) / sqrt(1 + x**2)"),))
    without = searched(macros=())
    assert with_macro.front[-1].loss < 1e-20
    assert without.front[-1].loss > 1e-6
    assert with_macro.spent.evaluations < without.spent.evaluations / 3


@pytest.mark.parametrize("searcher", [Evolution(n_islands=2), TreeSearch(n_trees=2)])
def test_the_front_with_macros_does_not_depend_on_the_number_of_threads(searcher: Evolution) -> None:
    x = np.linspace(0.2, 3.0, 40)
    language = Language.of(["x"], OPERATORS, macros=[Macro("m", "exp(-x**2) / (1 + y)")])
    fronts = []
    for threads in (1, 2):
        problem = make_problem(x[:, None], np.cos(2 * x) / x, language)
        out = search(problem, Budget(evaluations=4_000), searchers=[searcher], threads=threads, seed=4)
        fronts.append([(entry.expression.text(), entry.loss) for entry in out.front])
    assert fronts[0] == fronts[1]
