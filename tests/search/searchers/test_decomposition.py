"""Decomposition: the surrogate, what is found and not found in data, and parts put together again."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from symlaw.engine import reference
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.search.archive import Archive
from symlaw.search.decomposition.gaussian import cost
from symlaw.search.decomposition.oracle import lifted
from symlaw.search.decomposition.parts import answered, first_part, reduced, without
from symlaw.search.decomposition.reductions import Reduction, added, even, irrelevant, multiplied, odd, scaled
from symlaw.search.decomposition.study import Finding, Study
from symlaw.search.decomposition.surrogate import Surrogate, fit_surrogate
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.decomposition import Decomposition, findings_of
from symlaw.search.sparse.writing import Writer

Array = NDArray[np.float64]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """One thread of the matrix library, as in a search."""
    with threadpool_limits(1, user_api="blas"):
        yield


def uniform(n_rows: int = 400, n_columns: int = 4, low: float = 0.5, high: float = 3.0) -> Array:
    """Columns of data, float64 (n_columns, n_rows)."""
    return np.random.Generator(np.random.Philox(7)).uniform(low, high, (n_columns, n_rows))


def problem_of(X: Array, y: Array, operators: tuple[str, ...] = DEFAULT_OPERATORS) -> Problem:
    """A problem with columns a, b, c, ..."""
    return make_problem(X.T, y, Language.of("abcdefghijklmnopqrstuvwxyz"[: len(X)], operators))


def studied(problem: Problem, may_split: bool = True) -> Study:
    """A problem studied to the end."""
    study = Study(first_part(problem, 0), may_split)
    while not study.done:
        study.step(Writer(problem.language))
    return study


def kinds(findings: list[Finding]) -> set[tuple[str, tuple[str, ...]]]:
    """Findings without their confidence."""
    return {(finding.kind, finding.variables) for finding in findings}


# Surrogate


@pytest.mark.parametrize("groups", [((0, 1, 2),), ((0, 2), (1,))])
def test_gradient_of_the_marginal_likelihood(groups: tuple[tuple[int, ...], ...]) -> None:
    rng = np.random.Generator(np.random.Philox(3))
    Z, shape = rng.normal(size=(40, 3)), rng.uniform(0.5, 2.0, 40)
    target = np.sin(Z[:, 0]) + Z[:, 1] * Z[:, 2]
    theta = rng.normal(size=3 + len(groups)) * 0.3
    theta[-1] = -2.0
    _, slopes = cost(theta, Z, target, groups, shape)
    steps = 1e-5 * np.eye(len(theta))
    numeric = [
        (cost(theta + h, Z, target, groups, shape)[0] - cost(theta - h, Z, target, groups, shape)[0]) / 2e-5
        for h in steps
    ]
    np.testing.assert_allclose(slopes, numeric, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("logged", [False, True])
def test_derivatives_of_the_surrogate_are_those_of_its_values(logged: bool) -> None:
    X = uniform(200, 3)
    X[2] = 10.0 ** X[2]
    y = np.exp(X[0]) * X[1] + np.log(X[2])
    model = fit_surrogate(X.T, y, np.ones(200), logged=logged)
    assert model is not None
    assert model.columns.logged.tolist() == [False, False, True]
    points = X.T[:20]
    moments = model.derivatives(points)
    np.testing.assert_allclose(moments.value, model.value(points), rtol=1e-9)
    for i in range(3):
        step = np.zeros(3)
        step[i] = h = 1e-5 * float(np.std(points[:, i]))
        up, down = model.derivatives(points + step), model.derivatives(points - step)
        size = np.max(np.abs(moments.gradient[:, i]))
        np.testing.assert_allclose(
            (up.value - down.value) / (2 * h), moments.gradient[:, i], atol=1e-4 * size
        )
        sizes = np.max(np.abs(moments.hessian[:, i]))
        numeric = (up.gradient - down.gradient) / (2 * h)
        np.testing.assert_allclose(numeric, moments.hessian[:, i], atol=1e-3 * sizes)


def test_errors_are_those_of_rows_left_out() -> None:
    X = uniform(60, 2)
    y = np.sin(X[0]) * X[1]
    model = fit_surrogate(X.T, y, np.ones(60))
    assert model is not None and model.r_squared > 0.99
    noise = np.random.Generator(np.random.Philox(1)).normal(size=60)
    noisy = fit_surrogate(X.T, noise, np.ones(60))
    assert noisy is None or noisy.r_squared < 0.5


def test_summands_of_the_model() -> None:
    X = uniform(300, 2)
    model = fit_surrogate(X.T, np.sin(2.0 * X[0]) + X[1] ** 2, np.ones(300), groups=((0,), (1,)))
    assert isinstance(model, Surrogate)
    first = model.component(X.T, 0) - np.sin(2.0 * X[0])
    assert np.std(first) < 1e-3


# Reductions


@pytest.mark.parametrize(
    ("reduction", "texts"),
    [
        (added(0, 1, -1, 1, 1), ("c", "a - b")),
        (added(0, 1, 1, 2, 2), ("c", "a**2 + b**2")),
        (multiplied(0, 1, 1, -1), ("c", "a / b")),
        (scaled([Fraction(1), Fraction(1), Fraction(0)], Fraction(0), [0, 1]), ("c", "b / a")),
    ],
)
def test_reduced_columns_are_exact(reduction: Reduction | None, texts: tuple[str, ...]) -> None:
    X = uniform(50, 3)
    problem = problem_of(X, X[0] + X[1])
    assert reduction is not None
    part = reduced(first_part(problem, 0), reduction, Writer(problem.language))
    assert part is not None
    assert tuple(Expression(nodes).text() for nodes in part.columns) == texts


def test_whole_formula_of_a_divided_target() -> None:
    X = uniform(50, 2)
    problem = problem_of(X, X[1] * X[0] ** 2)
    reduction = scaled([Fraction(1), Fraction(0)], Fraction(2), [0, 1])
    assert reduction is not None
    part = reduced(first_part(problem, 0), reduction, Writer(problem.language))
    assert part is not None
    assert part.whole(parse("u0 + 1")) == parse("a**2 * (b + 1)")
    np.testing.assert_allclose(part.y / part.y[0], part.X[:, 0] / part.X[0, 0])


def test_what_is_left_after_a_factor() -> None:
    X = uniform(50, 3)
    problem = problem_of(X, X[0] * X[1] + X[2])
    part = first_part(problem, 0)
    left = without(part, parse("c").nodes, part.X[:, 2], (0, 1), True)
    assert left is not None
    assert left.whole(parse("u0 * u1")) == parse("c * (a * b)")
    np.testing.assert_allclose(left.y * part.X[:, 2], part.y)


def test_a_language_without_the_operator_refuses() -> None:
    X = uniform(50, 2)
    problem = problem_of(X, X[0], ("+", "*"))
    assert reduced(first_part(problem, 0), added(0, 1, -1, 1, 1), Writer(problem.language)) is None


# Structure

STRUCTURES: dict[str, tuple[Callable[[Array], Array], tuple[str, ...]]] = {
    "difference": (lambda X: np.sin(X[0] - X[1]) * (1.0 + X[2]) ** 1.5 / (X[2] + 2.0), ("a", "b")),
    "sum": (lambda X: np.exp(np.sin(X[0] + X[1])) + X[2] ** 2 * (X[0] + X[1]), ("a", "b")),
    "product": (lambda X: np.sin(X[0] * X[1] / 2.0) + np.cos(X[2]) * X[0] * X[1], ("a", "b")),
    "quotient": (lambda X: np.sqrt(X[0] / X[1] + np.sin(X[2]) + 2.0), ("a", "b")),
    "sum of powers": (lambda X: np.sin(np.hypot(X[0], X[1])) + X[2] / (X[0] ** 2 + X[1] ** 2), ("a", "b")),
    "product of powers": (lambda X: np.cos(X[0] ** 2 * X[1] / 5.0 + X[2]), ("a", "b")),
    "scaling": (lambda X: np.sqrt(X[0] ** 2 + X[0] * X[1] + 3.0 * X[1] * X[2]) * X[0], ("a", "b", "c")),
}  # fmt: skip


@pytest.mark.long_but("product", "scaling")
@pytest.mark.parametrize("kind", STRUCTURES)
def test_structure_is_found(kind: str) -> None:
    law, variables = STRUCTURES[kind]
    X = uniform(400, 3)
    study = studied(problem_of(X, law(X)), may_split=False)
    assert (kind, variables) in kinds(study.findings)
    assert all(0.5 < finding.confidence <= 1.0 for finding in study.findings)


def test_even_column_is_found() -> None:
    X = uniform(400, 2, -2.0, 2.0)
    study = studied(problem_of(X, np.cos(X[0]) * X[1] + np.exp(X[1])), may_split=False)
    assert ("even", ("a",)) in kinds(study.findings)
    assert ("even", ("b",)) not in kinds(study.findings)


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_odd_column_is_found(noise: float) -> None:
    X = uniform(400, 2, -2.0, 2.0)
    y = np.sin(X[0]) * np.exp(X[1])
    y = y + noise * np.std(y) * np.random.Generator(np.random.Philox(2)).normal(size=400)
    study = studied(problem_of(X, y), may_split=False)
    assert ("odd", ("a",)) in kinds(study.findings)
    assert not {("odd", ("b",)), ("even", ("a",)), ("even", ("b",))} & set(kinds(study.findings))


@pytest.mark.parametrize("noise", [0.0, 0.01])
def test_nothing_is_found_where_nothing_is(noise: float) -> None:
    X = uniform(400, 3)
    y = np.sin(X[0] * X[1] + X[2]) + X[0] * np.exp(-X[1] * X[2]) + X[2] ** 2 * X[1]
    y = y + noise * np.std(y) * np.random.Generator(np.random.Philox(2)).normal(size=400)
    assert studied(problem_of(X, y)).findings == []


def test_noise_is_not_modelled() -> None:
    X = uniform(200, 3)
    study = studied(problem_of(X, np.random.Generator(np.random.Philox(2)).normal(size=200)))
    assert study.findings == []


def test_irrelevant_columns_are_named() -> None:
    X = uniform(400, 7)
    study = studied(problem_of(X, np.sin(X[2]) + X[5] * X[2]), may_split=False)
    named = {name for f in study.findings if f.kind == "irrelevant" for name in f.variables}
    assert named == set("abdeg")


@pytest.mark.parametrize(
    ("kind", "law"),
    [
        ("summands", lambda X: np.sin(X[0] * X[1] + X[1]) + np.exp(X[2]) * np.cos(X[3] * X[2])),
        ("factors", lambda X: (np.sin(X[0] * X[1] + X[1]) + 2.0) * (1.0 + np.exp(-X[2] * X[3] - X[3]))),
    ],
)
def test_separable_groups_are_found(kind: str, law: Callable[[Array], Array]) -> None:
    X = uniform(600, 4)
    study = studied(problem_of(X, law(X)))
    assert (kind, ("a", "b")) in kinds(study.findings)
    assert len(study.splits) == 1


def test_noisy_structure_is_found() -> None:
    X = uniform(500, 3)
    y = np.sin(X[0] - X[1]) * X[2] + X[2] ** 2
    y = y + 0.01 * np.std(y) * np.random.Generator(np.random.Philox(2)).normal(size=500)
    assert ("difference", ("a", "b")) in kinds(studied(problem_of(X, y), may_split=False).findings)


# The searcher


def all_of(problem: Problem, limit: int = 400) -> tuple[list[Expression], list[Finding]]:
    """Everything proposed until the searcher falls silent, and what it found."""
    searcher = Decomposition(part_work=5e7)
    state = searcher.start(problem, 0)
    snapshot = Archive(30, problem.loss_floor, 2**8).snapshot()
    found: list[Expression] = []
    for _ in range(limit):
        found += searcher.ask(state, problem, snapshot, 10_000, map).formulas
    assert not state.tasks, "not done in time"
    return found, findings_of(state)


@pytest.mark.long
def test_product_of_reduced_columns_end_to_end() -> None:
    a, b, c, d = X = uniform(400, 4)
    y = (np.sin(a - b) + 1.5) * np.exp(-c / d)
    outcome = search(
        problem_of(X, y), Budget(evaluations=3_000_000, target_loss=1e-24), searchers=[Decomposition()]
    )
    assert outcome.front[-1].loss < 1e-24
    assert outcome.front[-1].source == "decomposition"
    found = kinds(findings_of(outcome.states["decomposition"]))
    assert {("difference", ("a", "b")), ("quotient", ("c", "d"))} <= found


@pytest.mark.long
def test_summands_end_to_end() -> None:
    a, b, c, d = X = uniform(500, 4)
    y = np.exp(a) * b + np.sin(c * d)
    budget = Budget(evaluations=3_000_000, target_loss=1e-20)
    outcome = search(problem_of(X, y), budget, searchers=[Decomposition(part_work=1e9)])
    assert outcome.front[-1].loss < 1e-20
    found = kinds(findings_of(outcome.states["decomposition"]))
    assert {("summands", ("a", "b")), ("summands", ("c", "d"))} <= found


# A function to ask


def test_a_function_shows_what_few_rows_do_not() -> None:
    X = uniform(40, 6)

    def law(points: np.ndarray) -> np.ndarray:
        a, b, c, d, e, _ = points.T
        return np.sin(3 * (a - b)) * np.exp(c * d) + np.cos(2 * e)

    def found(oracle: Callable[[np.ndarray], np.ndarray] | None) -> set[tuple[str, tuple[str, ...]]]:
        problem = replace(problem_of(X, law(X.T)), oracle=oracle)
        part, ask = answered(first_part(problem, 0), problem)
        study, writer = Study(part, ask=ask), Writer(problem.language)
        while not study.done:
            study.step(writer)
        assert all(confidence > 0.99 for _, _, confidence in study.findings) or oracle is None
        return kinds(study.findings)

    seen = {("difference", ("a", "b")), ("product", ("c", "d")), ("irrelevant", ("f",))}
    assert not seen & found(None)
    assert seen | {("summands", ("e",)), ("summands", ("a", "b", "c", "d"))} <= found(law)


def test_a_function_is_not_believed_beyond_its_errors() -> None:
    X = uniform(300, 3)

    def nearly(points: np.ndarray) -> np.ndarray:
        a, b, c = points.T
        return np.sin(a - b) + c + 1e-5 * a * c

    problem = replace(problem_of(X, nearly(X.T)), oracle=nearly)
    part, ask = answered(first_part(problem, 0), problem)
    study, writer = Study(part, ask=ask), Writer(problem.language)
    while not study.done:
        study.step(writer)
    assert study.findings == []


@pytest.mark.parametrize(
    "reduction",
    [
        added(0, 1, -1, 1, 1), added(0, 1, 1, 2, 2), multiplied(0, 1, 2, -1), irrelevant((1,)),
        scaled((Fraction(1), Fraction(2), Fraction(0)), Fraction(1), (0, 1)), even(0), odd(0),
    ],
)  # fmt: skip
def test_points_of_a_smaller_part_lead_back_to_points_of_the_larger(reduction: Reduction) -> None:
    X = uniform(200, 3).T
    ask = lifted(lambda points: points.sum(axis=1), reduction, X)
    kept = reduction.kept(3)
    Z = np.column_stack([X[:, kept], *(item.values(X) for item in reduction.new)])
    seen: list[np.ndarray] = []
    ask = replace(ask, ask=lambda points: seen.append(points) or np.zeros(len(points)))
    ask(Z)
    (points,) = seen
    again = np.column_stack([points[:, kept], *(item.values(points) for item in reduction.new)])
    assert_allclose(again, Z, rtol=1e-12)


@pytest.mark.parametrize("n_rows", [2, 10, 29])
def test_few_rows_are_left_to_others(n_rows: int) -> None:
    X = uniform(n_rows, 2)
    found, findings = all_of(problem_of(X, X[0] - X[1]), 3)
    assert findings == []
    assert all(len(formula.nodes) == 1 for formula in found)


def test_power_law_is_answered_by_the_study() -> None:
    X = uniform(200, 3)
    y = 4.2 * X[0] * X[1] ** 2 / X[2]
    found, _ = all_of(problem_of(X, y))
    columns = dict(zip("abc", X, strict=True))
    ratios = [reference.values(formula, columns) / y for formula in found]
    assert any(np.ptp(ratio) < 1e-9 * abs(ratio[0]) for ratio in ratios)


def test_state_survives_pickling_amid_a_search() -> None:
    X = uniform(100, 3)
    problem = problem_of(X, np.sin(X[0] - X[1]) * X[2] + X[2] ** 2)
    searcher = Decomposition()
    state, snapshot = searcher.start(problem, 0), Archive(30, 0.0, 2**8).snapshot()
    while not any(task.search for task in state.tasks):
        searcher.ask(state, problem, snapshot, 2_000, map)
    other = pickle.loads(pickle.dumps(state))
    for _ in range(3):
        mine = searcher.ask(state, problem, snapshot, 2_000, map)
        theirs = searcher.ask(other, problem, snapshot, 2_000, map)
        assert [f.text() for f in mine.formulas] == [f.text() for f in theirs.formulas]
        assert mine.counters == theirs.counters
