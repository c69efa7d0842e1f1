"""Sums of mechanisms: the same by seed, sound, and as hard as claims ask for."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.judge import is_law
from benchmarks.problems.mechanisms import (
    CLAIMS_CONSTANTS,
    CLAIMS_NODES,
    CLAIMS_SEED,
    DEVELOPMENT_SEEDS,
    FIELDS,
    Mechanisms,
    mechanisms,
)
from benchmarks.trial import Trial, asked_of, problems_of


@pytest.fixture(scope="module")
def laws() -> list[Mechanisms]:
    return mechanisms(3, 12)


@pytest.mark.long
def test_a_seed_gives_the_same_laws(laws: list[Mechanisms]) -> None:
    assert mechanisms(3, 4) == laws[:4]
    assert len({law.formula for law in laws}) == len(laws)


def test_laws_are_finite_and_vary(laws: list[Mechanisms]) -> None:
    for law in laws:
        sample = law.draw(300, seed=1, noise=0.01)
        assert np.all(np.isfinite(sample.y)), law.formula
        assert np.std(sample.y_clean) > 0.01
        for one, column in zip(law.inputs, sample.X.T, strict=True):
            assert np.all((column >= one.low - 1e-6) & (column <= one.high + 1e-6))


def test_rows_follow_trajectories_and_are_stored_as_they_say() -> None:
    found = mechanisms(5, 25)
    along = next(law for law in found if law.trajectory and not law.single)
    steps = np.abs(np.diff(along.draw(400).X, axis=0)) / [one.high - one.low for one in along.inputs]
    assert np.max(steps) < 0.1
    single = next(law for law in found if law.single)
    sample = single.draw(50)
    assert np.array_equal(sample.X, sample.X.astype(np.float32))
    assert np.array_equal(sample.y, sample.y.astype(np.float32))


def test_laws_of_claims_are_long() -> None:
    for law in mechanisms(7, 6, claims=True):
        assert 3 <= len(law.terms) <= 5
        assert law.form == "sum"
        assert len(law.expression.nodes) >= CLAIMS_NODES
        assert law.inner_constants >= CLAIMS_CONSTANTS
    assert CLAIMS_SEED not in DEVELOPMENT_SEEDS


def test_the_judge_knows_a_law(laws: list[Mechanisms]) -> None:
    for law in [law for law in laws if law.form == "sum"][:3]:
        assert is_law(law.formula, law), law.formula
        assert not is_law(law.terms[0], law)


def test_they_are_a_suite() -> None:
    first, second = problems_of("mechanisms-3", 2)
    assert first.name == "mechanisms-3-0"
    asked = asked_of(Trial("symlaw", "mechanisms-3", second.name, 0.0, 0, 1.0, 1))
    assert asked.problem == second


@pytest.mark.parametrize("name", FIELDS)
def test_terms_of_a_field_name_its_own(name: str) -> None:
    field = FIELDS[name]
    for term in field.terms:
        text = term
        for constant in field.constants:
            text = text.replace("{" + constant + "}", "1.5")
        assert "{" not in text, term
