"""What is proven, tested and violated; enclosures that hold what formulas give."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from symlaw.engine.blocks import kernel_table
from symlaw.engine.evaluate import evaluate
from symlaw.engine.fit import make_rows
from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.knowledge.statements.domain import Domain
from symlaw.knowledge.statements.enclosing import enclose
from symlaw.knowledge.statements.proving import are_equal, holds_on
from symlaw.knowledge.statements.shape import PROVEN, TESTED, VIOLATED, Shape, Verdict, shape_of
from symlaw.language import operator_table, parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.language.user_operators.operator import operator as users
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import genome, grammar_of
from symlaw.search.genome.mutate import random_formula, typed_bench

NAMES = ["a", "b", "c"]
X = np.array([[0.5, 0.5, -1.0], [3.0, 2.0, 1.0]])


def shape(*sentences: object) -> Shape:
    """Statements over the box of X, for a target of standard deviation 1."""
    found = shape_of(sentences, None, NAMES, "y", X, 1.0)
    assert found is not None
    return found


CASES = [
    ("a*b + c", "increasing in a", PROVEN),
    ("exp(-a) / b", "decreasing in a", PROVEN),
    ("a - 0.01*exp(a)*b", "increasing in a", PROVEN),
    ("a - 0.05*exp(a)*b", "increasing in a", VIOLATED),
    ("sqrt(a) - c**2", "concave in a", PROVEN),
    ("sqrt(a) - c**2", "concave in c", PROVEN),
    ("abs(c) + a", "convex in c", TESTED),
    ("-abs(c)", "convex in c", VIOLATED),
    ("floor(a)", "increasing in a", TESTED),
    ("-floor(a)", "increasing in a", VIOLATED),
    ("log(a - 0.7)", "increasing in a", VIOLATED),
    ("a*b / (a + b)", "0 < y < 2", PROVEN),
    ("a*b / (a + b)", "y < 1", VIOLATED),
    ("c**2", "y > 0", VIOLATED),
    ("c**2", "y >= 0", PROVEN),
    ("cos(c)*a + c**2", "even in c", PROVEN),
    ("cos(c + 0.1)", "even in c", VIOLATED),
    ("sin(c)*a - tanh(2*c)", "odd in c", PROVEN),
    ("sin(c) + 0.001", "odd in c", VIOLATED),
    ("cbrt(a*b) + cos(a - b)", "symmetric in a, b", PROVEN),
    ("a*b*c", "symmetric in a, b, c", PROVEN),
    ("a*b - a", "symmetric in a, b", VIOLATED),
    ("a*sin(2*c) + b", "periodic in c with pi", PROVEN),
    ("sin(c)**2", "periodic in c with pi", TESTED),
    ("sin(1.001*c)", "periodic in c with 2*pi", VIOLATED),
    ("exp(c) - 1 + b*c", "y = 0 at c = 0", PROVEN),
    ("exp(c) + b", "y = b + 1 at c = 0", PROVEN),
    ("exp(c) + b", "y = 1 at c = 0", VIOLATED),
    ("b*exp(-a)", "y -> 0 as a -> inf", TESTED),
    ("b*exp(-a) + 0.001", "y -> 0 as a -> inf", VIOLATED),
    ("1/log(a + 2)", "y -> 0 as a -> inf", TESTED),
    ("sqrt(a**2 + 1)*2", "y ~ 2*a as a -> inf", TESTED),
    ("sqrt(a**2 + 1)*2.1", "y ~ 2*a as a -> inf", VIOLATED),
    ("tanh(c)/c*b", "y -> b as c -> 0", TESTED),
    ("b", "y -> b as a -> inf", PROVEN),
]


@pytest.mark.parametrize(("formula", "sentence", "status"), CASES, ids=[f"{f}: {s}" for f, s, _ in CASES])
def test_status_of_a_formula(formula: str, sentence: str, status: str) -> None:
    asked, law = shape(sentence), parse(formula)
    (verdict,) = asked.verdicts(law)
    assert verdict.status == status
    assert (verdict.point != {}) == (status == VIOLATED)
    assert asked.holds(law) == (status != VIOLATED)


def test_a_counterexample_between_all_test_points_is_found() -> None:
    dip = parse("1 - 1.2*exp(-((a - 1.2345)**2 + (b - 1.1)**2) / 0.02)")
    (verdict,) = shape("y >= 0").verdicts(dip)
    assert verdict.status == VIOLATED
    assert abs(verdict.point["a"] - 1.2345) < 0.2 and abs(verdict.point["b"] - 1.1) < 0.2


def test_a_counterexample_breaks_the_statement() -> None:
    (verdict,) = shape("y <= 1").verdicts(law := parse("a*b"))
    point = np.array([[verdict.point[name] for name in NAMES]])
    assert evaluate([law], point, NAMES)[0, 0] > 1


def test_users_operators_are_proven_by_their_formula_or_not_at_all() -> None:
    followed, opaque = users(lambda x: x * x + 1, name="plus"), users(_opaque, name="opaque")
    for row, status in ((followed, PROVEN), (opaque, TESTED)):
        law = Expression((*parse("a").nodes, row))
        assert [verdict.status for verdict in shape("y > 0", "increasing in a").verdicts(law)] == [status] * 2


def _opaque(x: float) -> float:
    return x * x + 1 if x > 0 else 1.0


def test_verdicts_read_back() -> None:
    verdict = Verdict("y > 0", VIOLATED, {"a": 0.5})
    assert Verdict.from_record(verdict.to_record()) == verdict


def test_a_proof_gives_up_where_a_value_touches_its_bound() -> None:
    domain, rounds = Domain(("a",), np.zeros(1), np.ones(1)), 0

    def is_elsewhere(boxes: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        nonlocal rounds
        rounds += 1
        low, high = boxes["a"]
        return (low > 0.0) | (high < 0.0)

    assert not holds_on(is_elsewhere, domain, ("a",))
    assert rounds < 40


def test_prices_are_of_soft_statements_and_distances_of_hard_ones() -> None:
    asked = shape("y <= 1", {"that": "decreasing in a", "weight": 0.5})
    assert asked.price(parse("-a")) == 0 and asked.distance(parse("-a")) == 0
    assert asked.price(parse("a - 3")) > 0 and asked.distance(parse("a - 3")) == 0
    assert asked.price(parse("3 - a")) == 0 and asked.distance(parse("3 - a")) > 0
    assert asked.broken(parse("3 - a")) == (0,)
    assert shape({"that": "decreasing in a", "weight": 1.0}).price(parse("a - 3")) == pytest.approx(
        2 * asked.price(parse("a - 3"))
    )


def test_equal_formulas_are_seen_through_odd_and_even_functions() -> None:
    assert are_equal(parse("sin(a - b) * erf(b - a)"), parse("sin(b - a) * erf(a - b)"))
    assert not are_equal(parse("exp(a - b)"), parse("exp(b - a)"))


def test_values_lie_within_enclosures() -> None:
    language = Language.of(NAMES, list(operator_table()))
    grammar, one, state = grammar_of(language), genome(), stream(0, "enclosures")
    rows = make_rows(np.ones((3, 8)), np.arange(8.0))
    spare = typed_bench(bench(), grammar, kernel_table(language.operators), rows)
    rng = np.random.Generator(np.random.Philox(2))
    shares, known = rng.random((300, 3)), 0
    shares[:8] = np.indices((2, 2, 2)).reshape(3, -1).T
    for number in range(400):
        random_formula(one, state, grammar, 1 + number % 9, spare)
        size = int(one.size[0])
        parts = (one.codes[:size], one.columns[:size], one.values[:size])
        law = from_nodes(*parts, language.operators, language.variables)
        low = rng.choice([-2.0, -0.5, 0.0, 0.5, 1.0], 3)
        high = low + rng.choice([0.0, 0.01, 0.5, 2.0], 3)
        boxes = {name: (low[k : k + 1], high[k : k + 1]) for k, name in enumerate(NAMES)}
        least, most = enclose(law, boxes)
        if np.isfinite(least[0]):
            known += 1
            values = evaluate([law], low + shares * (high - low), NAMES)[0]
            assert np.all((values >= least[0]) & (values <= most[0])), law
    assert known > 150
