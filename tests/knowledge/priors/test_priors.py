from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.errors import FileUnreadable, InvalidSetting, ParseError
from symlaw.knowledge.priors.prior import (
    Preference,
    Prior,
    corpus_prior,
    pairs_of,
    preference_from,
    prior_from,
    read_prior,
)
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import genome, grammar_of
from symlaw.search.genome.mutate import random_formula
from symlaw.search.mcts.alphabet import alphabet_of, context_of
from symlaw.search.mcts.policies import Uniform, leaning_of, probabilities

OPERATORS = ["+", "-", "*", "/", "sin", "exp", "sqrt"]


def formulas(preference: Preference | None, count: int = 3000) -> list[Expression]:
    """Random formulas as evolution begins with them."""
    language = Language.of(["x", "y"], OPERATORS, preference=preference)
    grammar, state, one, spare = grammar_of(language), stream(0, "priors"), genome(), bench()
    found = []
    for number in range(count):
        random_formula(one, state, grammar, 1 + number % 9, spare)
        size = int(one.size[0])
        nodes = one.codes[:size], one.columns[:size], one.values[:size]
        found.append(from_nodes(*nodes, language.operators, language.variables))
    return found


def times_inside(found: list[Expression], child: str, parent: str | None = None) -> int:
    """How often an operator occurs, inside another one where that is given."""
    pairs = [pair for formula in found for pair in pairs_of(formula)]
    return sum(inside == child and parent in (None, above) for above, inside in pairs)


def test_weights_steer_random_formulas() -> None:
    plain = formulas(Preference({"sin": 1.0}))
    rare = formulas(Preference({"sin": 0.1}))
    assert times_inside(rare, "sin") < 0.2 * times_inside(plain, "sin")
    assert times_inside(rare, "exp") > times_inside(plain, "exp")


def test_what_stands_inside_what_steers_random_formulas() -> None:
    prior = Prior.from_formulas(["exp(sqrt(x))", "exp(sqrt(y))", "sin(x * y)", "x + sin(y)"] * 50)
    found = formulas(Preference(prior=prior))
    assert times_inside(found, "sqrt", "exp") > 5 * times_inside(found, "sin", "exp")
    assert times_inside(found, "*", "sin") > 5 * times_inside(found, "sqrt", "sin")


def test_weights_steer_the_policy_of_tree_search() -> None:
    language = Language.of(["x", "y"], OPERATORS, preference=Preference({"sin": 0.1}))
    alphabet = alphabet_of(language)
    odds = probabilities(Uniform(), alphabet, [], leaning_of(language, alphabet))
    sin, exp, plus = (3 + OPERATORS.index(name) for name in ("sin", "exp", "+"))
    for context in (0, context_of(plus, 0), context_of(exp, 0)):
        assert odds[context, sin] == pytest.approx(0.1 * odds[context, exp])
    assert odds.sum(axis=1) == pytest.approx(1.0)


def test_lengths_are_those_of_a_code() -> None:
    plain = Preference({"sin": 1.0})
    formula = parse("sin(x) + 1")
    assert plain.length(formula, OPERATORS, 2) == pytest.approx(4 * math.log(len(OPERATORS) + 3))
    rare = Preference({"sin": 0.1})
    assert rare.length(formula, OPERATORS, 2) > plain.length(formula, OPERATORS, 2) + 1.0
    counted = Preference(prior=corpus_prior())
    length = counted.length
    assert length(parse("x * y"), OPERATORS, 2) < length(parse("sin(exp(x))"), OPERATORS, 2)


def test_a_prior_survives_its_file(tmp_path: Path) -> None:
    prior = Prior.from_formulas(["x * y + 1", parse("sqrt(x)")], {"file": "mine"})
    prior.save(tmp_path / "prior.json")
    assert read_prior(tmp_path / "prior.json") == prior
    assert prior.sizes == {"2": 1, "5": 1}
    assert prior_from(str(tmp_path / "prior.json")) == prior
    assert prior_from(prior.record()) == prior


def test_the_shipped_prior_says_where_it_comes_from() -> None:
    prior = corpus_prior()
    packages = prior.source["packages"]
    assert sum(one["formulas"] for one in packages) == prior.n_formulas > 1000
    assert all(one["licence"] == "MIT" and one["version"] for one in packages)


@pytest.mark.parametrize(
    ("weights", "prior", "message"),
    [
        ({"tan": 2}, None, "operator_weights names 'tan', which operators lacks"),
        ({"sin": 0}, None, "operator_weights of 'sin' is 0: give a number above 0"),
        (["sin"], None, "operator_weights is .*: give weights by operator"),
        (None, 3, "prior is 3: give 'corpus', the path of a file, a Prior, or None"),
        (None, {"a": 1}, "prior holds no counts: make it with symlaw prior fit"),
    ],
)
def test_what_makes_no_sense_is_refused(weights: object, prior: object, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        preference_from(weights, prior, ["sin"])


def test_files_and_formulas_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be read as JSON"):
        read_prior(tmp_path / "nowhere.json")
    (tmp_path / "old.json").write_text(json.dumps({"symlaw_prior": 9}))
    with pytest.raises(InvalidSetting, match="prior of format 9 is unknown"):
        read_prior(tmp_path / "old.json")
    with pytest.raises(ParseError, match=r"formula 'x \+' cannot be counted"):
        Prior.from_formulas(["x +"])
    with pytest.raises(InvalidSetting, match="a prior needs formulas"):
        Prior.from_formulas([])


def test_nothing_said_is_no_preference() -> None:
    assert preference_from(None, None, ["sin"]) is None
    assert preference_from({}, None, ["sin"]) is None
