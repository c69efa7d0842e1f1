"""The sparse searcher: exact-k selection, the models, and what they may propose."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from symlaw.engine import reference
from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES
from symlaw.language import parse
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.search.archive import Archive
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.sparse import Sparse
from symlaw.search.sparse.exact_quotients import exactly_rational
from symlaw.search.sparse.oscillations import oscillations
from symlaw.search.sparse.selection import best_subsets
from symlaw.search.sparse.terms import table_of
from symlaw.search.sparse.writing import Writer

Array = NDArray[np.float64]


def uniform(n_rows: int = 200, n_columns: int = 3, seed: int = 1) -> Array:
    """Columns between 0.5 and 3, (n_columns, n_rows)."""
    return np.random.Generator(np.random.Philox(seed)).uniform(0.5, 3.0, (n_columns, n_rows))


def problem_of(
    X: Array,
    y: ArrayLike,
    operators: tuple[str, ...] = DEFAULT_OPERATORS,
    weights: ArrayLike | None = None,
    constants: bool = True,
    max_complexity: int = 30,
) -> Problem:
    """A problem with columns a, b, c, ... or x0, x1, ..."""
    names = list("abcdef")[: len(X)] if len(X) <= 6 else [f"x{j}" for j in range(len(X))]
    language = Language.of(names, operators, constants=constants, max_complexity=max_complexity)
    return make_problem(X.T, y, language, weights=weights)


def proposals(problem: Problem) -> list[Expression]:
    """Everything that the searcher proposes until it falls silent."""
    searcher = Sparse()
    state = searcher.start(problem, 0)
    snapshot = Archive(30, problem.loss_floor, 2**8).snapshot()
    found: list[Expression] = []
    silent = 0
    while silent < 40:
        new = searcher.ask(state, problem, snapshot, 1_000, map).formulas
        silent = 0 if new else silent + 1
        found += new
    return found


def loss_of(formula: Expression, problem: Problem) -> float:
    """Fraction of the variance left after the best scale and offset."""
    columns = dict(zip(problem.language.variables, problem.rows.X, strict=True))
    values = reference.values(formula, columns)
    if not np.all(np.isfinite(values)):
        return np.inf
    target, weights = problem.rows.target, problem.rows.weights
    return reference.scale_and_offset(values / np.max(np.abs(values)), target, weights)[2]


def shortest_exact(problem: Problem, floor: float = 1e-20) -> Expression:
    """The simplest proposal that fits exactly."""
    exact = [formula for formula in proposals(problem) if loss_of(formula, problem) < floor]
    assert exact, "no proposal is exact"
    return min(exact, key=problem.language.complexity)


# Selection


def test_true_subset_among_forty_noisy_columns() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    columns = rng.normal(size=(40, 400)) + rng.normal(size=400)
    true = [3, 17, 22, 31, 38]
    target = np.array([1.0, -2.0, 0.7, 1.5, -0.9]) @ columns[true] + 4.0 + 0.3 * rng.normal(size=400)
    found = {len(s.places): s for s in best_subsets(columns, target, np.ones(400), 12)}
    assert found[5].places == tuple(true)
    np.testing.assert_allclose(found[5].coefficients, [1.0, -2.0, 0.7, 1.5, -0.9], atol=0.1)
    assert found[5].intercept == pytest.approx(4.0, abs=0.1)
    assert max(found) <= 7


def test_exchange_undoes_a_misleading_first_choice() -> None:
    rng = np.random.Generator(np.random.Philox(5))
    parts = rng.normal(size=(3, 300))
    decoy = parts.sum(axis=0) + 0.3 * rng.normal(size=300)
    columns = np.vstack([decoy, parts, rng.normal(size=(60, 300))])
    target = parts.sum(axis=0)
    found = {len(s.places): s for s in best_subsets(columns, target, np.ones(300), 6, floor=1e-24)}
    assert found[1].places == (0,)
    assert found[3].places == (1, 2, 3)


def test_losses_fall_with_size_and_end_when_exact() -> None:
    X = uniform(100, 8)
    target = 2.0 * X[1] - X[4] + 3.0 * X[6] + 1.0
    found = best_subsets(X, target, np.ones(100), 8, floor=1e-24)
    losses = [subset.loss for subset in found]
    assert losses == sorted(losses, reverse=True)
    assert found[-1].places == (1, 4, 6)
    assert losses[-1] <= 1e-24


@pytest.mark.parametrize("unit", [1e-30, 1e-25, 1.0, 1e30])
def test_units_do_not_matter(unit: float) -> None:
    X = uniform(100, 5)
    target = 2.0 * X[1] - X[4]
    found = best_subsets(X * unit, target / unit, np.ones(100), 5, floor=1e-24)
    assert found[-1].places == (1, 4)
    np.testing.assert_allclose(found[-1].coefficients * unit**2, [2.0, -1.0], rtol=1e-9)


def test_constant_duplicate_and_useless_columns_are_borne() -> None:
    X = uniform(100, 3)
    columns = np.vstack([np.full(100, 7.0), X[0], X[0], np.zeros(100), X[1], X[2]])
    found = best_subsets(columns, X[0] + X[1], np.ones(100), 6, floor=1e-24)
    assert len(found) == 2
    assert found[-1].places in ((1, 4), (2, 4))


def test_weights_are_respected() -> None:
    X = uniform(200, 3)
    left = np.arange(200) < 100
    y = np.where(left, 2.0 * X[0], 5.0 * X[2])
    weights = np.where(left, 1.0, 0.0)
    assert shortest_exact(problem_of(X, y, weights=weights)).variables == ("a",)


# Models


@pytest.mark.long
def test_power_law() -> None:
    X = uniform()
    found = shortest_exact(problem_of(X, 4.2 * X[0] ** 1.5 / X[1] ** 2))
    assert found.variables == ("a", "b")
    assert found.constants == ()


def test_power_law_with_an_exponent_that_is_no_simple_fraction() -> None:
    X = uniform()
    found = shortest_exact(problem_of(X, 4.2 * X[0] ** 0.3718, ("*", "pow")))
    assert found.constants == pytest.approx((0.3718,), abs=1e-6)


def test_power_law_of_a_negative_column_and_target() -> None:
    X = uniform()
    X[0] *= -1.0
    assert shortest_exact(problem_of(X, X[0] ** 3 / X[1], ("*", "/"))) == parse("a*a*a/b")


@pytest.mark.long
def test_exponential_times_power() -> None:
    X = uniform()
    found = shortest_exact(problem_of(X, 3.0 * X[0] ** 2 * np.exp(-0.7 * X[1])))
    assert found == parse("a**2 * exp(-0.7 * b)").with_constants(found.constants)
    assert found.constants == pytest.approx((-0.7,))


def test_michaelis_menten() -> None:
    X = uniform(n_columns=1)
    problem = problem_of(X, 5.0 * X[0] / (1.7 + X[0]), ("+", "-", "*", "/"))
    found = shortest_exact(problem)
    assert problem.language.complexity(found) == 5
    assert found.constants == pytest.approx((1.7,))


def test_quotient_without_a_constant_below() -> None:
    X = uniform()
    assert shortest_exact(problem_of(X, X[0] * X[2] / (X[0] + X[2]), ("+", "*", "/"))) == parse("a*c/(a+c)")


def test_noisy_quotient() -> None:
    X = uniform(400, 5)
    clean = (X[0] + 3.0 * X[1]) / (1.0 + X[2] ** 2)
    noise = np.random.Generator(np.random.Philox(9)).normal(size=400)
    problem = problem_of(X, clean + 0.05 * noise, ("+", "-", "*", "/", "square"))
    truth = problem_of(X, clean, ("+",))
    assert min(loss_of(formula, truth) for formula in proposals(problem) if len(formula.nodes) <= 13) < 1e-4


@pytest.mark.long
def test_noisy_quotient_whose_terms_say_little_one_by_one() -> None:
    X = 5.0 * uniform(1000, 5)[:4]
    clean = (X[0] * X[2] + X[1] * X[3]) / (X[0] + X[1])
    noise = np.random.Generator(np.random.Philox(9)).normal(size=1000)
    problem = problem_of(X, clean + 0.02 * np.std(clean) * noise, ("+", "-", "*", "/"))
    assert min(loss_of(formula, problem_of(X, clean, ("+",))) for formula in proposals(problem)) < 1e-20


def test_cubic_polynomial_in_three_variables() -> None:
    a, b, c = X = uniform()
    y = 1.5 * a * b * c - 2.0 * c**3 + 0.3 * a**2 + b - 4.0 * c + 2.5
    problem = problem_of(X, y, ("+", "-", "*"))
    assert problem.language.complexity(shortest_exact(problem)) <= 25


def test_polynomial_of_a_tiny_target() -> None:
    a, b, _ = X = uniform()
    found = shortest_exact(problem_of(X, 1e-25 * (a * b - 2.0 * b**2)))
    assert set(found.variables) == {"a", "b"}


@pytest.mark.long
def test_product_among_many_irrelevant_columns() -> None:
    X = uniform(400, 60)
    found = shortest_exact(problem_of(X, X[7] * X[41] + 2.0 * X[13]))
    assert set(found.variables) == {"x7", "x41", "x13"}


@pytest.mark.long
def test_sum_of_functions() -> None:
    X = uniform()
    found = shortest_exact(problem_of(X, np.sin(X[0]) * X[1] + 2.0 * np.exp(X[2]) + 1.0))
    assert found == parse("2.0 * exp(c) + b * sin(a)").with_constants(found.constants)


@pytest.mark.long
def test_root_of_a_sum_of_squares() -> None:
    X = uniform()
    found = shortest_exact(problem_of(X, np.sqrt(X[0] ** 2 + 4.0 * X[1] ** 2)))
    assert found.nodes[-1] == parse("sqrt(a)").nodes[-1]


def test_every_size_is_proposed() -> None:
    X = uniform(300, 6)
    problem = problem_of(X, X @ np.ones(300) @ np.zeros(6) + X[0] - 2.2 * X[1] + 3.3 * X[2] + 4.1 * X[3])
    searcher = Sparse()
    first = searcher.ask(searcher.start(problem, 0), problem, Archive(30, 0.0, 8).snapshot(), 99, map)
    assert {len(formula.variables) for formula in first.formulas} == {1, 2, 3, 4}


# The language's limits


def laws(X: Array) -> list[Array]:
    """Targets of several kinds."""
    a, b, c = X
    return [
        2.0 * a - 3.0 * b + c,
        a**1.5 / b**2,
        a * np.exp(-b),
        a / (b + 1.0),
        np.sqrt(a + b * c),
        np.where(a > 1, a, -b),
    ]


@pytest.mark.parametrize("number", range(6))
def test_proposals_are_legal(number: int) -> None:
    X = uniform(80)
    problem = problem_of(X, laws(X)[number], ("+", "*", "/", "exp", "sqrt"), max_complexity=12)
    found = proposals(problem)
    assert found
    for formula in found:
        assert problem.language.allows(formula)
        assert problem.language.complexity(formula) <= 12
        assert len(formula.nodes) <= MAX_NODES
        assert len(formula.constants) <= MAX_CONSTANTS


@pytest.mark.long_but("5")
@pytest.mark.parametrize("number", range(6))
def test_no_constants_where_none_are_allowed(number: int) -> None:
    X = uniform(80)
    problem = problem_of(X, laws(X)[number], constants=False)
    found = proposals(problem)
    assert found
    assert not any(formula.constants for formula in found)


@pytest.mark.long_but("operators1", "operators3")
@pytest.mark.parametrize("operators", [("abs",), ("step",), ("neg",), ("max",), ("/",), ("+",), ("pow",)])
def test_poor_languages_are_borne(operators: tuple[str, ...]) -> None:
    X = uniform(80)
    for y in laws(X):
        problem = problem_of(X, y, operators)
        assert all(problem.language.allows(formula) for formula in proposals(problem))


def test_columns_beyond_the_domain_of_functions_are_borne() -> None:
    X = np.vstack([np.linspace(-1e3, 1e3, 90), np.zeros(90), np.full(90, 1e300)])
    problem = problem_of(X, X[0] ** 3)
    assert all(problem.language.allows(formula) for formula in proposals(problem))


@pytest.mark.parametrize("n_rows", [2, 3, 4, 7])
def test_few_rows_are_borne(n_rows: int) -> None:
    X = uniform(n_rows)
    proposals(problem_of(X, X[0] - X[1]))


def test_few_noisy_rows_do_not_end_a_sum_before_its_terms_are_together() -> None:
    rng = np.random.Generator(np.random.Philox(12))
    columns = rng.normal(size=(20, 20))
    target = columns[[3, 9, 12, 16]].sum(axis=0) + 0.05 * rng.normal(size=20)
    found = {len(s.places): s for s in best_subsets(columns, target, np.ones(20), 8)}
    assert found[4].places == (3, 9, 12, 16)


def test_coefficients_that_noise_drew_apart_are_written_as_one() -> None:
    rng = np.random.Generator(np.random.Philox(3))
    X = uniform(20, 3)
    y = X[0] + X[1] - X[2] + 0.15 * rng.normal(size=20)
    assert parse("a + b - c") in proposals(problem_of(X, y))


def test_all_models_of_a_small_table_are_fitted_in_a_few_steps() -> None:
    X = uniform(20, 5)
    problem = problem_of(X, X[0] * X[1] + np.sin(X[2]))
    searcher, snapshot = Sparse(), Archive(30, 0.0, 8).snapshot()
    state = searcher.start(problem, 0)
    steps = 0
    while state.position >= 0:
        searcher.ask(state, problem, snapshot, 1_000, map)
        steps += 1
    assert steps <= 16


@pytest.mark.long
def test_a_step_is_of_bounded_work() -> None:
    X = uniform(5_000, 4)
    problem = problem_of(X, X[0] * X[1] + np.sin(X[2]))
    searcher = Sparse()
    state = searcher.start(problem, 0)
    snapshot = Archive(30, 0.0, 8).snapshot()
    for _ in range(9):
        counters = searcher.ask(state, problem, snapshot, 1_000, map).counters
        assert counters.get("work", 0) <= 1e8
        assert counters.get("evaluations", 0) <= 100


# Writing


@pytest.mark.parametrize(
    ("exponent", "operators", "text"),
    [
        (Fraction(3, 2), ("*", "sqrt"), "sqrt(a) * a"),
        (Fraction(4), ("*", "square"), "(a**2)**2"),
        (Fraction(1, 4), ("sqrt",), "sqrt(sqrt(a))"),
        (Fraction(1, 3), ("cbrt",), "cbrt(a)"),
        (Fraction(2, 7), ("pow",), "a**0.2857142857142857"),
    ],
)
def test_powers_in_the_operators_at_hand(exponent: Fraction, operators: tuple[str, ...], text: str) -> None:
    nodes = Writer(Language.of(["a"], operators)).power((Variable("a"),), exponent)
    assert nodes is not None
    assert Expression(nodes).nodes == parse(text).nodes


def test_common_factors_and_equal_coefficients_are_written_once() -> None:
    a, b, c = ((((Variable(name),), Fraction(1)),) for name in "abc")
    writer = Writer(Language.of(["a", "b", "c"], ("+", "-", "*")))
    equal = writer.total([(2.5, a), (-2.5, b)])
    shared = writer.total([(2.0, (*a, *b)), (3.0, (*a, *c))])
    assert equal is not None and shared is not None
    assert Expression(equal).text() == "2.5 * (a - b)"
    assert Expression(shared).text() == "a * (2.0 * b + 3.0 * c)"


def test_minus_goes_into_a_constant_where_there_is_no_operator() -> None:
    writer = Writer(Language.of(["a", "b"], ("+", "*")))
    a, b = ((((Variable(name),), Fraction(1)),) for name in "ab")
    nodes = writer.total([(1.0, a), (-1.0, b)])
    assert nodes is not None
    assert Constant(-1.0) in nodes


# In a search


@pytest.mark.long
def test_front_of_a_search_holds_the_law() -> None:
    a, b, _ = X = uniform()
    problem = problem_of(X, 3.0 * a**2 - 1.5 * a * b + 4.0)
    outcome = search(problem, Budget(evaluations=500), searchers=[Sparse()])
    assert outcome.front[-1].loss < 1e-24
    assert outcome.front[-1].source == "sparse"


@pytest.mark.parametrize(
    ("law", "n_columns"),
    [
        ("(2 * a + 3 * b**2) / (4 * c**3 + 5 * d**4 + 2)", 4),
        ("(x**6 + x**5) / (x**4 + x**3 + x**2 + x + 1)", 1),
        ("(a**2 * b**2 - 2 * b) / (a**4 + b**2 + 3)", 2),
    ],
)
def test_quotients_of_high_degree_are_solved_for(law: str, n_columns: int) -> None:
    X = np.random.Generator(np.random.Philox(5)).uniform(-1.0, 1.0, (n_columns, 20 * n_columns**2))
    formula = parse(law)
    y = reference.values(formula, dict(zip(formula.variables, X, strict=True)))
    names = list(formula.variables)
    problem = make_problem(X.T, y, Language.of(names, ["+", "-", "*", "/"], max_complexity=40))
    answer = exactly_rational(table_of(problem))
    assert answer.formulas
    found = reference.values(answer.formulas[0], dict(zip(names, X, strict=True)))
    assert np.corrcoef(found, y)[0, 1] ** 2 > 1 - 1e-12


def test_noise_is_no_quotient() -> None:
    rng = np.random.Generator(np.random.Philox(6))
    x = rng.uniform(-1.0, 1.0, (40, 1))
    problem = make_problem(x, x[:, 0] + 1e-6 * rng.normal(size=40), Language.of(["x"], ["+", "*", "/"]))
    assert exactly_rational(table_of(problem)).formulas == []


@pytest.mark.parametrize(
    ("law", "n_waves"),
    [("3 + 2 * sin(40.7 * a)", 1), ("1 - 2 * cos(33.3 * a) * sin(21.9 * c)", 2), ("sin(50.1 * b + 1)", 1)],
)
def test_high_frequencies_are_seen(law: str, n_waves: int) -> None:
    X = np.random.Generator(np.random.Philox(8)).uniform(-3.0, 3.0, (3, 150))
    formula = parse(law)
    y = reference.values(formula, dict(zip("abc", X, strict=True)))
    problem = make_problem(X.T, y, Language.of(list("abc"), ["+", "-", "*", "sin", "cos"]))
    found = oscillations(table_of(problem)).formulas
    assert len(found[0].variables) == n_waves
    outcome = search(problem, Budget(evaluations=5000), searchers=[Sparse()])
    assert outcome.front[-1].loss < 1e-20


@pytest.mark.long
def test_noise_hardly_oscillates() -> None:
    rng = np.random.Generator(np.random.Philox(9))
    language = Language.of(list("abcd"), ["+", "*", "sin", "cos"])
    alarms = 0
    for _ in range(10):
        problem = make_problem(rng.uniform(0.0, 1.0, (200, 4)), rng.normal(size=200), language)
        alarms += bool(oscillations(table_of(problem)).formulas)
    assert alarms <= 2
