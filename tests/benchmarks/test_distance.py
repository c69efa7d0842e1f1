"""Edit distance of formulas to laws."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.candidates import as_sympy, with_free_numbers
from benchmarks.distance import (
    MAX_NODES,
    Tree,
    edit_distance,
    normalised_distance,
    skeleton,
    tree_distance,
)
from benchmarks.problems import Input, Problem, load

WAVE = Problem("made", "made", 0, "2.5*a*sin(1.7*b) + 0.3*b", (Input("a", 1, 3), Input("b", 0, 2)))
A, B, C = Tree("a"), Tree("b"), Tree("c")
TREES = st.recursive(
    st.sampled_from("ab").map(Tree),
    lambda parts: st.builds(Tree, st.sampled_from("ab"), st.lists(parts, max_size=3).map(tuple)),
    max_leaves=4,
)


@cache
def naive(one: tuple[Tree, ...], other: tuple[Tree, ...]) -> int:
    """The recursive definition, over forests."""
    if not one or not other:
        return sum(tree.size() for tree in one + other)
    (*rest, last), (*others, end) = one, other
    return min(
        1 + naive((*rest, *last.below), other),
        1 + naive(one, (*others, *end.below)),
        naive(tuple(rest), tuple(others)) + naive(last.below, end.below) + (last.label != end.label),
    )


@given(TREES, TREES)
def test_the_distance_is_that_of_the_definition(one: Tree, other: Tree) -> None:
    assert edit_distance(one, other) == naive((one,), (other,))


def test_the_example_of_zhang_and_shasha() -> None:
    one = Tree("f", (Tree("d", (A, Tree("c", (B,)))), Tree("e")))
    other = Tree("f", (Tree("c", (Tree("d", (A, B)),)), Tree("e")))
    assert edit_distance(one, other) == 2


def test_every_law_is_at_its_place() -> None:
    for problem in load("feynman")[::5]:
        assert normalised_distance(problem.expression, problem) == 0, problem.name


@pytest.mark.parametrize(
    "candidate",
    ["0.3*b + sin(b*1.9)*(-2.6)*a", "1*a*sin(b*3)*8 + b/7", "a*sin(0.5*b/3)*pi + 0.1*b"],
)
def test_order_and_numbers_do_not_count(candidate: str) -> None:
    assert normalised_distance(candidate, WAVE) == 0


def test_a_missing_part_counts_its_nodes() -> None:
    # Add(Mul(number, b), Mul(number, a, sin(Mul(number, b)))) has 11 nodes
    assert normalised_distance("2.5*a*sin(1.7*b)", WAVE) == pytest.approx(4 / 11)


def test_a_factor_of_one_is_no_node() -> None:
    assert skeleton(with_free_numbers("1.0 * a", ["a"])) == skeleton(as_sympy("a"))
    assert skeleton(as_sympy("2.0 * a")) != skeleton(as_sympy("a"))


def test_whole_and_half_exponents_stay() -> None:
    forms = ["a**2", "a**3", "sqrt(a)", "1/a", "a**2.31"]
    assert len({skeleton(as_sympy(form)) for form in forms}) == len(forms)
    assert skeleton(as_sympy("a**2.31")) == skeleton(as_sympy("a**1.77"))


def test_an_input_is_not_taken_for_a_function_or_number() -> None:
    assert skeleton(as_sympy("`number`")) != skeleton(as_sympy("2.5"))


def test_nothing_in_common_is_a_distance_of_one() -> None:
    assert tree_distance(A, Tree("b", (C, C, C))) == 1.0
    assert tree_distance(Tree("x", (A, Tree("y", (B,)))), C) == 1.0


def test_large_trees_are_left_out() -> None:
    chain = A
    for _ in range(MAX_NODES):
        chain = Tree("sin", (chain,))
    assert tree_distance(chain, A) is None
    assert tree_distance(chain.below[0], A) is not None


def test_what_takes_too_long_is_left_out() -> None:
    assert edit_distance(A, B, deadline=0.0) is None
