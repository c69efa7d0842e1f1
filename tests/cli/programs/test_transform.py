"""``symlaw transform``: from a table and examples to a table with a column more."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.cli import main


@pytest.fixture
def bikes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "bikes.csv"
    path.write_text("bike,brand\nDucati100,Ducati\nHonda125,Honda\nKawasaki9,\n")
    return path


def test_filled_cells_are_examples_and_the_column_is_filled(
    bikes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved, out = tmp_path / "brand.json", tmp_path / "out.csv"
    command = [
        "transform",
        str(bikes),
        "--from",
        "bike",
        "--to",
        "brand",
        "--save",
        str(saved),
        "-o",
        str(out),
    ]
    assert main(command) == 0
    assert out.read_text().splitlines()[3] == "Kawasaki9,Kawasaki"
    assert "2 of 2 examples" in capsys.readouterr().out
    assert (
        main(["transform", str(bikes), "--from", "bike", "--program", str(saved), "--export", "duckdb"]) == 0
    )
    assert "regexp_" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--example", "a=b"], "--from"),
        (["--from", "car", "--example", "a=b"], "no column 'car'"),
        (["--from", "bike"], "give examples"),
        (["--from", "bike", "--example", "Ducati"], "input=output"),
        (["--from", "bike", "--to", "price"], "no column 'price'"),
    ],
)
def test_bad_options_are_refused(
    bikes: Path, options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transform", str(bikes), *options]) == 2
    assert message in capsys.readouterr().err


def test_one_run_says_the_same_everywhere(
    bikes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["transform", str(bikes), "--from", "bike", "--to", "brand"]) == 0
    first = capsys.readouterr()
    assert "symlaw report last" in first.err
    assert main(["show", "last"]) == 0
    shown = capsys.readouterr().out.strip()
    assert first.out.startswith(shown)
    assert main(["export", "last", "--format", "python"]) == 0
    code = capsys.readouterr().out.strip()
    assert main(["report", "last", "-o", "brand.md"]) == 0
    report = (tmp_path / "brand.md").read_text()
    assert code in report and "A program for brand" in report and shown.splitlines()[0] in report
    assert main(["runs"]) == 0
    assert shown.splitlines()[0] in capsys.readouterr().out
    # a saved program is applied, and nothing is searched
    assert main(["transform", str(bikes), "--from", "bike", "--example", "a1=a", "--save", "p.json"]) == 0
    assert main(["transform", str(bikes), "--from", "bike", "--program", "p.json", "--quiet"]) == 0
    assert len(list((tmp_path / ".symlaw" / "runs").iterdir())) == 2
