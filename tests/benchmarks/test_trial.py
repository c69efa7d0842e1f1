"""What a trial asks of an engine and says of its answer."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.engines import Accepted, EngineResult, FrontRow
from benchmarks.problems import load
from benchmarks.trial import Trial, asked_of, run, run_in_child, uses_any
from symlaw.language import parse

KINETIC = load("feynman")[15]
LAW, NEAR, WRONG = "0.5*k_spring*x**2", "0.51*k_spring*x**2", "1.3*k_spring*x"


def trial(**changes: Any) -> Trial:
    settings = {"engine": "fake", "suite": "feynman", "problem": KINETIC.name, "noise": 0.0, "seed": 0}
    return Trial(**{**settings, "seconds": 1.0, "threads": 1, **changes})


def record(
    monkeypatch: pytest.MonkeyPatch, front: list[tuple[str, float]], history: Any = (), **changes: Any
) -> dict[str, Any]:
    """The record of a trial whose engine gives this front and recommends its last row."""
    rows = [FrontRow(parse(text), k, loss) for k, (text, loss) in enumerate(front)]
    accepted = [Accepted(seconds, parse(text), loss) for seconds, text, loss in history]
    found = EngineResult(rows, len(rows) - 1, 0.5, 100, accepted)
    fake = SimpleNamespace(fit=lambda *_: found)
    monkeypatch.setattr("benchmarks.trial.engine", lambda _: fake)
    result = run(trial(**changes))
    assert json.loads(json.dumps(result)) == result
    return result


def test_a_plain_trial_asks_for_the_problem_as_it_is() -> None:
    asked = asked_of(trial())
    assert asked.problem == KINETIC and asked.names == KINETIC.names
    assert asked.X.shape == (1000, len(KINETIC.names)) and not asked.frozen and not asked.irrelevant


def test_a_frozen_trial_leaves_out_the_column_and_says_so() -> None:
    asked = asked_of(trial(freeze=True))
    name, _, value = asked.frozen.partition(" = ")
    assert name in KINETIC.names and name not in asked.names
    assert asked.X.shape == (1000, len(KINETIC.names) - 1)
    assert f"{float(value):g}" in asked.problem.formula


def test_distractors_are_further_columns() -> None:
    asked = asked_of(trial(distractors=3))
    assert list(asked.names) == [*KINETIC.names, "d1", "d2", "d3"]
    assert asked.X.shape == (1000, len(KINETIC.names) + 3) and asked.irrelevant == {"d1", "d2", "d3"}


def test_both_variants_go_together() -> None:
    asked = asked_of(trial(freeze=True, distractors=2))
    assert asked.X.shape == (1000, len(KINETIC.names) + 1)
    assert asked.names[-2:] == ["d1", "d2"]


def test_the_record_says_whether_an_irrelevant_column_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    used = record(monkeypatch, [(LAW, 0.0), (f"{LAW} + 0.01*d2", 0.0)], distractors=2)
    assert used["uses_irrelevant"] and used["on_front"] and not used["picked"]
    assert not record(monkeypatch, [(LAW, 0.0)], distractors=2)["uses_irrelevant"]


def test_the_record_says_how_far_the_picked_formula_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert record(monkeypatch, [(WRONG, 0.1), (LAW, 0.0)])["edit_distance"] == 0
    assert record(monkeypatch, [(LAW, 0.0), (WRONG, 0.1)])["edit_distance"] == pytest.approx(1 / 3)


def test_the_law_is_there_when_it_first_came(monkeypatch: pytest.MonkeyPatch) -> None:
    history = [(0.1, WRONG, 0.1), (0.2, WRONG, 0.0), (0.31234, NEAR, 1e-12), (0.4, LAW, 0.0)]
    assert record(monkeypatch, [(LAW, 1e-30)], history)["seconds_to_law"] == 0.312


def test_no_time_is_told_without_the_law_or_a_history(monkeypatch: pytest.MonkeyPatch) -> None:
    assert record(monkeypatch, [(WRONG, 0.1)], [(0.1, LAW, 0.0)])["seconds_to_law"] is None
    assert record(monkeypatch, [(LAW, 0.0)])["seconds_to_law"] is None


def test_with_noise_the_law_is_told_by_its_loss_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    history = [(0.1, WRONG, 0.5), (0.2, LAW, 0.012)]
    assert record(monkeypatch, [(LAW, 0.011)], history, noise=0.1)["seconds_to_law"] == 0.2


def test_random_search_has_the_version_of_symlaw(monkeypatch: pytest.MonkeyPatch) -> None:
    found = record(monkeypatch, [(LAW, 0.0)], engine="random")
    assert found["engine_version"] == found["versions"]["symlaw"]


def test_columns_used_are_those_left_after_simplification() -> None:
    assert uses_any(parse("a*d1"), {"d1"})
    assert not uses_any(parse("a + d1 - d1"), {"d1"})
    assert not uses_any(parse("a*b"), set())


def test_a_trial_that_fails_is_a_record_with_its_variant() -> None:
    failed = run_in_child(trial(engine="no such engine", freeze=True, distractors=4))
    assert "no such engine" in failed["error"] or "no engine" in failed["error"]
    assert failed["freeze"] and failed["distractors"] == 4
