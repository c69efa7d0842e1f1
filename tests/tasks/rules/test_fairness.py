"""Rates that may not differ between groups, and what is said of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from symlaw.errors import InvalidSetting
from symlaw.tasks.rules.estimator import RuleClassifier


def loans(n: int = 600) -> pd.DataFrame:
    """Loans of two groups: income says more of one of them, a history of debts something of both."""
    rng = np.random.default_rng(5)
    group = rng.choice(["A", "B"], n)
    debts = rng.integers(0, 2, n)
    income = rng.normal(50, 12, n).round() + np.where(group == "A", 10, 0)
    bad = np.where(group == "A", income < 50, (debts == 1) & (income < 62)) ^ (rng.random(n) < 0.05)
    return pd.DataFrame({"group": group, "debts": debts, "income": income, "bad": bad})


def apart(model: RuleClassifier, frame: pd.DataFrame, of: bool | None) -> float:
    own = frame if of is None else frame[frame["bad"] == of]
    said = model.predict(own.drop(columns="bad"))
    return float(np.ptp([said[own["group"] == one].mean() for one in ("A", "B")]))


@pytest.fixture(scope="module")
def free() -> RuleClassifier:
    frame = loans()
    return RuleClassifier(forbidden=["group"], max_literals=4, random_state=0).fit(
        frame.drop(columns="bad"), frame["bad"]
    )


@pytest.mark.parametrize(
    ("rate", "of", "words"),
    [
        ("true_positive_rate", True, "true-positive rates"),
        ("false_positive_rate", False, "false-positive rates"),
    ],
)
def test_rates_of_errors_differ_by_no_more_than_allowed(
    free: RuleClassifier, rate: str, of: bool, words: str
) -> None:
    frame = loans()
    most = apart(free, frame, of) / 2
    model = RuleClassifier(fair={"group": {rate: most}}, max_literals=4, random_state=0)
    model.fit(frame.drop(columns="bad"), frame["bad"])
    reached = apart(model, frame, of)
    assert most > 0.0 and reached <= most + 1e-9 and "group" not in str(model)
    assert f"by group its {words} differ by {100 * reached:.1f}%" in model.status_
    assert "on rows left out by " in model.status_
    assert model.errors_[-1].startswith("by group it holds in ")


def test_both_rates_may_be_bounded() -> None:
    frame = loans()
    bounds = {"true_positive_rate": 0.1, "false_positive_rate": 0.1}
    model = RuleClassifier(fair={"group": bounds}, max_literals=4, random_state=0)
    model.fit(frame.drop(columns="bad"), frame["bad"])
    assert apart(model, frame, True) <= 0.1 + 1e-9 and apart(model, frame, False) <= 0.1 + 1e-9


def test_what_cannot_be_met_is_said_in_one_sentence() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(["A", "B"], 100)
    frame = pd.DataFrame({"group": group, "x": (group == "A") ^ (rng.random(200) < 0.1)})
    model = RuleClassifier(fair={"group": 0.0}, random_state=0).fit(frame, group == "A")
    assert "no fair rule was found that does better than" in model.status_
    assert "\n" not in model.status_


@pytest.mark.parametrize(
    ("fair", "says"),
    [
        ({"group": {"rates": 0.1}}, "fair has 'rates' for 'group': give one of rate, true_positive_rate"),
        ({"group": {}}, "fair has no rate for 'group'"),
        ({"group": {"rate": 3}}, "give a share between 0 and 1"),
    ],
)
def test_bounds_are_checked(fair: object, says: str) -> None:
    frame = loans(60)
    with pytest.raises(InvalidSetting, match=says):
        RuleClassifier(fair=fair).fit(frame.drop(columns="bad"), frame["bad"])  # type: ignore[arg-type]


def test_groups_of_few_rows_are_said_not_to_be_compared() -> None:
    frame = loans(120)
    frame["group"] = [f"g{k // 4}" for k in range(120)]
    model = RuleClassifier(fair={"group": 0.1}, max_literals=2, random_state=0)
    model.fit(frame.drop(columns="bad"), frame["bad"])
    assert "are not compared: fewer than two groups have 10 rows" in model.status_
