"""Frames as people have them go into a fit as they go into the command, and come out of it again."""

from __future__ import annotations

import datetime as dt
import warnings
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.exceptions import NotFittedError

import symlaw
from symlaw import SymbolicRegressor
from symlaw.data import read_table
from symlaw.errors import DataError, SymlawError
from symlaw.tasks.inputs.intake import taken

ARITHMETIC = ["+", "-", "*", "/"]
# what a fit is given and says does not depend on who searches
QUICK = ["evolution"]


def fitted(X: Any, y: Any, n_evaluations: int = 2_000, **given: Any) -> SymbolicRegressor:
    """A fit with a work budget, whose notes are warnings that are not looked at."""
    weights = {name: given.pop(name) for name in ("sample_weight", "y_std") if name in given}
    settings = {
        "max_evaluations": n_evaluations, "time_budget": None, "random_state": 0, "n_jobs": 1,
        "searchers": QUICK,
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return SymbolicRegressor(**{**settings, **given}).fit(X, y, **weights)


def hourly() -> tuple[pd.DataFrame, pd.Series]:
    """Ninety hours over the end of summer time in columns of seven kinds."""
    rng = np.random.default_rng(5)
    time = pd.date_range("2026-10-23 22:00", periods=90, freq="h", tz="UTC").tz_convert("Europe/Berlin")
    flag, k = rng.integers(0, 2, 90).astype(bool), rng.integers(1, 20, 90)
    frame = pd.DataFrame(
        {
            "time": time,
            "flag": flag,
            "k": pd.array(k, dtype="Int64"),
            "price": [Decimal(int(v)) / 100 for v in rng.integers(100, 999, 90)],
            "site": pd.Categorical(rng.choice(["north", "south"], 90)),
            "lag": pd.to_timedelta(rng.integers(0, 60, 90), unit="min"),
        }
    )
    hours = np.arange(90.0)
    return frame, pd.Series(4.2 * np.exp(-hours / 36) + 0.3 * flag + 0.01 * k**2, name="level")


def test_a_frame_of_seven_kinds_is_read_as_the_command_reads_it(tmp_path: Path) -> None:
    frame, y = hourly()
    frame.assign(level=y).to_parquet(tmp_path / "table.parquet")
    table = read_table(tmp_path / "table.parquet", target="level")
    model = fitted(frame, y)
    assert model.notes_ == table.notes
    columns = model.columns(frame)
    assert list(columns) == list(table.feature_names)
    np.testing.assert_array_equal(columns.to_numpy(), table.X)
    np.testing.assert_allclose(columns["time_h"], np.arange(90.0))


def test_rows_with_missing_cells_are_left_out_and_predicted_as_nan() -> None:
    frame, y = hourly()
    frame.loc[[3, 8], "k"] = pd.NA
    model = fitted(frame, y)
    assert "2 of 90 rows are left out because cells are missing: 'k' (2)." in model.notes_
    others = np.delete(np.arange(90), [3, 8])
    again = fitted(frame.iloc[others], y.iloc[others])
    assert model.front_["loss"].tolist() == again.front_["loss"].tolist()
    used = set(model.expression_.variables)
    assert np.isnan(model.predict(frame)[[3, 8]]).all() == ("k" in used)
    assert model.score(frame, y) == pytest.approx(again.score(frame.iloc[others], y.iloc[others]))


def test_each_note_is_a_warning() -> None:
    frame, y = hourly()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        model = SymbolicRegressor(max_evaluations=200, time_budget=None, n_jobs=1, searchers=QUICK).fit(
            frame, y
        )
    assert [str(one.message) for one in said] == list(model.notes_)
    assert said[0].filename == __file__
    assert "Column 'time' holds dates; it becomes 'time_h', hours since 2026-10-23T22:00:00." in model.notes_


def lattice() -> tuple[pd.DataFrame, pd.Series]:
    """Forty rows of a law of steps and gains, each twice, beside constant and doubled columns."""
    rows = [(s, g, e) for s in range(10, 21) for g in (3, 5, 8) for e in (11, 12, 13)]
    step, gain, end = (np.array(c) for c in zip(*rows[:: len(rows) // 40][:40], strict=True))
    frame = pd.DataFrame({"step": step, "gain": gain, "end": end, "start": 10, "floor": 10, "cap": 20})
    frame["gain_copy"] = gain
    value = 10 + (end - 10) * (step - 10) / 10 + gain * (step - 10) * (20 - step) / 100
    return pd.concat([frame, frame], ignore_index=True), pd.Series([*value, *value], name="value")


@pytest.mark.long_but("True")
@pytest.mark.parametrize("as_array", [False, True])
def test_constant_and_doubled_columns_are_left_out_and_doubled_rows_said(as_array: bool) -> None:
    frame, y = lattice()
    model = fitted(frame.to_numpy() if as_array else frame, y)
    names = [f"x{k}" for k in range(7)] if as_array else list(frame)
    said = " ".join(model.notes_)
    assert f"Column {names[3]!r} is left out: it is 10 in every row." in said
    assert f"Column {names[6]!r} is left out: it equals {names[1]!r} in every row." in said
    assert "40 of 80 rows are copies of others" in said
    used = {name for one in model.front_["expression"] for name in one.variables}
    assert used <= set(names[:3])
    assert model.n_features_in_ == 7
    assert len(model.predict(frame.to_numpy() if as_array else frame)) == 80


class Part(Enum):
    """Names of columns."""

    WING = "wing"
    TAIL = 2


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (pd.MultiIndex.from_tuples([("wing", "lift"), ("wing", "")]), ["wing.lift", "wing"]),
        ([1950, 1951], ["1950", "1951"]),
        ([Part.WING, Part.TAIL], ["wing", "TAIL"]),
        ([("a", 1), ("a", 2)], ["a.1", "a.2"]),
    ],
)
def test_names_that_are_no_text_are_kept_as_text(labels: Any, names: list[str]) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).uniform(1, 2, (20, 2)))
    frame.columns = labels
    model = fitted(frame, frame.iloc[:, 0] * frame.iloc[:, 1])
    assert list(model.feature_names_in_) == names
    assert set(model.expression_.variables) == set(names)
    assert model.score(frame, frame.iloc[:, 0] * frame.iloc[:, 1]) > 0.999


@pytest.mark.parametrize(
    ("labels", "names", "note"),
    [
        (["a", "a"], ["a", "a_2"], "Column name 'a' occurs twice; column 2 is called 'a_2'."),
        ([1, "1"], ["1", "1_2"], "Column name '1' occurs twice; column 2 is called '1_2'."),
        (["a", 7], ["a", "7"], None),
        ([None, "b"], ["x0", "b"], "Column 1 has no name; it is called 'x0'."),
        (["b", ""], ["b", "x1"], "Column 2 has no name; it is called 'x1'."),
    ],
)
def test_each_column_gets_its_own_name_as_in_a_file(
    labels: list[Any], names: list[str], note: str | None
) -> None:
    frame = pd.DataFrame(np.random.default_rng(0).uniform(1, 2, (20, 2)))
    frame.columns = pd.Index(labels, dtype=object)
    model = fitted(frame, frame.iloc[:, 0] * frame.iloc[:, 1], operators=ARITHMETIC)
    assert list(model.feature_names_in_) == names
    assert model.notes_ == (() if note is None else (note,))
    assert model.score(frame, frame.iloc[:, 0] * frame.iloc[:, 1]) > 0.999


def test_a_polars_column_without_a_name_gets_one() -> None:
    frame = pl.DataFrame({"": np.arange(1.0, 9.0), "b": np.arange(8.0) ** 2})
    data = taken(SymbolicRegressor(), frame, np.arange(8.0))
    assert data.names == ("x0", "b")


def test_rows_of_weight_zero_are_not_looked_at() -> None:
    rng = np.random.default_rng(4)
    X = rng.uniform(1, 3, (80, 2))
    y, weights = X[:, 0] * X[:, 1], np.ones(80)
    weights[:12], X[:6], X[6:9], y[:3], y[9:12] = 0.0, np.nan, 1e200, np.inf, np.nan
    model = fitted(X, y, sample_weight=weights, operators=ARITHMETIC)
    assert "12 of 80 rows are left out because their weight is 0." in model.notes_
    assert str(model.expression_) in ("x0 * x1", "x1 * x0")
    framed = fitted(pd.DataFrame(X, columns=["a", "b"]), y, sample_weight=weights, operators=ARITHMETIC)
    assert str(framed.expression_) in ("a * b", "b * a")


def test_missing_targets_are_left_out() -> None:
    X = np.random.default_rng(4).uniform(1, 3, (30, 2))
    y = X[:, 0] + X[:, 1]
    y[5] = np.nan
    model = fitted(X, y, operators=ARITHMETIC)
    assert "1 of 30 rows is left out because cells are missing: 'y' (1)." in model.notes_
    assert model.front_["loss"].min() < 1e-20


def several() -> tuple[pd.DataFrame, pd.DataFrame]:
    X = pd.DataFrame(np.random.default_rng(2).uniform(1, 3, (40, 2)), columns=["speed", "angle"])
    return X, pd.DataFrame({"drag": X["speed"] ** 2, "lift": X["speed"] * X["angle"]})


def test_targets_keep_their_names(tmp_path: Path) -> None:
    X, Y = several()
    model = fitted(X, Y[["drag", "lift"]], run_folder=tmp_path / "runs")
    assert model.target_names_ == ("drag", "lift")
    assert list(dict.fromkeys(model.front_["output"])) == ["drag", "lift"]
    assert set(model.search_report_["output"]) == {"drag", "lift"}
    model.save(tmp_path / "law.json")
    again = symlaw.load(tmp_path / "law.json")
    assert again.target_names_ == ("drag", "lift") and list(again.front_["output"]) == list(
        model.front_["output"]
    )
    for output in ("lift", 1):
        assert len(again.alternatives_(3.0, output)) == len(model.alternatives_(3.0, 1))
    model.report(tmp_path / "lift.md", X, Y, output="lift")
    assert "# A formula for lift" in (tmp_path / "lift.md").read_text()
    model.add_formula("speed * angle * 2", X, Y["lift"], output="lift")
    assert model.front_[model.front_["origin"] == "user"]["output"].tolist() == ["lift"]
    with pytest.raises(SymlawError, match="'mass'.*drag, lift"):
        model.alternatives_(3.0, "mass")


def test_one_named_target_is_called_that() -> None:
    X, Y = several()
    model = fitted(X, Y["lift"])
    assert model.target_names_ == ("lift",) and "output" not in model.front_
    assert fitted(X, Y["lift"], constraints=["y >= 0"]).target_names_ == ("lift",)


def test_a_saved_model_reads_frames_as_before(tmp_path: Path) -> None:
    frame, y = hourly()
    model = fitted(frame, y)
    model.save(tmp_path / "law.json")
    again = symlaw.load(tmp_path / "law.json")
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    assert again.notes_ == model.notes_


def test_polars_and_arrow_give_what_pandas_gives() -> None:
    X, Y = several()
    expected = fitted(X, Y["lift"])
    for frame, y in (
        (pl.from_pandas(X), pl.from_pandas(Y["lift"])),
        (pl.from_pandas(X).to_arrow(), Y["lift"]),
    ):
        model = fitted(frame, y)
        assert model.front_["loss"].tolist() == expected.front_["loss"].tolist()
        np.testing.assert_array_equal(model.predict(frame), expected.predict(X))


def test_indexes_in_another_order_are_said() -> None:
    X, Y = several()
    said = fitted(X, Y["lift"].iloc[::-1]).notes_
    assert any("index of y" in note for note in said)
    assert not any("index" in note for note in fitted(X, Y["lift"].to_numpy()).notes_)


def test_text_with_many_values_leaves_the_frame_with_the_others() -> None:
    X, Y = several()
    X["label"] = [f"run {k}" for k in range(40)]
    model = fitted(X, Y["lift"])
    assert any("'label' is left out" in note for note in model.notes_)
    assert len(model.predict(X)) == 40


def test_evidence_and_uncertainty_read_the_frame_too() -> None:
    frame, y = hourly()
    frame.loc[[3, 8], "k"] = pd.NA
    model = fitted(frame, y)
    assert len(model.evidence(frame, y)) == len(model.front_)
    columns = model.columns(frame)
    assert list(columns.index) == list(frame.index)


def test_a_column_called_as_an_error_is_no_input() -> None:
    X, Y = several()
    X["lift_err"] = 0.1 * Y["lift"]
    model = fitted(X, Y["lift"])
    assert any("'lift_err' is left out" in note for note in model.notes_)
    assert "lift_err" not in {name for one in model.front_["expression"] for name in one.variables}
    weighed = fitted(X, Y["lift"], y_std="lift_err")
    assert list(weighed.feature_names_in_) == ["speed", "angle"]


def test_nothing_is_read_before_a_fit() -> None:
    with pytest.raises(NotFittedError):
        SymbolicRegressor().columns(np.zeros((2, 2)))
    with pytest.raises(DataError, match="y"):
        fitted(pd.DataFrame({"a": [1.0, 2.0, 3.0]}), ["p", "q", "r"])


def test_printing_a_model_shows_its_front() -> None:
    X, Y = several()
    model = fitted(X, Y["lift"])
    lines = str(model).splitlines()
    assert f"Recommended: {model.reason_}." in lines and f"lift = {model.expression_.shown()}" in lines
    (marked,) = [line for line in lines if line.startswith("★")]
    assert marked.endswith(f"  {model.expression_.shown()}")
    both = str(fitted(X, Y))
    assert both.count("Recommended: ") == 2 and "\ndrag = " in both and "\nlift = " in both
    assert str(SymbolicRegressor(max_complexity=7)) == repr(SymbolicRegressor(max_complexity=7))


def test_periods_and_bins_are_read_by_their_text() -> None:
    frame = pd.DataFrame(
        {
            "day": pd.period_range("2026-03-01", periods=12, freq="D"),
            "month": pd.period_range("2026-03", periods=12, freq="M"),
            "bin": pd.cut(np.arange(12) % 2, [-1, 0, 1]),
        }
    )
    data = taken(SymbolicRegressor(), frame, np.arange(12.0))
    assert data.names == ("day_d", "month_d", "bin")
    np.testing.assert_array_equal(
        data.X[:, 1],
        (np.arange("2026-03", "2027-03", dtype="M8[M]").astype("M8[D]") - np.datetime64("2026-03-01"))
        / np.timedelta64(1, "D"),
    )


def test_truth_values_among_numbers_are_text_as_in_a_file() -> None:
    frame = pd.DataFrame({"m": pd.Series([1, 2.5, True] * 4, dtype=object), "k": np.arange(12)})
    data = taken(SymbolicRegressor(), frame, np.arange(12.0) ** 2)
    assert data.names == ("k",) and "'True' in row 3 is not a number" in data.notes[0]


def test_stamps_after_a_date_keep_their_time_of_day() -> None:
    day = dt.date(2026, 3, 1)
    cells = [day, dt.datetime(2026, 3, 1, 7, 30), dt.datetime(2026, 3, 1, 9)] * 4
    frame = pd.DataFrame({"t": pd.Series(cells, dtype=object)})
    data = taken(SymbolicRegressor(), frame, np.arange(12.0) ** 2)
    np.testing.assert_array_equal(data.X[:3, 0], [0.0, 27_000.0, 32_400.0])


def test_a_feature_is_not_called_as_the_target() -> None:
    frame = pd.DataFrame({"t": pd.date_range("2026-01-01", periods=30, freq="D")})
    data = taken(SymbolicRegressor(), frame, pd.Series(np.arange(30.0) ** 2, name="t_d"))
    assert data.names == ("t_d_2",)


def test_a_target_that_varies_needs_a_column_that_does() -> None:
    frame = pd.DataFrame({"a": np.full(9, 2.0), "b": np.full(9, 3.0)})
    with pytest.raises(DataError, match="No feature column is left to use .* cells are there and differ"):
        taken(SymbolicRegressor(), frame, np.arange(9.0))
    assert taken(SymbolicRegressor(), frame, np.full(9, 4.0)).names == ("a",)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (pd.Series(["much"] * 9), "sample_weight must be one number for each row of X, and holds text"),
        (pd.date_range("2026-01-01", periods=9), "sample_weight must be one number .* and holds time"),
        (pd.Series([1.0, None] * 4 + [1.0]), "sample_weight must be numbers from 0 up; row 2 has nan"),
        (np.zeros(9), "sample_weight must not be all zero"),
    ],
)
def test_weights_are_read_as_columns_are(weights: Any, words: str) -> None:
    frame = pd.DataFrame({"a": np.arange(9.0)})
    with pytest.raises(DataError, match=words):
        taken(SymbolicRegressor(), frame, np.arange(9.0) ** 2, weights)
    commas = pd.Series(["1,5", "2,5", "3"] * 3)
    kept = taken(SymbolicRegressor(), frame, np.arange(9.0) ** 2, commas).weights
    assert kept is not None and kept[:3].tolist() == [1.5, 2.5, 3.0]


def test_rows_without_a_target_may_hold_infinities(tmp_path: Path) -> None:
    table = np.array(
        [[np.inf, -1.0, np.nan], [0.0, 2.0, 0.5], [1.0, -1.0, -0.5], [2.0, 1.0, -1.0], [3.0, 4.0, 3.0]]
    )
    np.save(tmp_path / "a.npy", table)
    frame = pd.DataFrame(table, columns=["x0", "x1", "x2"])
    own = taken(SymbolicRegressor(), table[:, :2], table[:, 2])
    assert own.X.tolist() == table[1:, :2].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert taken(SymbolicRegressor(), frame[["x0", "x1"]], frame["x2"]).X.tolist() == own.X.tolist()
    assert read_table(tmp_path / "a.npy", target="-1").X.tolist() == own.X.tolist()


def test_cells_are_missing_by_the_rows_that_have_a_target(tmp_path: Path) -> None:
    nan = np.nan
    table = np.array(
        [[0, 0, 0, 0], [2, nan, nan, nan], [0, -1, nan, nan], [2, -2, nan, -2], [-1, 0, 0, -2], [3, 1, 2, 1]]
    )
    np.save(tmp_path / "a.npy", table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        own = taken(SymbolicRegressor(), table[:, :3], table[:, 3])
    read = read_table(tmp_path / "a.npy", target="-1")
    assert read.feature_names == tuple(own.names) == ("x0", "x1", "x2")
    assert read.X.tolist() == own.X.tolist()
