"""What errors cost, of two classes and of several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw.errors import InvalidSetting
from symlaw.tasks.rules.costs import costs_of
from symlaw.tasks.rules.estimator import RuleClassifier

LEVELS = np.array(["high", "low", "middle"])


def risks(n: int = 300) -> pd.DataFrame:
    """Three levels of risk by a score, with noise between neighbours."""
    rng = np.random.default_rng(3)
    score = rng.uniform(0, 10, n).round(1)
    noisy = score + rng.normal(0, 1.0, n)
    level = np.where(noisy > 8, "high", np.where(noisy > 5, "middle", "low"))
    return pd.DataFrame({"score": score, "other": rng.normal(size=n).round(1), "level": level})


def missed(model: RuleClassifier) -> int:
    return int(model.confusion_.loc["high"].drop("high").sum())


@pytest.fixture(scope="module")
def dear() -> RuleClassifier:
    costs = {("high", "low"): 20, ("high", "middle"): 10}
    return symlaw.rules(risks(), target="level", error_costs=costs, max_literals=2, random_state=0)


@pytest.mark.long
def test_dear_errors_of_one_class_are_made_less_often(dear: RuleClassifier) -> None:
    plain = symlaw.rules(risks(), target="level", max_literals=2, random_state=0)
    assert missed(dear) < missed(plain) / 2


@pytest.mark.long
def test_the_confusion_says_what_errors_cost(dear: RuleClassifier) -> None:
    assert dear.confusion_.to_numpy().sum() == 300
    said = dear.predict(risks().drop(columns="level"))
    true = risks()["level"].to_numpy()
    paid = sum(
        {("high", "low"): 20, ("high", "middle"): 10}.get((one, other), 1)
        for one, other in zip(true, said, strict=True)
        if one != other
    )
    assert f"errors cost {paid}: " in dear.errors_[-1]
    assert any(" at 10" in line for line in dear.errors_[:5])


@pytest.mark.long
def test_a_report_shows_costs_and_a_saved_rule_keeps_them(dear: RuleClassifier, tmp_path: Any) -> None:
    dear.save(tmp_path / "rule.json")
    again = RuleClassifier.load(tmp_path / "rule.json")
    pd.testing.assert_frame_equal(again.confusion_, dear.confusion_)
    again.report(tmp_path / "rule.md")
    said = (tmp_path / "rule.md").read_text()
    assert " at 10" in said and "errors cost " in said


def test_pairs_and_a_frame_and_two_words_say_the_same() -> None:
    classes = np.array(["no", "yes"])
    frame = pd.DataFrame([[0, 1], [5, 0]], index=["no", "yes"], columns=["no", "yes"])
    said = ({"miss": 5}, {("yes", "no"): 5}, frame)
    for one in said:
        assert costs_of(one, classes, "yes").matrix.tolist() == [[0.0, 1.0], [5.0, 0.0]]


@pytest.mark.long
def test_what_is_left_is_the_class_that_is_cheapest_to_say() -> None:
    table = risks()
    costs = {("high", "low"): 50, ("high", "middle"): 50, ("middle", "low"): 50}
    model = symlaw.rules(table, target="level", error_costs=costs, max_literals=1, random_state=0)
    assert str(model).splitlines()[-1] == "else: high"


@pytest.mark.parametrize(
    ("costs", "says"),
    [
        ({"miss": 5}, "is for two classes, and the target has 3: give positive numbers, such as "),
        ({("high", "lo"): 5}, "names the class 'lo': give one of 'high', 'low', 'middle'"),
        ({("high", "high"): 5}, "which is no error"),
        ({("high", "low"): 0}, "give positive numbers, such as {('high', 'middle'): 5}"),
        ({"high": 5}, "give positive numbers"),
        ([5, 1], "give positive numbers"),
        (
            pd.DataFrame([[0, 1]], ["high"], ["high", "low"]),
            "a row and a column for each class",
        ),
        (pd.DataFrame(np.ones((3, 3)), LEVELS, LEVELS), "which is no error: give 0"),
        (pd.DataFrame(np.eye(3) - 1, LEVELS, LEVELS), "-1.0"),
    ],
)
def test_costs_that_make_no_sense_are_refused_in_one_sentence(costs: Any, says: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        costs_of(costs, LEVELS)
    assert says in str(caught.value) and "\n" not in str(caught.value)
