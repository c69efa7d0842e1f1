"""A pass of all measurements: its commands are known to their programs, and pieces resume."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import passes
from benchmarks.passes import Piece, main, pieces, run

BENCHMARKS = Path(passes.__file__).parent


@pytest.mark.parametrize("piece", pieces(), ids=lambda piece: piece.name)
def test_programs_know_their_options(piece: Piece) -> None:
    module, *words = piece.words.split()
    source = (BENCHMARKS / f"{module}.py").read_text("utf-8")
    for word in words:
        if word.startswith("--"):
            assert f'"{word}"' in source, word


def test_names_are_told_apart() -> None:
    assert max(Counter(piece.name for piece in pieces()).values()) == 1


def test_a_piece_ends_or_is_stopped(tmp_path: Path) -> None:
    piece = Piece("terms", "proof", 1, "proved --tables 1 --symbols 3")
    assert not run(piece, tmp_path, tmp_path, 0.0)
    assert run(piece, tmp_path, tmp_path, 120.0)
    assert "equal" in (tmp_path / "proof.log").read_text("utf-8")


def test_what_ended_is_not_run_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pieces.jsonl").write_text('{"name": "recursion"}\n')
    asked = ["--problems", str(tmp_path), "--results", str(tmp_path), "--names", "recursion"]
    assert main(asked) == 0
    assert capsys.readouterr().out == ""
    assert main([*asked, "--list"]) == 0
    assert "ended" in capsys.readouterr().out


def test_no_hours_leave_all_undone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--problems", str(tmp_path), "--results", str(tmp_path), "--names", "recursion", "--hours", "0"]
    assert main(asked) == 1
    assert '"ended": false' in capsys.readouterr().out


def test_a_wrong_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--problems", str(tmp_path), "--results", str(tmp_path), "--names", "nothing"])
    assert "no piece has such a name" in capsys.readouterr().err
