"""Rows of a table larger than memory are drawn evenly over time and over the target, in one pass."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
import pytest

from symlaw.data import read_table
from symlaw.data.streaming.sampling import draw
from symlaw.data.streaming.stream import is_streamed, open_stream
from symlaw.errors import ColumnNotFound, DataError, FileUnreadable

N = 60_000


def table(n: int = N) -> pa.Table:
    rng = np.random.default_rng(1)
    y = rng.normal(size=n)
    y[[7, 31_000]] = 50.0, -60.0
    return pa.table({"t": np.arange(n), "x": rng.uniform(size=n), "y": y})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("big")
    whole = table()
    for number in range(3):
        part = whole.slice(number * N // 3, N // 3)
        pyarrow.parquet.write_table(part, path / f"part{number}.parquet", row_group_size=7_000)
    return path


def test_rows_are_spread_over_time_and_over_the_target(folder: Path) -> None:
    drawn = draw(open_stream(folder), "y", count=2_000, seed=3)
    t, y = (drawn.table.column(name).to_numpy() for name in ("t", "y"))
    assert drawn.n_rows == N
    assert np.array_equal(t, drawn.places)
    assert abs(len(t) - 2_000) <= 64
    # twenty stretches of time have a hundred rows each, nearly
    assert np.all(np.abs(np.histogram(t, 20, (0, N))[0] - len(t) / 20) < 25)
    ranks = np.searchsorted(np.sort(table().column("y").to_numpy()), y) / N
    assert np.all(np.abs(np.histogram(ranks, 20, (0, 1))[0] - len(t) / 20) < 40)
    assert {50.0, -60.0} <= set(y)


def test_draws_do_not_depend_on_batches_and_do_on_the_seed(folder: Path) -> None:
    whole = pyarrow.dataset.dataset(table())
    first = draw(open_stream(folder), "y", count=1_000, seed=3)
    same, other = (draw(open_stream(whole), "y", count=1_000, seed=seed) for seed in (3, 4))
    assert np.array_equal(first.places, same.places)
    assert not np.array_equal(first.places, other.places)


def test_every_row_has_the_same_chance() -> None:
    few = pyarrow.dataset.dataset(pa.table({"y": np.zeros(2_048)}))
    counts = np.zeros(2_048)
    for seed in range(200):
        counts[draw(open_stream(few), None, count=64, seed=seed).places] += 1
    # the rows at either end are always there, the others as if by independent draws
    inner = counts[32:-32]
    assert np.isclose(inner.mean(), 200 * 64 / 2_048, rtol=0.1)
    assert 0.8 < inner.var() / inner.mean() < 1.2


def test_a_table_that_is_small_is_drawn_whole(folder: Path) -> None:
    assert draw(open_stream(folder), "y", count=N).table.equals(
        pyarrow.dataset.dataset(folder).to_table().combine_chunks()
    )


def test_sources_of_every_kind_give_the_same_rows(folder: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    whole = table()
    pyarrow.csv.write_csv(whole, tmp_path / "big.csv")
    with duckdb.connect(str(tmp_path / "big.duckdb")) as connection:
        connection.execute("CREATE TABLE rows AS SELECT * FROM whole")
    expected = draw(open_stream(folder), "y", count=500).places
    for source in (tmp_path / "big.csv", tmp_path / "big.duckdb", f"{tmp_path}/big.duckdb#rows"):
        assert np.array_equal(draw(open_stream(source), "y", count=500).places, expected)
    with pytest.raises(FileUnreadable, match="name a table of .*#rows: there are rows"):
        open_stream(f"{tmp_path}/big.duckdb#other")


def test_a_folder_is_read_as_a_table_of_rows_drawn(folder: Path) -> None:
    found = read_table(folder, target="y", sample_rows=1_000)
    assert found.notes[0].endswith("of 60,000 rows are drawn for the search.")
    assert np.array_equal(found.X[:, 0], found.kept_rows)


def test_what_cannot_be_streamed_is_refused(tmp_path: Path, folder: Path) -> None:
    assert not is_streamed(tmp_path / "missing.csv")
    with pytest.raises(FileUnreadable, match=r"holds no \.parquet, \.csv or \.tsv file"):
        open_stream(tmp_path)
    with pytest.raises(DataError, match="cannot be streamed"):
        open_stream(table().to_reader())
    with pytest.raises(ColumnNotFound, match="z"):
        draw(open_stream(folder), "z")
