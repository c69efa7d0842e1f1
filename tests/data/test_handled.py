"""What is handled without asking is said in the notes."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

from symlaw.data import Table, read_table
from symlaw.errors import DataError

Y = [1.0, 4.0, 9.0, 16.0]


def note(table: Table, *words: str) -> str:
    found = [said for said in table.notes if all(word in said for word in words)]
    assert len(found) == 1, table.notes
    return found[0]


def fit(**columns: object) -> Table:
    return read_table({**columns, "y": Y}, target="y")


def test_plain_numbers_need_no_note():
    table = fit(a=[1, 2, 3, 5], b=[0.5, 1.5, -2.0, 1e-300])
    assert table.notes == ()
    assert table.feature_names == ("a", "b")
    assert table.target_name == "y"
    assert table.X.dtype == table.y.dtype == np.float64
    assert table.X.flags.c_contiguous
    np.testing.assert_array_equal(table.y, Y)
    np.testing.assert_array_equal(table.kept_rows, range(4))


def test_extreme_magnitudes_pass():
    values = [1e-300, -1e300, 1e300, 5e-324]
    table = read_table({"a": values, "y": values[::-1]}, target="y")
    np.testing.assert_array_equal(table.X[:, 0], values)


def test_rows_with_missing_cells_are_dropped_and_counted():
    source = {
        "a": [1, None, 3, 4, 5],
        "b": [1, 2, np.nan, 4, 7],
        "y": [1, 2, 3, None, 5],
        "w": [1, 2, 3, 4, 5],
    }
    source = {key: [*cells, 9, 8] for key, cells in source.items()}
    table = read_table(source, target="y", weights="w")
    note(table, "3 of 7 rows are", "'a' (1)", "'b' (1)", "'y' (1)")
    np.testing.assert_array_equal(table.kept_rows, [0, 4, 5, 6])
    np.testing.assert_array_equal(table.weights, [1, 5, 9, 8])


def test_mostly_missing_column_is_left_out_and_costs_no_rows():
    table = fit(a=[1, 2, 3, 5], b=[None, None, None, 1])
    note(table, "'b'", "75%")
    assert table.feature_names == ("a",)
    assert len(table.y) == 4


def test_half_missing_column_is_kept():
    source = {"a": [1, None, 2, None, 3, None], "y": [1, 2, 3, 4, 5, 6]}
    table = read_table(source, target="y")
    note(table, "3 of 6 rows", "'a' (3)")
    assert table.feature_names == ("a",)


def test_two_categories_become_zero_and_one():
    table = fit(sex=["male", "female", "male", "female"])
    note(table, "'sex'", "'male' is 1", "'female' is 0")
    assert table.feature_names == ("sex",)
    np.testing.assert_array_equal(table.X[:, 0], [1, 0, 1, 0])


def test_up_to_ten_categories_become_one_column_each():
    table = fit(color=["red", "green", "blue", "red"])
    assert table.feature_names == ("color=blue", "color=green", "color=red")
    np.testing.assert_array_equal(table.X, [[0, 0, 1], [0, 1, 0], [1, 0, 0], [0, 0, 1]])
    note(table, "'color'", "3 values", "'color=red'")


def test_more_than_ten_categories_are_left_out():
    names = [f"n{i % 11}" for i in range(22)]
    table = read_table({"a": range(22), "name": names, "y": np.arange(22.0) ** 2}, target="y")
    note(table, "'name'", "left out", "11 different")
    assert table.feature_names == ("a",)


def test_ten_categories_are_encoded():
    names = [f"n{i % 10}" for i in range(20)]
    assert read_table({"name": names, "y": range(20)}, target="y").X.shape == (20, 10)


def test_labels_are_left_out():
    table = fit(a=[1, 2, 3, 5], planet=["Mars", "Venus", "Earth", "Pluto"])
    note(table, "'planet'", "left out", "label")


def test_numbers_with_a_stray_word_are_left_out_with_the_cell():
    table = fit(a=[1, 2, 3, 5], b=["1.5", "2.5", "error", "1.5"])
    note(table, "'b'", "'error' in row 3", "not a number")


def test_missing_category_drops_the_row():
    table = read_table({"s": ["a", None, "b", "a", "b"], "y": range(5)}, target="y")
    note(table, "1 of 5 rows is", "'s' (1)")


def test_booleans_become_zero_and_one():
    table = fit(flag=[True, False, True, True])
    note(table, "'flag'", "true is 1")
    np.testing.assert_array_equal(table.X[:, 0], [1, 0, 1, 1])


def test_boolean_target():
    table = read_table({"a": [1, 2, 3, 4], "y": [True, False, True, True]}, target="y")
    note(table, "'y'", "true is 1")
    np.testing.assert_array_equal(table.y, [1, 0, 1, 1])


def test_dates_close_together_count_seconds_from_the_first_row():
    start = dt.datetime(2020, 1, 1, 12)
    when = [start + dt.timedelta(seconds=s) for s in (0, 1.5, 60, -2)]
    table = fit(when=when)
    assert table.feature_names == ("when_s",)
    np.testing.assert_array_equal(table.X[:, 0], [0, 1.5, 60, -2])
    note(table, "'when'", "'when_s'", "seconds since 2020-01-01T12:00:00.")


def test_dates_far_apart_count_days():
    table = fit(day=[dt.date(2020, 1, 1), dt.date(2020, 3, 1), dt.date(2021, 1, 1), dt.date(2019, 12, 31)])
    assert table.feature_names == ("day_d",)
    np.testing.assert_array_equal(table.X[:, 0], [0, 60, 366, -1])


@pytest.mark.parametrize("unit", ["Y", "M", "D", "h", "s", "ms", "ns"])
def test_numpy_dates_of_any_unit(unit):
    when = np.array(["2020", "2021", "2022", "2024"], "M8[Y]").astype(f"M8[{unit}]")
    np.testing.assert_array_equal(fit(t=when).X[:, 0], [0, 366, 731, 1461])


def test_clock_changes_do_not_bend_time():
    when = pd.date_range("2021-03-27 23:00", periods=4, freq="2h", tz="Europe/Berlin")
    table = read_table(pd.DataFrame({"t": when, "y": Y}), target="y")
    np.testing.assert_array_equal(table.X[:, 0], [0, 7200, 14400, 21600])


def test_dates_as_text():
    iso = ["2020-01-01T00:00:00Z", "2020-01-01T00:00:01Z", "2020-01-01T00:01:00Z", "2020-01-01T00:00:00Z"]
    np.testing.assert_array_equal(fit(t=iso).X[:, 0], [0, 1, 60, 0])
    assert fit(t=["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-05"]).feature_names == ("t_d",)


def test_dates_of_a_week_are_counted_in_hours():
    hours = np.arange("2026-10-24T00", "2026-10-27T00", dtype="M8[h]")
    table = fit(t=hours[[0, 5, 70, 71]])
    assert table.feature_names == ("t_h",)
    np.testing.assert_array_equal(table.X[:, 0], [0, 5, 70, 71])


def test_clock_times_that_repeat_are_said():
    zone = ZoneInfo("Europe/Berlin")
    begin = dt.datetime(2026, 10, 24, 20, tzinfo=dt.UTC)
    zoned = [(begin + dt.timedelta(hours=k)).astimezone(zone) for k in range(12)]
    source = {"t": [one.replace(tzinfo=None) for one in zoned], "y": np.arange(12.0) ** 2}
    note(read_table(source, target="y"), "'t'", "repeat", "2026-10-25T02:00:00", "zone")
    told = read_table({**source, "t": zoned}, target="y")
    assert not any("repeat" in said for said in told.notes)
    np.testing.assert_array_equal(told.X[:, 0], np.arange(12.0))


def test_times_of_day_that_start_again_are_said():
    clock = [dt.time(h % 24) for h in range(20, 32)]
    note(read_table({"t": clock, "y": np.arange(12.0) ** 2}, target="y"), "'t'", "start again in row 5")


@pytest.mark.parametrize(
    "cells", [np.array([0, 1500, 1, 2], "m8[ms]"), [dt.timedelta(seconds=s) for s in (0, 1.5, 1e-3, 2e-3)]]
)
def test_durations_become_seconds(cells):
    table = fit(lap=cells)
    assert table.feature_names == ("lap_s",)
    np.testing.assert_allclose(table.X[:, 0], [0, 1.5, 1e-3, 2e-3], rtol=1e-15)


def test_time_of_day_becomes_seconds():
    table = fit(clock=[dt.time(0, 0, 1), dt.time(0, 1), dt.time(1), dt.time(0, 0, 2)])
    np.testing.assert_array_equal(table.X[:, 0], [1, 60, 3600, 2])


def test_new_names_do_not_collide():
    when = np.array([0, 1, 2, 4], "M8[s]")
    table = fit(t=when, t_s=[4.0, 1.0, 2.0, 0.5])
    assert table.feature_names == ("t_s_2", "t_s")


def test_constant_and_equal_columns_are_left_out():
    table = fit(
        a=[1, 2, 3, 5], c=[7, 7, 7, 7], b=[1.0, 2.0, 3.0, 5.0], word=["only"] * 4, zero=[0.0, -0.0, 0, 0]
    )
    assert table.feature_names == ("a",)
    note(table, "'c'", "7 in every row")
    note(table, "'b'", "equals 'a'")
    note(table, "'word'", "'only' in every row")
    note(table, "'zero'", "0 in every row")


def test_a_column_constant_in_the_kept_rows_is_left_out():
    table = read_table({"a": [1, 2, 3, 4], "c": [1, 1, 1, 2], "y": [1, 2, 3, None]}, target="y")
    note(table, "'c'", "every row")


@pytest.mark.parametrize("big", [2**53 + 1, -(2**60), 2**63 + 5, 2**80])
def test_huge_integers_are_said(big):
    table = read_table({"a": [1, 2, 3, big], "y": Y}, target="y")
    assert table.X[3, 0] == float(big)
    if abs(big) < 2**64:
        note(table, "'a'", "2**53")


def test_integers_up_to_2_to_the_53_are_exact():
    assert fit(a=[1, 2, 3, 2**53]).notes == ()


def test_integers_too_large_for_a_float_are_infinite():
    with pytest.raises(DataError, match="infinity"):
        fit(a=[1, 2, 3, 10**400])


def test_repeated_names_get_a_suffix():
    frame = pd.DataFrame([[1, 2, 3], [2, 5, 1], [3, 1, 7]], columns=["a", "a", "a_2"])
    table = read_table(frame)
    assert table.feature_names == ("a", "a_3", "a_2")
    note(table, "'a'", "occurs twice", "'a_3'")


def test_mixed_kinds_are_text():
    table = fit(m=[1, "x", 1, "x"])
    note(table, "'m'", "'x' is 1")


def test_nullable_and_categorical_frames():
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None, 3, 4, 9], dtype="Int64"),
            "b": pd.array([True, False, True, True, False], dtype="boolean"),
            "c": pd.Categorical(["u", "v", "u", "v", "v"]),
            "y": [1.0, 2.0, 3.0, 4.0, 5.5],
        }
    )
    table = read_table(frame, target="y")
    assert table.feature_names == ("i", "b", "c")
    np.testing.assert_array_equal(table.X, [[1, 1, 0], [3, 1, 0], [4, 1, 1], [9, 0, 1]])


def test_polars_categories():
    frame = pl.DataFrame({"c": pl.Series(["u", "v", "u", "v"], dtype=pl.Categorical), "y": Y})
    np.testing.assert_array_equal(read_table(frame, target="y").X[:, 0], [0, 1, 0, 1])


def test_masked_arrays_are_missing_values():
    masked = np.ma.masked_array(np.arange(12.0).reshape(6, 2) ** 2, mask=False)
    masked[2, 0] = np.ma.masked
    table = read_table(masked, target="x1")
    np.testing.assert_array_equal(table.kept_rows, [0, 1, 3, 4, 5])


def test_columns_without_names():
    table = read_table(np.arange(12.0).reshape(4, 3) ** 2)
    assert table.feature_names == ("x0", "x1", "x2")
    assert table.y is None and table.target_name is None and table.weights is None


@pytest.mark.parametrize("target", ["x2", "2", "-1", 2, -1])
def test_nameless_target_by_name_or_position(target):
    array = np.arange(12.0).reshape(4, 3) ** 2
    table = read_table(array, target=target)
    assert table.target_name == "x2"
    np.testing.assert_array_equal(table.y, array[:, 2])


def test_a_name_that_is_a_number_wins_over_a_position():
    frame = pd.DataFrame({2: [1.0, 2, 3], 0: [3.0, 2, 2], 1: [5.0, 3, 1]})
    assert read_table(frame, target="2").target_name == "2"


def test_features_keep_the_order_asked_for_and_drop_takes_away():
    source = {"a": [1, 2, 3], "b": [2, 1, 5], "c": [5, 5, 1], "y": [1, 2, 4]}
    assert read_table(source, target="y", features=["c", "a", "c"]).feature_names == ("c", "a")
    assert read_table(source, target="y", drop=("b",)).feature_names == ("a", "c")
    assert read_table(source, target="y", drop="b").feature_names == ("a", "c")


def test_names_may_be_given_without_surrounding_spaces():
    assert read_table({" a ": [1, 2, 3], " y": [1, 4, 9]}, target="y").target_name == " y"


def test_weights_as_array_are_copied():
    weights = np.array([1.0, 2.0, 0.5, 1.0])
    table = read_table({"a": [1, 2, 3, 5], "y": Y}, target="y", weights=weights)
    weights[0] = 99
    np.testing.assert_array_equal(table.weights, [1, 2, 0.5, 1])


def test_rows_of_weight_zero_are_left_out_whatever_they_hold():
    source = {"a": [1, 2, 3, 5, np.inf, None], "y": [1, 2, 4, 7, 1e200, np.nan]}
    table = read_table(source, target="y", weights=[1, 2, 1, 1, 0, 0])
    np.testing.assert_array_equal(table.kept_rows, range(4))
    assert table.notes == ("2 of 6 rows are left out because their weight is 0.",)


def test_the_source_is_not_changed():
    source = np.array([[1.0, np.nan], [2.0, 3.0], [4.0, 5.0], [6.0, 8.0]])
    before = source.copy()
    read_table(source, target="x1").X[:] = 0
    np.testing.assert_array_equal(source, before)


def test_dates_in_another_order_are_left_out_with_a_hint():
    table = fit(a=[1, 2, 3, 5], day=["31.12.2020", "01.01.2021", "02.01.2021", "03.01.2021"])
    note(table, "'day'", "left out", "2020-12-31")


def test_long_cells_are_shortened_in_messages():
    with pytest.raises(DataError) as caught:
        read_table({"a": [1, 2, 3], "y": ["x" * 10_000, "2", "3"]}, target="y")
    assert len(str(caught.value)) < 300


def test_numbers_of_any_python_type():
    from decimal import Decimal
    from fractions import Fraction

    table = fit(d=[Decimal("1.5"), 2, Fraction(1, 4), 2**70], n=[pd.NA, 1.5, 2.5, 9.0])
    assert table.feature_names == ("d", "n")
    np.testing.assert_array_equal(table.X[:, 0], [2, 0.25, 2.0**70])
