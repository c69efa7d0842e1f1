"""`RuleClassifier` and `symlaw.rules`: what is found, said, kept and refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

import symlaw
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting, RunError, SymlawError
from symlaw.tasks.rules.estimator import RuleClassifier
from symlaw.tasks.rules.rules import rules


def patients(n: int = 300, noise: float = 0.0) -> pd.DataFrame:
    """Patients who come back where they are old, and take insulin or do not exercise."""
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "age": rng.integers(20, 95, n),
            "insulin": rng.integers(0, 2, n).astype(bool),
            "exercises": rng.integers(0, 2, n).astype(bool),
            "ward": rng.choice(list("ABCD"), n),
            "weight": np.where(rng.random(n) < 0.1, np.nan, rng.normal(75, 9, n).round(1)),
        }
    )
    back = (frame["age"] > 71) & (frame["insulin"] | ~frame["exercises"])
    frame["readmitted"] = np.where(back ^ (rng.random(n) < noise), "yes", "no")
    return frame


def inputs() -> pd.DataFrame:
    return patients().drop(columns="readmitted")


@pytest.fixture(scope="module")
def fitted() -> RuleClassifier:
    return rules(patients(), target="readmitted", random_state=0)


def test_the_rule_is_found_said_and_proved(fitted: RuleClassifier) -> None:
    assert str(fitted) == "age > 71 and (insulin or not exercises)"
    assert fitted.status_.startswith("3 literals; no rule of 2 or fewer does as well: proved; ")
    assert (fitted.predict(inputs()) == patients()["readmitted"]).all()


def test_the_front_goes_from_a_constant_to_the_best_rule(fitted: RuleClassifier) -> None:
    front = fitted.front_
    assert front["rule"].iloc[0] == "never"
    assert (np.diff(front["literals"]) > 0).all()
    assert (np.diff(front["cost"]) < 0).all()
    assert front["recommended"].sum() == 1


def test_a_saved_rule_says_the_same(fitted: RuleClassifier, tmp_path: Path) -> None:
    fitted.save(tmp_path / "rule.json")
    loaded = RuleClassifier.load(tmp_path / "rule.json")
    frame = inputs()
    assert str(loaded) == str(fitted)
    assert loaded.summary() == fitted.summary()
    assert (loaded.predict(frame) == fitted.predict(frame)).all()
    np.testing.assert_array_equal(loaded.predict_proba(frame), fitted.predict_proba(frame))


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rule.json"
    path.write_text('{"symlaw_rules": 2}')
    with pytest.raises(RunError, match="damaged"):
        RuleClassifier.load(path)


def test_probabilities_lie_in_their_intervals_and_are_sure_of_clean_rules(fitted: RuleClassifier) -> None:
    frame = inputs()
    chances, ends = fitted.predict_proba(frame), fitted.predict_intervals(frame)
    np.testing.assert_allclose(chances.sum(axis=1), 1.0)
    assert ((ends[:, 0] <= chances[:, 1]) & (chances[:, 1] <= ends[:, 1])).all()
    held = patients()["readmitted"] == "yes"
    assert chances[held, 1].min() > 0.9
    assert chances[~held, 1].max() < 0.1


@pytest.mark.long
def test_dear_misses_make_the_rule_hold_more_often() -> None:
    frame = patients(150, noise=0.15)
    held = [
        rules(frame, target="readmitted", error_costs=costs, max_literals=2, random_state=0).front_
        for costs in ({"miss": 20, "false_alarm": 1}, {"miss": 1, "false_alarm": 20})
    ]
    covers = [float(front.loc[front["recommended"], "cover"].iloc[0]) for front in held]
    assert covers[0] > 2 * covers[1]


@pytest.mark.long
def test_the_same_seed_gives_the_same_rule_and_the_clock_does_not_matter() -> None:
    frame = patients(noise=0.1)
    fronts = [
        rules(frame, target="readmitted", random_state=5, max_literals=5, time_budget=budget).front_
        for budget in (None, 500.0)
    ]
    pd.testing.assert_frame_equal(*fronts)


def test_a_search_that_is_out_of_time_still_gives_a_rule() -> None:
    model = rules(patients(), target="readmitted", random_state=0, time_budget=1e-6)
    assert "the clock ended the search" in model.status_
    assert set(model.predict(inputs())) <= {"yes", "no"}


def test_several_classes_are_a_list_in_order() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 10, (400, 3))
    y = np.where(X[:, 0] > 8, "high", np.where(X[:, 1] > 6, "middle", "low"))
    model = RuleClassifier(random_state=0).fit(X, y)
    assert model.score(X, y) > 0.98
    assert str(model).splitlines()[-1] == "else: low"
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)


def test_rivals_say_the_same_of_known_rows_and_are_disputed_elsewhere() -> None:
    rng = np.random.default_rng(6)
    a, b = rng.integers(0, 2, 80), rng.integers(0, 2, 80)
    # another column that is the same wherever it matters
    c = np.where((b == 0) & (rng.random(80) < 0.3), 1 - a, a)
    known = pd.DataFrame({"a": a, "c": c, "b": b})
    model = rules(known.assign(y=a & b), target="y", random_state=0)
    assert {str(model), *model.rivals_} == {"a and b", "c and b"}
    assert not model.disputed(known).any()
    new = pd.DataFrame({"a": [1, 1, 0], "c": [1, 0, 1], "b": [1, 1, 0]})
    assert model.disputed(new).tolist() == [False, True, False]


def test_no_rule_of_the_front_is_larger_than_asked() -> None:
    found = rules(patients(noise=0.2), target="readmitted", max_literals=3, random_state=0).front_
    assert found["literals"].max() == 3


def test_forbidden_columns_do_not_occur() -> None:
    model = rules(patients(), target="readmitted", forbidden=["insulin"], random_state=0)
    assert not model.front_["rule"].str.contains("insulin").any()


def test_monotone_columns_speak_one_way() -> None:
    rng = np.random.default_rng(8)
    age = rng.integers(20, 95, 400)
    frame = pd.DataFrame({"age": age, "y": ((age > 60) & (age <= 80)) ^ (rng.random(400) < 0.05)})
    free = rules(frame, target="y", random_state=0)
    bound = rules(frame, target="y", monotone={"age": "increasing"}, random_state=0)
    assert free.front_["rule"].str.contains("age <= ").any()
    assert not bound.front_["rule"].str.contains("age <= ").any()
    grid = np.arange(20, 95).reshape(-1, 1)
    said = bound.predict(pd.DataFrame(grid, columns=["age"]))
    assert (np.diff(said.astype(int)) >= 0).all()


def test_dates_and_labels_and_gaps_are_looked_at() -> None:
    rng = np.random.default_rng(3)
    n = 240
    frame = pd.DataFrame(
        {
            "seen": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 120, n), unit="D"),
            "ward": rng.choice(list("ABCD"), n),
            "dose": np.where(rng.random(n) < 0.3, np.nan, rng.normal(size=n)),
        }
    )
    late = (frame["seen"] > "2024-03-01") & (frame["ward"].isin(["A", "C"]) | frame["dose"].isna())
    model = rules(frame.assign(late=late), target="late", random_state=0)
    assert str(model) == 'seen > 2024-03-01 and (ward in {"A", "C"} or dose is missing)'


def test_dates_are_compared_with_each_other() -> None:
    rng = np.random.default_rng(4)
    due = pd.Timestamp("2024-03-01") + pd.to_timedelta(rng.integers(0, 300, 200), "D")
    paid = due + pd.to_timedelta(rng.integers(-20, 20, 200), "D")
    frame = pd.DataFrame({"due": due, "paid": paid, "late": paid > due})
    found = rules(frame, target="late", max_literals=3, random_state=0)
    assert str(found) == "paid > due"


def test_a_rule_is_printed_in_two_levels_and_shown_in_notebooks(fitted: RuleClassifier) -> None:
    said = fitted.text("two-level")
    assert said.count(" or ") == 1
    assert said.count("age > ") == 2
    assert fitted.text("decision-list").startswith("if ")
    assert "age" in fitted._repr_html_inner()


def test_rows_without_a_label_are_left_out() -> None:
    frame = patients()
    frame.loc[:40, "readmitted"] = None
    assert str(rules(frame, target="readmitted", random_state=0)) == "age > 71 and (insulin or not exercises)"


def test_it_works_where_scikit_learn_clones_it() -> None:
    frame = patients(200)
    scores = cross_val_score(
        RuleClassifier(random_state=0), frame.drop(columns="readmitted"), frame["readmitted"], cv=2
    )
    assert scores.min() > 0.95


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks_pass() -> None:
    check_estimator(RuleClassifier(max_literals=8))


def refused(error: type[Exception], says: str, frame: Any, **settings: Any) -> None:
    with pytest.raises(error, match=says) as caught:
        rules(frame, **{"target": "y", **settings})
    assert "\n" not in str(caught.value)


def test_bad_input_is_refused_in_one_sentence() -> None:
    good: dict[str, Any] = {"x": [1, 2, 3, 4] * 5, "y": ["a", "b"] * 10}
    with pytest.raises(DataError, match="NaN in row 3"):
        RuleClassifier().fit(np.zeros((4, 2)), [1, 0, np.nan, 1])
    refused(DataError, "one class", {**good, "y": ["a"] * 20})
    refused(DataError, "500 different labels", {"x": list(range(500)), "y": list(range(500))})
    names = [f"patient {k}" for k in range(20)]
    refused(DataError, "20 labels is in one row only", {**good, "y": names})
    refused(DataError, "missing in every row", {**good, "y": [None] * 20})
    refused(DataError, "every cell of every column is missing", {**good, "x": [None] * 20})
    refused(ColumnNotFound, "the target 'z' is no column", good, target="z")
    refused(ColumnNotFound, "forbidden names 'w'", good, forbidden=["w"])
    refused(InvalidSetting, "forbidden names every column", good, forbidden=["x"])
    refused(ColumnNotFound, "monotone names 'w'", good, monotone={"w": "increasing"})
    refused(InvalidSetting, "monotone has 'up' for 'x'", good, monotone={"x": "up"})
    three = {**good, "y": ["a", "b", "c", "d"] * 5}
    refused(InvalidSetting, "and the target has 4: give positive", three, error_costs={"miss": 5})
    refused(InvalidSetting, "error_costs is", good, error_costs={"mis": 5})
    refused(InvalidSetting, "error_costs is", good, error_costs={"miss": -1})
    refused(InvalidSetting, "positive is 'c'", good, positive="c")
    refused(InvalidSetting, "max_literals is 0", good, max_literals=0)
    refused(InvalidSetting, "time_budget is 0", good, time_budget=0)
    refused(DataError, "infinity in row 2", {**good, "x": [1.0, np.inf] * 10})


def test_contradictory_rows_get_what_most_of_them_say() -> None:
    model = rules({"x": [0, 0, 0, 1, 1, 1] * 9, "y": [0, 0, 1, 1, 1, 0] * 9}, target="y", random_state=0)
    assert str(model) == "x"


def test_labels_of_rows_tell_nothing() -> None:
    model = rules(
        {"id": [f"id{k}" for k in range(60)], "y": [k % 2 for k in range(60)]}, target="y", random_state=0
    )
    assert str(model) in ("never", "always")


def test_new_rows_need_the_columns_of_old_ones(fitted: RuleClassifier) -> None:
    with pytest.raises(ValueError, match="age"):
        fitted.predict(inputs().drop(columns="age"))


def test_the_names_are_public() -> None:
    assert symlaw.rules is rules
    assert symlaw.RuleClassifier is RuleClassifier


def groups_table() -> pd.DataFrame:
    """A target of age that goes with sex, and a column that says a little about it."""
    rng = np.random.default_rng(3)
    n = 400
    sex = rng.choice(["F", "M"], n)
    age = rng.integers(20, 90, n) + np.where(sex == "M", 15, 0)
    ill = (age > 70) | (rng.random(n) < 0.05)
    return pd.DataFrame({"sex": sex, "age": age, "weight": rng.normal(70, 9, n).round(), "ill": ill})


@pytest.mark.long
def test_a_required_column_is_in_every_rule() -> None:
    frame = groups_table()
    X, y = frame.drop(columns="ill"), frame["ill"]
    assert "weight" not in str(RuleClassifier(random_state=0).fit(X, y))
    model = RuleClassifier(required=["weight"], random_state=0).fit(X, y)
    assert "weight" in str(model)
    assert all("weight" in rule for rule in model.front_["rule"][1:])
    both = RuleClassifier(required=["weight", "sex"], random_state=0).fit(X, y)
    assert "weight" in str(both) and "sex" in str(both)


@pytest.mark.long
def test_a_fair_rule_holds_about_as_often_in_all_groups() -> None:
    frame = groups_table()
    X, y = frame.drop(columns="ill"), frame["ill"]

    def apart(model: RuleClassifier) -> float:
        said = model.predict(X)
        return float(np.ptp([np.mean(said[frame["sex"] == one]) for one in ("F", "M")]))

    assert apart(RuleClassifier(random_state=0).fit(X, y)) > 0.15
    model = RuleClassifier(fair={"sex": 0.05}, random_state=0).fit(X, y)
    assert apart(model) <= 0.05 and "sex" not in str(model)
    assert "by sex it holds in " in model.accounts()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"required": ["height"]}, "required names 'height'"),
        ({"required": ["sex"], "fair": {"sex": 0.1}}, "'sex' is required, and forbidden or in fair too"),
        ({"fair": {"sex": 2}}, "give a share between 0 and 1"),
        ({"fair": {"weight": 0.1}}, None),
        ({"fair": ["sex"]}, "give such as"),
    ],
)
def test_settings_of_columns_are_checked(settings: dict[str, Any], said: str | None) -> None:
    frame = groups_table()
    model = RuleClassifier(time_budget=2, random_state=0, **settings)
    if said is None:
        model.fit(frame.drop(columns="ill"), frame["ill"])
        return
    with pytest.raises(SymlawError, match=said):
        model.fit(frame.drop(columns="ill"), frame["ill"])


@pytest.mark.long
def test_a_firm_rule_is_found_on_drawn_rows_too() -> None:
    frame = groups_table()
    X, y = frame.drop(columns="ill"), frame["ill"]
    model = RuleClassifier(random_state=0).fit(X, y)
    found = model.stability(X, y, draws=4)
    assert found["share"].sum() == pytest.approx(1.0) and "age" in found["columns"].iloc[0]
    assert found["agrees"].iloc[0] > 0.9
    pd.testing.assert_frame_equal(found, model.stability(X, y, draws=4))


def test_texts_of_several_classes_become_an_ordered_list() -> None:
    size = np.arange(90) % 9
    kinds = np.where(size > 6, "large", np.where(size > 3, "middle", "small"))
    rule = symlaw.rules({"size": size, "kind": kinds}, target="kind", random_state=0)
    assert str(rule).count("if ") == 2
    assert rule.classes_.tolist() == ["large", "middle", "small"]
    assert (rule.predict({"size": size}) == kinds).all()
