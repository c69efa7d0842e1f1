"""The subcommands that work on a stored run or on the machine."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from symlaw.cli import main
from symlaw.engine.flows.solving import follow, iterate
from symlaw.language import Expression, parse
from symlaw.language.printers import targets
from symlaw.search.tiny_search import is_on_disk

from ..conftest import KEPLER, environment

PERIODS = [0.240846, 0.615198, 1.00002, 1.88085]


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command writes."""
    assert main(arguments) == 0
    return capsys.readouterr().out


def test_show_a_finished_run(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "show", "last", "--runs", str(finished))
    assert "finished after" in out
    assert "period_years = " in out
    assert "★" in out


def test_show_by_id_prefix_and_path(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder,) = finished.iterdir()
    outs = {
        run(capsys, "show", name, "--runs", str(finished))
        for name in (folder.name, folder.name[:12], str(folder))
    }
    assert len(outs) == 1


def test_show_what_each_searcher_did(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "show", "last", "--search", "--runs", str(finished))
    head, *lines = out.split("searcher", 1)[1].splitlines()
    assert head.split()[:3] == ["scored", "new", "brought"]
    name, scored, new, *_ = next(line for line in lines if line.startswith("evolution")).split()
    assert name == "evolution"
    assert int(scored.replace(",", "")) >= int(new.replace(",", "")) > 0
    assert max(map(len, [head, *lines])) <= 80


def test_show_as_json(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record = json.loads(run(capsys, "show", "last", "--json", "--runs", str(finished)))
    assert record["state"] == "finished"
    assert record["target"] == "period_years"
    chosen = record["front"][record["recommended"]]
    assert chosen["complexity"] == 4
    assert parse(chosen["equation"]) == parse("axis_au * sqrt(axis_au)")


def test_predict_aligns_with_the_rows(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "new.csv"
    table.write_text("axis_au,other\n1,a\n,b\n4,c\n-1,d\n")
    run(capsys, "predict", "last", str(table), "-o", str(tmp_path / "out.csv"), "--runs", str(finished))
    with (tmp_path / "out.csv").open() as file:
        name, *values = [row[0] for row in csv.reader(file)]
    assert name == "period_years_predicted"
    np.testing.assert_allclose([float(v) for v in values], [1.0, np.nan, 8.0, np.nan])


def test_predict_by_complexity(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "predict", "last", str(KEPLER), "--complexity", "4", "--runs", str(finished))
    values = [float(line) for line in out.splitlines()[1:5]]
    np.testing.assert_allclose(values, PERIODS, rtol=1e-3)


@pytest.mark.parametrize(
    ("notation", "part"),
    [
        ("latex", r"\sqrt{\mathrm{axis\_au}}"),
        ("sympy", "axis_au**(3/2)"),
        ("python", "return axis_au * math.sqrt(axis_au)"),
        ("numpy", "return axis_au * np.sqrt(axis_au)"),
        ("c", "double formula(double axis_au)"),
        ("excel", "=B2 * SQRT(B2)"),
        ("sqlite", 'CAST("axis_au" AS REAL)'),
        ("json", '{"symlaw_expression": 1'),
    ],
)
def test_export(finished: Path, capsys: pytest.CaptureFixture[str], notation: str, part: str) -> None:
    out = run(capsys, "export", "last", "--format", notation, "--complexity", "4", "--runs", str(finished))
    assert part in out


def test_export_of_python_runs(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "law.py"
    run(capsys, "export", "last", "-f", "numpy", "-o", str(path), "--runs", str(finished))
    names: dict[str, object] = {}
    exec(path.read_text(), names)
    assert names["formula"](np.array([4.0])) == [8.0]  # type: ignore[operator]


def test_export_takes_cells_and_digits(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = ("export", "last", "-c", "4", "--runs", str(finished))
    assert run(capsys, *shared, "-f", "excel", "--cells", "axis_au=$C7").strip() == "=$C7 * SQRT($C7)"
    latex = run(capsys, *shared, "-f", "latex", "--digits", "3").strip()
    assert latex.startswith(r"\mathrm{period\_years} = \mathrm{axis\_au} \cdot \sqrt")


def test_cells_of_another_sheet_are_made_as_the_fit_made_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], warm: None
) -> None:
    rows = (f"2026-03-{k:02d},{3 * (k - 1)}" for k in range(1, 13))
    (tmp_path / "t.csv").write_text("\n".join(["day,y", *rows]) + "\n")
    fit = ("fit", str(tmp_path / "t.csv"), "-t", "y", "--seed", "1", "--max-evaluations", "2000")
    shared = ("--runs", str(tmp_path / "runs"))
    run(capsys, *fit, "--operators", "+,*", "--quiet", *shared)
    for name in ("day", "day_d"):
        out = run(capsys, "export", "last", "-f", "excel", "--cells", f"{name}=F7", *shared)
        assert "(F7-DATE(2026,3,1))*1" in out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("-f", "fortran"), "unknown format 'fortran': known formats are"),
        (("-f", "c", "--digits", "3"), "format 'c' has no option 'digits'"),
        (("-f", "excel", "--cells", "B2"), "--cells 'B2' is not a column and a cell"),
    ],
)
def test_export_refuses(
    finished: Path, capsys: pytest.CaptureFixture[str], options: tuple[str, ...], message: str
) -> None:
    assert main(["export", "last", "-c", "4", "--runs", str(finished), *options]) == 2
    assert message in capsys.readouterr().err


def test_the_ending_of_a_file_tells_the_format(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = ("export", "last", "--runs", str(finished))
    run(capsys, *shared, "-o", str(tmp_path / "law.tex"))
    assert (tmp_path / "law.tex").read_text() == run(capsys, *shared, "-f", "latex")
    assert main([*shared, "-o", str(tmp_path / "law.py")]) == 2
    refused = " ".join(capsys.readouterr().err.split())
    assert "say which format with --format NAME" in refused and "'law.py' does not tell it" in refused
    assert not (tmp_path / "law.py").exists()


def test_export_help_lists_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "export", "--help")
    listed = out.partition("Formats:")[2]
    assert all(f"\n  {one.name} " in listed and one.summary in listed for one in targets().values())
    assert "sqlite  erf" in listed.partition("lacks")[2]


def test_compare_puts_own_formulas_beside(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(
        capsys, "compare", "last", str(KEPLER), "1.1 * axis_au**1.4", "2 * axis_au", "--refit",
        "--runs", str(finished),
    )  # fmt: skip
    assert max(map(len, out.splitlines())) <= 80
    assert " * axis_au**1.50" in out
    assert out.startswith("1 to 1 are the run's")


def test_compare_refuses_other_columns(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "last", str(KEPLER), "2 * mass", "--runs", str(finished)]) == 2
    assert "unknown name 'mass' at character 5: known are axis_au" in capsys.readouterr().err


def test_export_of_json_reads_back(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "export", "last", "-f", "json", "-c", "4", "--runs", str(finished))
    assert Expression.from_json(out) == parse("axis_au * sqrt(axis_au)")


def test_doctor_says_that_all_is_well(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, warm: None
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("symlaw.cli.management.doctor.BENCHMARK_SECONDS", 0.1)
    monkeypatch.setattr("symlaw.cli.management.doctor.SLOW", 0.0)
    out = run(capsys, "doctor")
    assert out.endswith("all is well\n")
    assert "node·rows per second" in out
    assert not list(tmp_path.iterdir())


def test_doctor_names_a_problem(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, warm: None
) -> None:
    monkeypatch.setattr("symlaw.cli.management.doctor.BENCHMARK_SECONDS", 0.1)
    monkeypatch.setattr("symlaw.cli.management.doctor.SLOW", float("inf"))
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "problem " in out
    assert out.endswith("1 problem\n")


def test_a_machine_is_warm_once_the_kernels_are_compiled(tmp_path: Path, warm: None) -> None:
    code = "from symlaw.search.loop.warm_up import is_warm; print(is_warm())"
    for more, said in (({}, "True"), ({"SYMLAW_CACHE_DIR": str(tmp_path)}, "False")):
        command = [sys.executable, "-c", code]
        done = subprocess.run(command, env=environment(**more), capture_output=True, text=True, check=True)
        assert done.stdout.strip() == said


def test_warmup_says_how_long_it_took(capsys: pytest.CaptureFixture[str], warm: None) -> None:
    assert "kernels are ready after" in run(capsys, "warmup", "--operators", "+,*")
    assert is_on_disk(follow) and is_on_disk(iterate), "systems are solved by compiled kernels too"


def test_show_one_formula(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = run(capsys, "show", "last", "--complexity", "1", "--runs", str(finished))
    assert out.count("\n ") == 1 and "period_years = " in out
    assert main(["show", "last", "-c", "1", "--json", "--runs", str(finished)]) == 2
    assert "--complexity shows one formula" in capsys.readouterr().err


def test_examine_goes_through_short_formulas_where_asked(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "examine", "last", "--formulas", "0", "--prove", "3", "--runs", str(finished))
    assert "       3 " in said
    assert "(columns and operators; scale and offset are free)" in " ".join(said.split())
    assert main(("examine", "last", "--prove", "1", "--runs", str(finished))) != 0
    assert "up to 1 symbols: give a whole number of 2 to 15" in " ".join(capsys.readouterr().err.split())


def test_examine_takes_the_table_of_the_run(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    alone = run(capsys, "examine", "last", "--formulas", "0", "--runs", str(finished))
    assert alone == run(capsys, "examine", "last", str(KEPLER), "--formulas", "0", "--runs", str(finished))


def test_predict_does_not_write_over_its_table(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    table.write_bytes(KEPLER.read_bytes())
    assert main(["predict", "last", str(table), "-o", str(table), "--runs", str(finished)]) == 2
    assert "is the table itself: name another file" in capsys.readouterr().err
    assert table.read_bytes() == KEPLER.read_bytes()


def test_a_report_into_no_folder_is_refused_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fit = ["fit", str(KEPLER), "-t", "period_years", "--report", str(tmp_path / "none" / "law.html")]
    assert main([*fit, "--runs", str(tmp_path / "runs")]) == 2
    assert "make it first" in capsys.readouterr().err and not (tmp_path / "runs").exists()


def test_compare_shows_own_numbers_as_they_were_typed(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = "40.7437 * axis_au / 3.14159265"
    assert own in run(capsys, "compare", "last", str(KEPLER), own, "--runs", str(finished))
