"""Rows cannot choose between all rules: rivals are counted, and nothing is said where they disagree."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw.tasks.rules.estimator import RuleClassifier


def known(n: int = 80) -> pd.DataFrame:
    """What follows from ``a and b``, and a column that is the same as ``a`` wherever it matters."""
    rng = np.random.default_rng(6)
    a, b = rng.integers(0, 2, n), rng.integers(0, 2, n)
    c = np.where((b == 0) & (rng.random(n) < 0.3), 1 - a, a)
    return pd.DataFrame({"a": a, "c": c, "b": b, "y": np.where(a & b, "yes", "no")})


NEW = pd.DataFrame({"a": [1, 1, 0], "c": [1, 0, 1], "b": [1, 1, 0]})


@pytest.fixture(scope="module")
def fitted() -> RuleClassifier:
    return symlaw.rules(known(), target="y", random_state=0)


def test_a_row_on_which_rivals_disagree_has_no_label(fitted: RuleClassifier) -> None:
    assert fitted.predict(NEW).tolist() == ["yes", fitted.predict(NEW)[1], "no"]
    assert fitted.predict(NEW, abstain=True).tolist() == ["yes", None, "no"]
    assert not pd.isna(fitted.predict(known().drop(columns="y"), abstain=True)).any()


def test_the_version_space_is_counted(fitted: RuleClassifier) -> None:
    assert "1 rival of its size describes these rows as well: all were looked at" in fitted.status_


def test_rivals_are_kept_in_files(fitted: RuleClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path / "rule.json")
    again = RuleClassifier.load(tmp_path / "rule.json")
    assert again.rivals_ == fitted.rivals_
    assert again.predict(NEW, abstain=True).tolist() == fitted.predict(NEW, abstain=True).tolist()


def test_a_column_that_is_the_same_in_every_row_is_a_rival() -> None:
    frame = known().assign(twin=lambda one: one["a"])
    model = symlaw.rules(frame, target="y", random_state=0)
    assert sorted({str(model), *model.rivals_}) == ["a and b", "c and b", "twin and b"]
    rows = pd.DataFrame({"a": [1, 1], "c": [1, 1], "b": [1, 1], "twin": [1, 0]})
    assert model.predict(rows, abstain=True).tolist() == ["yes", None]


def test_the_count_is_that_of_all_pairs() -> None:
    rng = np.random.default_rng(2)
    rows = rng.integers(0, 2, (60, 9))
    rows[:, 3] = rows[:, 1] ^ (rng.random(60) < 0.02)
    y = rows[:, 0] & rows[:, 1]
    frame = pd.DataFrame(rows, columns=list("abcdefghi")).assign(y=y)
    model = RuleClassifier(max_literals=2, exclusive_or=False, random_state=0)
    model.fit(frame.drop(columns="y"), y)
    taken = model.front_[model.front_["recommended"]].iloc[0]
    sides = [side for k in range(9) for side in (rows[:, k] == 1, rows[:, k] == 0)]
    pairs = [one & other for one, other in combinations(sides, 2)]
    pairs += [one | other for one, other in combinations(sides, 2)]
    wrong = [int(np.sum(one != y)) for one in (sides if taken["literals"] == 1 else pairs)]
    assert taken["literals"] in (1, 2) and taken["errors"] == min(wrong)
    assert len(model.rivals_) == wrong.count(min(wrong)) - 1


def test_of_several_classes_any_clause_may_have_rivals() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.integers(0, 2, 200), rng.integers(0, 2, 200)
    frame = pd.DataFrame({"a": a, "twin": a, "b": b})
    frame["kind"] = np.where(a & b, "both", np.where(b, "one", "none"))
    model = symlaw.rules(frame, target="kind", random_state=0)
    new: dict[str, Any] = {"a": [1, 1, 0], "twin": [1, 0, 0], "b": [1, 1, 0]}
    assert model.predict(pd.DataFrame(new), abstain=True).tolist() == ["both", None, "none"]
    assert any(text.startswith(("both: ", "one: ", "none: ")) and "twin" in text for text in model.rivals_)
