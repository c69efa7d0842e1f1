"""``symlaw transform``: from a table and examples to a table with a column more."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.cli import main


@pytest.fixture
def bikes(tmp_path: Path) -> Path:
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
