"""Proofs about short formulas, against formulas written out and evaluated one by one."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor
from symlaw.language.grammar import Language
from symlaw.language.operators import operator
from symlaw.language.parser import parse
from symlaw.search.exhaustive.behaviours import Behaviours
from symlaw.search.exhaustive.levels import Growing
from symlaw.search.exhaustive.proof import Effort, Proof, least_losses, provable

UNARY = {
    "sqrt": np.sqrt,
    "square": np.square,
    "exp": np.exp,
    "log": np.log,
    "sin": np.sin,
    "neg": np.negative,
}
BINARY = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "max": np.maximum}
Array = NDArray[np.float64]


@cache
def texts(size: int, names: tuple[str, ...], operators: tuple[str, ...]) -> tuple[tuple[Any, ...], ...]:
    """Every formula of a size as nested tuples, none left out."""
    if size == 1:
        return tuple((name,) for name in names)
    found: list[tuple[Any, ...]] = []
    for name in operators:
        if name in UNARY:
            found += [(name, part) for part in texts(size - 1, names, operators)]
            continue
        for left in range(1, size - 1):
            found += [
                (name, one, other)
                for one in texts(left, names, operators)
                for other in texts(size - 1 - left, names, operators)
            ]
    return tuple(found)


def value(formula: tuple[Any, ...], columns: dict[str, Array]) -> Array:
    """Values of a formula by NumPy alone."""
    if len(formula) == 1:
        return columns[formula[0]]
    arguments = [value(part, columns) for part in formula[1:]]
    function: Any = {**UNARY, **BINARY}[formula[0]]
    return np.asarray(function(*arguments))


def least(formulas: tuple[tuple[Any, ...], ...], columns: dict[str, Array], y: Array, w: Array) -> float:
    """The smallest share of the variance, each formula with scale and offset by weighted least squares."""
    root, best = np.sqrt(w), np.inf
    total = np.sum(w * (y - np.average(y, weights=w)) ** 2)
    for formula in formulas:
        f = value(formula, columns)
        if not np.isfinite(f).all() or np.ptp(f) <= 1e-9 * np.max(np.abs(f)):
            continue
        f = f / np.max(np.abs(f))
        basis = np.stack([np.ones(len(y)), f], axis=1)
        line = np.linalg.lstsq(root[:, None] * basis, root * y, rcond=None)[0]
        best = min(best, np.sum(w * (y - basis @ line) ** 2) / total)
    return float(best)


CASES: list[tuple[str, tuple[str, ...], int]] = [
    ("plain", ("+", "*", "/", "sqrt"), 5),
    ("signs", ("-", "*", "log", "neg"), 5),
    ("waves", ("+", "/", "sin", "square"), 5),
    ("largest", ("max", "-", "exp"), 5),
]


@pytest.mark.parametrize(("seed", "operators", "sizes"), [(k, *case[1:]) for k, case in enumerate(CASES)])
@pytest.mark.parametrize("weighted", [False, True])
def test_losses_are_those_of_plain_enumeration(
    seed: int, operators: tuple[str, ...], sizes: int, weighted: bool
) -> None:
    rng = np.random.default_rng(seed)
    # columns of both signs: many formulas are undefined somewhere, and some only on the way
    X = np.round(rng.normal(size=(30, 2)), 2) + (2.5 if seed < 1 else 0.0)
    y = X[:, 0] * X[:, 1] + rng.normal(size=30)
    w = rng.uniform(0.1, 2.0, 30) if weighted else np.ones(30)
    rows = [operator(name) for name in operators]
    count = sum(len(texts(size, ("a", "b"), operators)) for size in range(1, sizes + 1))
    proof = least_losses(X, y, rows, w if weighted else None, Effort(formulas=count))
    assert len(proof.losses) >= sizes
    columns = {"a": X[:, 0], "b": X[:, 1]}
    with np.errstate(all="ignore"):
        expected = [least(texts(size, ("a", "b"), operators), columns, y, w) for size in range(1, sizes + 1)]
    np.testing.assert_allclose(proof.losses[:sizes], np.minimum.accumulate(expected), rtol=1e-9)


def kept(size: int, X: Array, *names: str) -> int:
    """How many formulas of a size are kept, all smaller ones being kept as well."""
    behaviours = Behaviours([operator(name) for name in names], np.ascontiguousarray(X.T), 1e6)
    for here in range(2, size + 1):
        growing = Growing(behaviours.room())
        for one in behaviours.joinings(here):
            for pairs in behaviours.pairs(one):
                behaviours.take(behaviours.described(pairs, behaviours.made(pairs)), growing)
        behaviours.levels.append(growing.level())
    return len(behaviours.levels[size])


def test_what_differs_on_a_single_row_is_kept() -> None:
    X = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, -4.0]])
    assert kept(1, X, "abs") == 2
    # abs(a) is a again, and so is abs(b)
    assert kept(2, X, "abs") == 0


def test_undefined_parts_are_dropped_unless_an_operator_makes_something_of_them() -> None:
    X = np.array([[-1.0], [1.0], [2.0]])
    assert kept(2, X, "sqrt") == 0
    # a comparison with what is undefined is false
    assert kept(2, X, "sqrt", ">") == 1


def test_a_size_that_would_take_too_much_is_not_stated() -> None:
    rng = np.random.default_rng(0)
    X, rows = rng.uniform(1.0, 2.0, (20, 2)), [operator(name) for name in ("+", "*", "sqrt")]
    whole = least_losses(X, X[:, 0] * X[:, 1], rows, effort=Effort(formulas=2000))
    few = least_losses(X, X[:, 0] * X[:, 1], rows, effort=Effort(formulas=50))
    assert few.losses == whole.losses[: len(few.losses)]
    assert few.n_formulas <= 50 < whole.n_formulas <= 2000
    assert len(least_losses(X, X[:, 0], rows, effort=Effort(seconds=0.0)).losses) == 1
    assert len(least_losses(X, X[:, 0], rows, effort=Effort(size=3)).losses) == 3


@pytest.mark.parametrize("n_rows", [9, 300])
def test_threads_and_values_that_were_not_kept_change_nothing(n_rows: int) -> None:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(n_rows, 2))
    y = np.sin(X[:, 0]) + X[:, 1] ** 2 + rng.normal(size=n_rows)
    rows = [operator(name) for name in ("+", "-", "/", "neg", "square", "sin")]
    one = least_losses(X, y, rows, effort=Effort(size=6))
    assert len(one.losses) == 6
    assert least_losses(X, y, rows, effort=Effort(size=6, threads=2)) == one
    # formulas of five symbols are made again
    assert least_losses(X, y, rows, effort=Effort(size=6, kept=700.0 * n_rows)) == one
    assert len(least_losses(X, y, rows, effort=Effort(size=6, kept=100.0 * n_rows)).losses) < 6


def test_the_best_formula_leaves_what_is_said() -> None:
    rng = np.random.default_rng(2)
    # so many rows that most formulas are left out after the first of them
    X = rng.uniform(0.5, 2.0, (1000, 2))
    y = X[:, 0] / np.sqrt(X[:, 1]) + 0.1 * rng.normal(size=1000)
    proof = least_losses(
        X, y, [operator(n) for n in ("+", "*", "/", "sqrt")], names=["p", "q"], effort=Effort(size=5)
    )
    assert str(proof.best[3]) == "p / sqrt(q)"
    assert proof.up_to(proof.losses[3] * 0.999) == 5
    for formula, loss in zip(proof.best, proof.losses, strict=True):
        basis = np.stack([np.ones(1000), formula.evaluate({"p": X[:, 0], "q": X[:, 1]})], axis=1)
        rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
        assert loss == pytest.approx(np.sum(rest**2) / np.sum((y - y.mean()) ** 2), rel=1e-9)


def test_formulas_made_of_rounding_do_not_count() -> None:
    x = np.linspace(300.0, 310.0, 5)
    rows = [operator(name) for name in ("exp", "sin")]
    with np.errstate(all="ignore"):
        lucky = np.sin(np.exp(x))
    proof = least_losses(x[:, None], lucky, rows, effort=Effort(size=3))
    assert proof.losses[2] > 0.01


def test_values_near_the_ends_of_numbers_are_scored() -> None:
    x = np.array([1.0, 2.0, 4.0, 5.0])
    for unit in (1e-170, 1e170, 5e-324 * 2**40):
        proof = least_losses(unit * x[:, None], x**2, [operator("sqrt")], effort=Effort(size=2))
        assert proof.losses[0] == pytest.approx(1.0 - np.corrcoef(x, x**2)[0, 1] ** 2, rel=1e-6)
        assert len(proof.losses) == 2


def test_what_is_said_ends_where_something_does_better() -> None:
    best = tuple(map(parse, ("a", "sqrt(a)", "a * b", "a / sqrt(b)")))
    proof = Proof((0.9, 0.8, 0.2, 0.1), 100, best)
    assert proof.up_to(0.2) == 3
    assert proof.words(0.2) == (
        "no formula of up to 3 symbols (columns and operators; scale and offset are free) without constants"
        " inside does better: proved, and one of 4 symbols does, with 0.5 of its squared errors: a / sqrt(b)"
    )
    assert proof.words(0.05) == (
        "no formula of up to 4 symbols (columns and operators; scale and offset are free) without constants"
        " inside does better: proved"
    )
    assert proof.words(0.85) == ""


def test_operators_of_three_arguments_are_not_enumerated() -> None:
    assert provable(Language.of(["x"], ["+", "sqrt"]))
    assert not provable(Language.of(["x"], ["+", "clamp"]))


@pytest.mark.long
def test_a_model_says_what_is_proved_of_its_formula() -> None:
    rng = np.random.default_rng(5)
    X = rng.uniform(0.5, 2.0, (60, 2))
    y = 2.0 * X[:, 0] / X[:, 1] + 0.3 + 0.01 * rng.normal(size=60)
    model = SymbolicRegressor(
        operators=["+", "*", "/", "sqrt"], max_evaluations=20_000, time_budget=None, random_state=0
    ).fit(X, y)
    assert model.proof_.startswith("no formula of up to ")
    assert f"Proof: {model.proof_}." in str(model)
