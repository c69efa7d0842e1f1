"""Tables larger than memory and clusters, as the command takes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from symlaw.cli import main
from symlaw.engine.compiling.jit import JIT_DISABLED
from tests.cli.conftest import FIT

N = 40_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two files of one table."""
    rng = np.random.default_rng(3)
    path = tmp_path / "big"
    path.mkdir()
    for number in range(2):
        x, z = rng.uniform(0.5, 3.0, (2, N // 2))
        y = 2.5 * x * z + 1.25 + 0.01 * rng.normal(size=N // 2)
        pyarrow.parquet.write_table(pa.table({"x": x, "z": z, "y": y}), path / f"{number}.parquet")
    return path


@pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")
def test_a_folder_is_fitted_resumed_and_predicted(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs, output = ["--runs", str(tmp_path / "runs")], tmp_path / "predicted.csv"
    asked = ["fit", str(folder), "-t", "y", "--sample-rows", "2000", "--operators", "+,*", "--seed", "1"]
    limits = ["--searchers", "sparse,evolution", "--threads", "1", "--max-evaluations"]
    assert main([*asked, *limits, "1500", *runs]) == 0
    out = capsys.readouterr().out
    assert "of 40,000 rows are drawn for the search" in out
    assert "40,000 rows in " in out
    assert main(["resume", "last", "--max-evaluations", "2500", "--threads", "1", *runs]) == 0
    assert "40,000 rows in " in capsys.readouterr().out
    assert main(["predict", "last", str(folder), "-o", str(output), *runs]) == 0
    values = np.loadtxt(output, skiprows=1)
    table = pyarrow.parquet.read_table(folder)
    law = 2.5 * table["x"].to_numpy() * table["z"].to_numpy() + 1.25
    assert len(values) == N
    assert np.allclose(values, law, atol=2e-3)


def test_threads_do_not_go_with_a_cluster(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FIT, "--cluster", "tcp://127.0.0.1:9", "--threads", "2"]) == 2
    assert "--threads does not go with --cluster" in capsys.readouterr().err
    assert main([*FIT, "--cluster", "tcp://127.0.0.1:9", "--executor", "processes"]) == 2
    assert "goes with executor='dask'" in capsys.readouterr().err
