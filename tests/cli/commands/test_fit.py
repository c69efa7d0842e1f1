"""``symlaw fit``: what it shows, what it keeps, how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from symlaw.cli import main
from symlaw.runs.store import read_run, resolve_run

from ..conftest import FIT, QUICK, ROOT, SHORT, started

Start = Callable[..., "subprocess.Popen[str]"]
LAW = re.compile(r"period_years = (axis_au \* sqrt\(axis_au\)|sqrt\(axis_au\) \* axis_au)")


def first_improvement(process: subprocess.Popen[str]) -> str:
    """Read what a fit writes up to the first formula."""
    assert process.stdout is not None
    for line in process.stdout:
        if re.match(r" +[\d.]+ s  complexity", line):
            return line
    raise AssertionError("the fit ended without a formula")


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory, warm: None) -> tuple[int, str, str]:
    """Exit status, output and errors of a fit whose output is no terminal."""
    process = started(tmp_path_factory.mktemp("piped"), *FIT, *SHORT)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def test_shows_the_data_the_front_the_law_and_the_next_commands(piped: tuple[int, str, str]) -> None:
    status, out, err = piped
    assert status == 0, err
    assert err == ""
    assert "13 rows; period_years from axis_au" in out
    assert "Column 'planet' is left out" in out
    assert "seed 1" in out
    assert any(LAW.fullmatch(line) for line in out.splitlines())
    assert re.search(r"^★ +4 +1\.545e-07 +0\.999999  ", out, re.MULTILINE)
    assert re.search(r"^  symlaw show \d{4}-\d\d-\d\d-\d{6}-[0-9a-f]{4}$", out, re.MULTILINE)


def test_writes_no_control_codes_into_a_pipe(piped: tuple[int, str, str]) -> None:
    _, out, err = piped
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", out + err)


@pytest.mark.long
def test_verbose_writes_every_improvement(start: Start) -> None:
    out, _ = start(*FIT, *QUICK, "--verbose").communicate(timeout=120)
    assert len(re.findall(r"^ +[\d.]+ s  complexity", out, re.MULTILINE)) > 3
    assert "distinct" in out


@pytest.mark.long
def test_under_ci_one_line_a_minute(start: Start) -> None:
    out, _ = start(*FIT, *QUICK, CI="true").communicate(timeout=120)
    assert len(re.findall(r"^ +[\d.]+ s  ", out, re.MULTILINE)) == 1


def test_quiet_writes_the_law_only(capsys: pytest.CaptureFixture[str], tmp_path: Path, warm: None) -> None:
    assert main([*FIT, *QUICK, "--quiet", "--runs", str(tmp_path)]) == 0
    assert LAW.fullmatch(capsys.readouterr().out.strip())


@pytest.mark.long
def test_the_same_seed_finds_the_same_front(tmp_path: Path, warm: None) -> None:
    fronts = []
    for threads in ("1", "2"):
        assert main([*FIT, *SHORT, "-q", "--threads", threads, "--runs", str(tmp_path / threads)]) == 0
        run = read_run(resolve_run("last", tmp_path / threads))
        fronts.append([row.expression.text() for row in run.rows])
    assert fronts[0] == fronts[1]


def test_keeps_settings_and_data_in_the_run(tmp_path: Path, warm: None) -> None:
    options = ("--cost", "sqrt=2", "--no-constants", "--max-complexity", "9")
    assert main([*FIT, *QUICK, "-q", *options, "--runs", str(tmp_path)]) == 0
    run = read_run(resolve_run("last", tmp_path))
    header = run.header
    assert header.settings["complexity_costs"] == {"sqrt": 2.0}
    assert header.settings["constants"] is False
    assert header.settings["max_complexity"] == 9
    assert header.seed == 1
    assert header.n_rows == 13
    assert header.source.endswith("kepler.csv")
    assert run.counters["evaluations"] > 1000
    assert any("planet" in note for note in run.notes)


@pytest.mark.long
def test_weights_leave_out_rows_of_weight_zero(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, warm: None
) -> None:
    table = tmp_path / "t.csv"
    rows = [f"{x},{x * x if x < 9 else 1000},{int(x < 9)}" for x in range(1, 12)]
    table.write_text("x,y,w\n" + "\n".join(rows))
    options = ("--max-evaluations", "2000", "--operators", "+,-,*", "--seed", "0", "--runs", str(tmp_path))
    assert main(["fit", str(table), "-t", "y", "--weights", "w", *options]) == 0
    out = capsys.readouterr().out
    assert "3 of 11 rows are left out because their weight is 0." in out
    assert "y = x * x" in out


@pytest.mark.long_but("15")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_the_front_found(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    process = start(*FIT, "--time", "600")
    first_improvement(process)
    assert read_run(resolve_run("last", tmp_path / ".symlaw" / "runs")).state == "running"
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "stopped by the user" in out
    run = read_run(resolve_run("last", tmp_path / ".symlaw" / "runs"))
    assert run.state == "finished"
    shown = re.findall(r"^[★ ] +(\d+)  +\d\.\d+e[-+]\d+", out, re.MULTILINE)
    assert [int(size) for size in shown] == [row.complexity for row in run.rows]


def test_kill_9_leaves_the_front_that_was_shown(start: Start, tmp_path: Path) -> None:
    process = start(*FIT, "--time", "600")
    line = first_improvement(process)
    process.kill()
    process.communicate(timeout=60)
    run = read_run(resolve_run("last", tmp_path / ".symlaw" / "runs"))
    assert run.state == "interrupted"
    assert run.recommended is not None
    size = float(re.search(r"complexity +(\S+)", line)[1])  # type: ignore[index]
    assert any(row.complexity <= size for row in run.rows)
    assert run.header.seed == 1
    assert run.counters["evaluations"] > 0


def test_another_loss_is_named_kept_and_shown(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, warm: None
) -> None:
    folder = ("--runs", str(tmp_path))
    assert main([*FIT, *SHORT, "--loss", "absolute", *folder]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^  complexity +absolute  equation$", out, re.MULTILINE)
    assert "sparse stood aside: it needs least squares." in out
    assert any(LAW.fullmatch(line) for line in out.splitlines())
    run = read_run(resolve_run("last", tmp_path))
    assert run.header.loss.name == "absolute"
    assert main(["show", "last", "--search", *folder]) == 0
    out = capsys.readouterr().out
    assert re.search(r"^  complexity +absolute  equation$", out, re.MULTILINE)
    assert re.search(r"^bank +stood aside: it needs least squares$", out, re.MULTILINE)


@pytest.mark.long
def test_units_in_the_header(start: Start) -> None:
    data = str(ROOT / "examples" / "pendulum.csv")
    process = start("fit", data, "-t", "period [s]", "--units", "header", *QUICK)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "sqrt(`length [m]` / `gravity [m/s^2]`)" in out
    assert "Its constants are pure numbers for values in these units." in out
    assert "It does not use `mass [kg]`." in out


@pytest.mark.long
def test_units_in_a_row_below_the_names(start: Start, tmp_path: Path) -> None:
    lines = (ROOT / "examples" / "pendulum.csv").read_text().splitlines()
    names = re.sub(r" \[[^]]*\]", "", lines[0])
    units = ",".join(re.findall(r"\[([^]]*)\]", lines[0]))
    table = tmp_path / "pendulum.csv"
    table.write_text("\n".join([names, units, *lines[1:]]))
    folder = ["--runs", str(tmp_path / "runs")]
    process = start("fit", str(table), "-t", "period", "--units", "row", *QUICK, *folder)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "sqrt(length / gravity)" in out
    assert "Its constants are pure numbers for values in these units." in out
    # the same table is read back, and one without the row of units
    plain = tmp_path / "plain.csv"
    plain.write_text("\n".join([names, *lines[1:]]))
    answers = [start("predict", "last", str(one), *folder).communicate(timeout=60) for one in (table, plain)]
    assert answers[0][0] == answers[1][0] and answers[0][0].count("\n") >= len(lines) - 1, answers


def test_where_units_stand_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FIT, *SHORT, "--units", "column"]) == 2
    assert "--units is 'column': give 'header' or 'row'" in capsys.readouterr().err


def test_writes_a_report_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page, runs = tmp_path / "law.html", tmp_path / "runs"
    assert main([*FIT, *QUICK, "--quiet", "--runs", str(runs), "--report", str(page)]) == 0
    assert f"Written to {page}." in " ".join(capsys.readouterr().out.split())
    assert "period_years" in page.read_text(encoding="utf-8")


@pytest.mark.long
def test_a_report_reads_the_table_as_the_fit_did(tmp_path: Path, warm: None) -> None:
    table, runs, page = tmp_path / "t.csv", str(tmp_path / "runs"), tmp_path / "law.html"
    rows = [f"{x},{x * x if x < 9 else 1000},{int(x < 9)}" for x in range(1, 12)]
    table.write_text("x,y,w\nm,m^2,\n" + "\n".join(rows))
    options = ("--max-evaluations", "2000", "--operators", "+,-,*", "--seed", "0", "--runs", runs, "--quiet")
    assert main(["fit", str(table), "-t", "y", "--weights", "w", "--units", "row", *options]) == 0
    assert main(["report", "last", "-o", str(page), "--runs", runs]) == 0
    assert "8 rows, those of the run: their digest agrees." in page.read_text()


def test_a_report_of_no_known_kind_is_refused_before_the_search(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*FIT, "--runs", str(tmp_path / "runs"), "--report", "law.docx"]) == 2
    assert "let it end in .html, .md or .pdf" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "runs").exists()
