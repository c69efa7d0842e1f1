"""New data are encoded as the fitted data were."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from symlaw.data import Table, read_table
from symlaw.errors import ColumnNotFound, DataError

FITTED = {
    "mass": [1.0, 2.0, 3.0, 4.0, 6.0],
    "same": [7, 7, 7, 7, 7],
    "color": ["red", "green", "blue", "red", "green"],
    "sex": ["m", "f", "m", "f", "f"],
    "flag": [True, True, True, False, False],
    "when": np.array([0, 86400, 3, 4, 90], "M8[s]"),
    "y": [1.0, 4.0, 9.0, 16.0, 3.0],
}


@pytest.fixture
def table() -> Table:
    return read_table(FITTED, target="y")


def predict(table: Table, source: object, **asked: object) -> Table:
    return read_table(source, encodings=table.encodings, **asked)


def test_the_fitted_data_come_out_the_same(table):
    again = predict(table, FITTED, features=table.feature_names)
    np.testing.assert_array_equal(again.X, table.X)
    assert again.feature_names == table.feature_names
    assert again.y is None
    assert again.encodings == table.encodings
    assert predict(table, FITTED).digest() == again.digest()


def test_encodings_survive_json(table):
    encodings = json.loads(json.dumps(table.encodings))
    np.testing.assert_array_equal(read_table(FITTED, encodings=encodings).X, table.X)


def test_one_row_is_enough_and_order_and_extra_columns_do_not_matter(table):
    row = {
        "extra": ["?"],
        **{name: [FITTED[name][1]] for name in reversed(FITTED) if name not in ("y", "same")},
    }
    new = predict(table, row)
    np.testing.assert_array_equal(new.X, table.X[1:2])
    np.testing.assert_array_equal(predict(table, pd.DataFrame(row)).X, table.X[1:2])


def test_features_may_be_chosen_by_feature_or_by_column(table):
    assert predict(table, FITTED, features=["color", "mass"]).feature_names == (
        "color=blue",
        "color=green",
        "color=red",
        "mass",
    )
    assert predict(table, {"color": ["red"]}, features=["color=red"]).X.tolist() == [[1.0]]
    with pytest.raises(ColumnNotFound, match="Did you mean 'mass'"):
        predict(table, FITTED, features=["masss"])


def test_constant_and_equal_columns_are_kept(table):
    new = predict(table, {"mass": [2.0, 2.0], "flag": [True, True]}, features=["mass", "flag"])
    np.testing.assert_array_equal(new.X, [[2, 1], [2, 1]])


def test_missing_columns_are_refused(table):
    source = {name: cells for name, cells in FITTED.items() if name != "mass"}
    with pytest.raises(ColumnNotFound, match="'mass' is missing from the new data"):
        predict(table, source)


def test_rows_with_missing_cells_keep_their_place(table):
    source = {**FITTED, "mass": [1.0, None, 3.0, None, 5.0], "color": ["red", "red", None, "blue", "red"]}
    new = predict(table, source)
    assert new.X.shape == (5, table.X.shape[1])
    np.testing.assert_array_equal(np.isnan(new.X).any(axis=1), [False, True, True, True, False])
    np.testing.assert_array_equal(new.kept_rows, range(5))
    assert any("3 of 5 rows" in said and "nan" in said for said in new.notes)


def test_a_column_with_nothing_in_it_is_nan(table):
    new = predict(table, {**FITTED, "color": [None] * 5, "when": [None] * 5})
    assert np.isnan(new.X).sum() == 5 * 4


def test_infinities_are_nan_and_said(table):
    new = predict(table, {**FITTED, "mass": [1.0, np.inf, 3.0, -np.inf, 5.0]})
    np.testing.assert_array_equal(np.isnan(new.X[:, 0]), [0, 1, 0, 1, 0])
    assert any("'mass'" in said and "2 infinities" in said and "row 2" in said for said in new.notes)


def test_unseen_categories_are_nan_and_said(table):
    new = predict(
        table, {**FITTED, "color": ["red", "pink", "blue", "red", "red"], "sex": ["m", "x", "f", "m", "f"]}
    )
    at = [table.feature_names.index(name) for name in ("color=red", "sex")]
    assert np.isnan(new.X[1, at]).all() and np.isfinite(new.X[[0, 2, 3, 4]]).all()
    assert sum("'pink'" in said for said in new.notes) == 1
    assert sum("'x'" in said for said in new.notes) == 1


def test_time_counts_from_the_first_row_of_the_fit(table):
    new = predict(table, {"when": np.array(["1970-01-02T00:00:01"], "M8[ns]")}, features=["when"])
    assert new.X.tolist() == [[24.0 + 1.0 / 3600.0]]
    new = predict(table, {"when": ["1970-01-01T00:01:00"]}, features=["when"])
    assert new.X.tolist() == [[1.0 / 60.0]]


def test_text_where_numbers_were_is_refused(table):
    with pytest.raises(DataError, match="'mass' should hold numbers and holds text .'heavy' in row 2"):
        predict(table, {"mass": ["1", "heavy"]}, features=["mass"])


def test_categories_that_look_like_numbers():
    source = {"c": ["1a", "2", "1a", "2", "2"], "y": [1, 2, 3, 4, 5]}
    fitted = read_table({"c": ["one", "2", "one", "2", "one"], "y": source["y"]}, target="y")
    assert predict(fitted, {"c": ["2", "2"]}).X.tolist() == [[0.0], [0.0]]


def test_target_and_weights_may_come_along(table):
    source = {**FITTED, "y": [1.0, None, 3.0, 4.0, 5.0], "w": [1, 2, 3, 4, 5]}
    new = predict(table, source, target="y", weights="w")
    np.testing.assert_array_equal(new.y, [1, np.nan, 3, 4, 5])
    np.testing.assert_array_equal(new.weights, [1, 2, 3, 4, 5])
    assert new.target_name == "y"


def test_nameless_columns():
    array = np.arange(15.0).reshape(5, 3) ** 2
    fitted = read_table(array, target="x2")
    np.testing.assert_array_equal(predict(fitted, array[:1, :2]).X, array[:1, :2])
