"""The second program that checks refutations."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import symlaw
from benchmarks.drup_check import check

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "drup_check.py"


def test_what_follows_by_unit_propagation_is_accepted() -> None:
    whole = [[1, 2], [1, -2], [-1, 2], [-1, -2]]
    assert check(whole, ["1 0", "0"]) == ""
    assert check(whole, ["1 0", "d 1 2 0", "0"]) == ""


def test_what_does_not_follow_is_named() -> None:
    assert "step 2" in check([[1, 2], [1, -2], [-1, 2]], ["1 0", "0"])
    assert "step 1" in check([[1, 2, 3]], ["1 0"])
    assert "step 2" in check([[1, 2], [1, -2], [-1, 2], [-1, -2]], ["d 1 2 0", "1 0", "0"])


@pytest.mark.long
def test_refutations_of_circuits_are_checked_from_files(tmp_path: Path) -> None:
    pytest.importorskip("pysat")
    law = symlaw.boolean("00010111", prove=True, exclusive_or=False)
    assert law.circuit_ is not None
    last = law.circuit_.certificates[-1]
    paths = last.save(tmp_path / "three")
    run = subprocess.run(
        [sys.executable, str(SCRIPT), *map(str, paths)], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout.strip()) == (0, "VERIFIED")
    assert check([*map(list, last.clauses)][:-1], ["0"]) != ""
