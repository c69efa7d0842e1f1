"""`symlaw.boolean` and ``symlaw logic solve``: formulas of truth tables, and what is claimed of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import DataError, InvalidSetting
from symlaw.search.logic.certificates import refutes

MUX = ".i 3\n.o 1\n.ilb s a b\n11- 1\n0-1 1\n.e\n"


def test_a_full_table_gets_a_formula_that_equals_it() -> None:
    rows = np.array(list(itertools.product((0, 1), repeat=5)))
    law = symlaw.boolean("".join(str(int(row.sum() > 2)) for row in rows), exclusive_or=False)
    assert (law.predict(rows) == (rows.sum(axis=1) > 2)).all()
    assert "equal to the table in all 32 rows" in law.status_
    assert law.front_["literals"].iloc[-1] <= 20


def test_other_gates_make_formulas_shorter() -> None:
    rows = np.array(list(itertools.product((0, 1), repeat=5)))
    outputs = "".join(str(int(row.sum() > 2)) for row in rows)
    assert str(symlaw.boolean(outputs, at_least=True)) == "at least 3 of (x0; x1; x2; x3; x4)"
    parity = symlaw.boolean("".join(str(int(row.sum() % 2)) for row in rows))
    assert parity.front_["literals"].iloc[-1] == 6


def test_rows_that_are_not_asked_make_formulas_shorter() -> None:
    assert str(symlaw.boolean("0-01")) == "x0 and x1" or str(symlaw.boolean("0-01")) == "x1"
    assert symlaw.boolean("0--1").front_["literals"].iloc[-1] == 1


def test_wrong_rows_do_not_make_a_long_formula() -> None:
    rng = np.random.default_rng(4)
    rows = np.array(list(itertools.product((0, 1), repeat=8)))
    clean = (rows[:, 0] & rows[:, 3]) | rows[:, 5]
    noisy = clean ^ (rng.random(256) < 0.08)
    law = symlaw.boolean({**{f"x{k}": rows[:, k] for k in range(8)}, "f": noisy}, noisy=True)
    assert (law.predict(rows) == clean).all()


def test_the_smallest_circuit_is_proved_and_the_proofs_hold(tmp_path: Path) -> None:
    pytest.importorskip("pysat")
    path = tmp_path / "mux.pla"
    path.write_text(MUX)
    law = symlaw.boolean(path, prove=True, exclusive_or=False)
    assert "a circuit of 3 gates: proved smallest" in law.status_
    claim = law.circuit_
    assert claim is not None
    assert [one.n_gates for one in claim.certificates] == [1, 2]
    assert all(one.holds() for one in claim.certificates)
    clauses, proof = claim.certificates[-1].save(tmp_path / "none")
    lines = clauses.read_text().splitlines()
    assert lines[0].startswith("p cnf ")
    written = [tuple(map(int, line.split()[:-1])) for line in lines[1:]]
    assert refutes(written, proof.read_text().splitlines())


def test_the_command_solves_proves_and_keeps_the_proofs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pysat")
    path = tmp_path / "mux.pla"
    path.write_text(MUX)
    proofs = tmp_path / "proofs"
    assert main(["logic", "solve", str(path), "--prove", "--no-xor", "--certificates", str(proofs)]) == 0
    out = capsys.readouterr().out
    assert "proved smallest" in out
    assert "output = " in out
    assert sorted(one.name for one in proofs.iterdir()) == [
        "no_circuit_of_1_gates.cnf", "no_circuit_of_1_gates.drup",
        "no_circuit_of_2_gates.cnf", "no_circuit_of_2_gates.drup",
    ]  # fmt: skip


def test_the_command_exports(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "or.csv"
    path.write_text("a,b,f\n0,0,0\n0,1,1\n1,0,1\n1,1,1\n")
    assert main(["logic", "solve", str(path), "--export", "words"]) == 0
    assert capsys.readouterr().out == "It is 1 if a is true or b is true. Otherwise it is 0.\n"


def test_tables_without_a_question_are_refused() -> None:
    with pytest.raises(DataError, match="1 in every row"):
        symlaw.boolean("1111")
    with pytest.raises(DataError, match="nothing is asked"):
        symlaw.boolean("----")
    with pytest.raises(InvalidSetting, match="max_literals is 0"):
        symlaw.boolean("0110", max_literals=0)
    noisy = {"a": [0, 1, 0, 1, 1, 0, 0], "f": [0, 1, 0, 1, 0, 0, 0]}
    with pytest.raises(InvalidSetting, match="leave prove out"):
        symlaw.boolean(noisy, prove=True)
