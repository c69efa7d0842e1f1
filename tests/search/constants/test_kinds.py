"""Constants, exponents and named constants: every searcher obeys what was said of them."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.knowledge.constants import ConstantKind
from symlaw.language import parse
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Constant, Expression
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry
from symlaw.search.constants.admissible import Moments, allowed_lines, forms_of_line
from symlaw.search.constants.coefficients import Sum, sums_of
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import genome, grammar_of
from symlaw.search.genome.mutate import random_formula
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers import searchers_named
from symlaw.tasks.regression.settings import Settings

SEARCHERS = ["sparse", "bank", "decomposition", "evolution", "tree_search"]
COLUMNS = ["x", "y", "z"]
EXPONENTS = (-2.0, -0.5, 1.5, 2.0, 2.5)
KINDS = {
    "integer": ConstantKind(1),
    "thirds": ConstantKind(3),
    "positive": ConstantKind(positive=True),
    "bounded": ConstantKind(least=-1.5, most=2.5),
    "small fractions": ConstantKind(12, least=-3.0, most=3.0),
}


def rows(n_rows: int = 120) -> tuple[np.ndarray, np.ndarray]:
    """A noisy law that every kind of constants is in the way of."""
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(0.5, 3.0, (n_rows, 3))
    x, y, z = X.T
    target = 2.7 * x**1.5 / y**2 - 1.3 * np.exp(-0.7 * z) + 0.4 + 0.02 * rng.normal(size=n_rows)
    return X, target


def laws_of(problem: Problem, name: str, evaluations: int = 12_000) -> list[Entry]:
    """The front of a search by one searcher."""
    outcome = search(problem, Budget(evaluations=evaluations), searchers=searchers_named([name]))
    return list(outcome.front)


@pytest.mark.long_but("integer-evolution")
@pytest.mark.parametrize("name", SEARCHERS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_number_of_every_front_is_allowed(name: str, kind: ConstantKind) -> None:
    X, y = rows()
    problem = make_problem(X, y, Language.of(COLUMNS, ["+", "-", "*", "/", "exp", "pow"], demands=[kind]))
    numbers = [value for law in laws_of(problem, name) for value in law.expression.constants]
    assert numbers
    assert [value for value in numbers if not kind.admits(value)] == []


@pytest.mark.parametrize("loss", ["absolute", "huber", "relative"])
def test_numbers_are_allowed_under_other_losses(loss: str) -> None:
    X, y = rows()
    settings = Settings(["+", "-", "*", "/"], loss=loss, constants="integer")
    language = settings.language(COLUMNS)
    problem = make_problem(X, np.abs(y) + 1.0, language, loss=settings.objective())
    laws = laws_of(problem, "evolution")
    assert len(laws) > 1
    assert all(value.is_integer() for law in laws for value in law.expression.constants)


def powers_in(formula: Expression) -> list[float]:
    """Exponents of a formula's powers; nan where one is no number."""
    found = []
    for place, node in enumerate(formula.nodes):
        if getattr(node, "name", "") == "pow":
            before = formula.nodes[place - 1]
            found.append(before.value if isinstance(before, Constant) else np.nan)
        if getattr(node, "name", "") == "square":
            found.append(2.0)
    return found


def language_of_powers() -> Language:
    """A language whose powers have exponents from a set."""
    return Settings(["+", "-", "*", "/", "exp", "pow"], exponents=EXPONENTS).language(COLUMNS)


@pytest.mark.long_but("evolution")
@pytest.mark.parametrize("name", SEARCHERS)
def test_every_exponent_of_every_front_is_of_the_set(name: str) -> None:
    X, y = rows()
    laws = laws_of(make_problem(X, y, language_of_powers()), name)
    assert all(power in EXPONENTS for law in laws for power in powers_in(law.expression))
    if name in ("bank", "evolution", "tree_search"):
        assert any(powers_in(law.expression) for law in laws)


def test_every_exponent_proposed_is_of_the_set() -> None:
    language = language_of_powers()
    grammar, state, one, spare = grammar_of(language), stream(0, "powers"), genome(), bench()
    powers: list[float] = []
    for number in range(5_000):
        random_formula(one, state, grammar, 1 + number % 9, spare)
        size = int(one.size[0])
        nodes = one.codes[:size], one.columns[:size], one.values[:size]
        formula = from_nodes(*nodes, language.operators, language.variables)
        shown = language.shown(formula)
        powers += powers_in(shown)
        assert language.complexity(shown) == language.complexity(formula)
        assert language.searched(shown).nodes == formula.nodes
    assert len(powers) > 3000
    assert set(powers) == set(EXPONENTS)


NAMED = {"c": 299792458.0, "k_B": 1.380649e-23, "h": 6.62607015e-34}
UNITS = {"x": "kg", "y": "m/s", "z": "J"}


@pytest.mark.long_but("J-evolution")
@pytest.mark.parametrize("name", SEARCHERS)
@pytest.mark.parametrize("target", ["J", "K", "kg*m/s"])
def test_fronts_with_named_constants_are_consistent(name: str, target: str) -> None:
    X, _ = rows()
    X = X * (1.0, 1e8, 1e16)
    x, y, z = X.T
    targets = {
        "J": x * NAMED["c"] ** 2 + 0.5 * x * y**2,
        "K": z / NAMED["k_B"] * np.exp(-y / NAMED["c"]),
        "kg*m/s": x * y / np.sqrt(1.0 - 0.9 * (y / NAMED["c"]) ** 2),
    }
    settings = Settings(units=UNITS, target_unit=target, named_constants=list(NAMED))
    language = settings.language(COLUMNS)
    strict = next(iter(language.demands))
    wide = np.column_stack([X, *(np.full(len(X), value) for value in NAMED.values())])
    laws = [law.expression for law in laws_of(make_problem(wide, targets[target], language), name)][1:]
    assert laws
    assert [law for law in laws if not strict.allows(law)] == []
    assert all(set(law.named_constants) <= set(NAMED) for law in laws)
    assert all(law.named_constants[used] == NAMED[used] for law in laws for used in law.named_constants)


@pytest.mark.parametrize("name", SEARCHERS)
def test_every_searcher_finds_a_law_with_a_named_constant(name: str) -> None:
    X, _ = rows()
    language = Settings(units=UNITS, target_unit="J", named_constants=["c"]).language(COLUMNS)
    wide = np.column_stack([X, np.full(len(X), NAMED["c"])])
    laws = laws_of(make_problem(wide, X[:, 0] * NAMED["c"] ** 2, language), name)
    assert laws[-1].loss < 1e-20
    assert laws[-1].expression.named_constants == {"c": NAMED["c"]}
    assert laws[-1].expression.variables == ("x",)


def test_sums_are_written_out_and_rounded() -> None:
    terms = terms_of(parse("3 * (x - 0.667 * y) + 2"))
    assert [str(term) for _, term in terms] == ["x", "y"]
    rng = np.random.Generator(np.random.Philox(2))
    values = rng.normal(size=(2, 50))
    found = Sum(values, 3 * values[0] - 2 * values[1] + 1.2, np.ones(50)).rounded(
        KINDS["integer"], offset=True
    )
    assert found is not None
    assert found.tolist() == [3.0, -2.0, 1.0]
    written = [str(form) for form in sums_of(found[:2], [term for _, term in terms])]
    assert written == ["3.0 * x - 2.0 * y", "3.0 * x + -2.0 * y"]


def test_lines_are_the_best_allowed() -> None:
    moments = Moments(scale=0.26, centre=4.0, spread=2.0, mean=3.3)
    whole = allowed_lines(KINDS["integer"], moments)
    assert whole[0] == (1 / 3, 2.0)
    best = min(moments.excess(a, b) for a in (1.0, 0.25, 1 / 3) for b in range(-5, 6) if b)
    assert moments.excess(*whole[0]) == pytest.approx(best)
    assert "x / 4.0 + 2.0" in [str(form) for form in forms_of_line(parse("x"), 0.25, 2.0)]
