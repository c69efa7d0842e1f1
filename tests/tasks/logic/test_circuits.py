"""`symlaw.circuit`, from Python and from the command."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

import symlaw
from symlaw.cli.app import app
from symlaw.data.logic.truths import every_row
from symlaw.errors import DataError, FileUnreadable, InvalidSetting

ADDER = """.model adder
.inputs a b c
.outputs sum carry
.names a b x
10 1
01 1
.names x c sum
10 1
01 1
.names a b c carry
11- 1
1-1 1
-11 1
.end
"""


def test_a_table_becomes_a_circuit_that_is_right_in_every_row() -> None:
    rows = every_row(5)
    table = rows.sum(axis=1) % 2 == 1
    found = symlaw.circuit(table.astype(int).tolist(), moves=4_000)
    assert np.array_equal(found.predict(rows)[:, 0], table)
    assert found.n_nodes == 12
    assert "smallest found; right in all 32 rows" in found.status_


def test_tables_of_few_inputs_are_looked_up_and_proved() -> None:
    found = symlaw.circuit("00010111")
    assert found.n_nodes == 4
    assert found.status_.startswith("4 nodes: proved smallest")


def test_rows_that_are_not_asked_may_be_either() -> None:
    found = symlaw.circuit("0--10--1", moves=2_000)
    said = found.predict(every_row(3))[:, 0]
    assert said[[0, 3, 4, 7]].tolist() == [False, True, False, True]
    assert found.n_nodes <= 1


def test_a_circuit_of_several_outputs_becomes_smaller_and_is_read_back(tmp_path: Path) -> None:
    path, out = tmp_path / "adder.blif", tmp_path / "small.blif"
    path.write_text(ADDER, encoding="utf-8")
    answer = CliRunner().invoke(
        app, ["logic", "circuit", str(path), "--moves", "6000", "--out", str(out)], catch_exceptions=False
    )
    assert "7 nodes" in answer.output
    again = symlaw.circuit(out, moves=1)
    rows = every_row(3)
    assert again.outputs == ("sum", "carry")
    assert again.predict(rows)[:, 0].tolist() == (rows.sum(axis=1) % 2 == 1).tolist()
    assert again.predict(rows)[:, 1].tolist() == (rows.sum(axis=1) > 1).tolist()


def test_bad_input_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'f' is 1 in every row"):
        symlaw.circuit("1111")
    with pytest.raises(DataError, match="contradict each other"):
        symlaw.circuit({"a": [0, 1, 1], "f": [0, 1, 0]})
    with pytest.raises(InvalidSetting, match="moves is 0"):
        symlaw.circuit("0110", moves=0)
    with pytest.raises(InvalidSetting, match="both None"):
        symlaw.circuit("0110", time_budget=None)
    with pytest.raises(FileUnreadable, match="cannot be read"):
        symlaw.circuit(tmp_path / "none.blif")
    with pytest.raises(InvalidSetting, match="a column for each input"):
        symlaw.circuit("0110", moves=10).predict([[0, 1, 1]])
