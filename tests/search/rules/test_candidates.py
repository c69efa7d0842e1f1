"""Literals of a table: readable cut points, sets of labels, gaps, pairs of columns."""

from __future__ import annotations

import numpy as np

from symlaw.language.rules.literals import Columns
from symlaw.search.rules.candidates import Candidates, candidates_for
from symlaw.search.rules.counting import planes_of


def candidates(columns: Columns, target: np.ndarray, room: int = 1000) -> Candidates:
    weights = np.ones(len(target))
    return candidates_for(columns, target, weights, planes_of(target, weights), room)


def texts(columns: Columns, target: np.ndarray, room: int = 1000) -> list[str]:
    return [literal.text() for literal in candidates(columns, target, room).literals]


def test_cut_points_have_few_digits_and_stand_where_the_target_changes() -> None:
    x = np.random.default_rng(0).normal(0.0, 1.0, 400)
    found = texts({"x": x}, x > 0.7)
    low, high = x[x <= 0.7].max(), x[x > 0.7].min()
    cuts = [float(text.split()[-1]) for text in found if " > " in text]
    assert any(low <= cut < high for cut in cuts)
    assert np.median([len(f"{abs(cut):g}") for cut in cuts]) <= 6


def test_whole_numbers_have_whole_cut_points() -> None:
    ages = np.arange(20.0, 90.0)
    cuts = [float(text.split()[-1]) for text in texts({"age": ages}, ages > 71)]
    assert 71.0 in cuts
    assert all(cut == round(cut) for cut in cuts)


def test_labels_that_go_with_the_target_are_sets() -> None:
    wards = np.array(list("ABCDE") * 20, object)
    target = np.isin(wards.astype(str), ["B", "D"])
    assert 'ward in {"B", "D"}' in texts({"ward": wards}, target)


def test_one_of_two_labels_is_not_the_other_one_negated() -> None:
    smokes = np.array(["no", "yes"] * 20, object)
    assert texts({"smokes": smokes}, smokes == "no") == ['smokes = "no"', 'smokes = "yes"']


def test_gaps_and_pairs_of_one_unit_are_literals() -> None:
    rng = np.random.default_rng(2)
    paid, owed = rng.uniform(0, 9, 60), rng.uniform(0, 9, 60)
    weight = np.where(rng.random(60) < 0.3, np.nan, 70.0 + paid)
    found = texts({"paid [EUR]": paid, "owed [EUR]": owed, "weight": weight}, paid > owed)
    assert "`paid [EUR]` > `owed [EUR]`" in found
    assert "weight is missing" in found


def test_literals_of_most_information_are_kept_and_other_columns_named() -> None:
    rng = np.random.default_rng(4)
    columns = {f"x{k}": rng.normal(size=300) for k in range(60)}
    target = (columns["x7"] > 0.2) & (columns["x50"] < 0.5)
    found = candidates(columns, target, room=200)
    used = {name for literal in found.literals for name in literal.columns}
    assert {"x7", "x50"} <= used
    assert len(found.literals) == 200
    assert set(found.aside) == set(columns) - used
