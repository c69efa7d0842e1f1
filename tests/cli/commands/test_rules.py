"""``symlaw rules``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from symlaw.cli import main

ROWS = [
    "age,insulin,back",
    *(
        f"{age},{insulin},{'yes' if age > 60 and insulin else 'no'}"
        for age in range(20, 95, 3)
        for insulin in (0, 1)
    ),
]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "patients.csv"
    path.write_text("\n".join(ROWS))
    return path


def test_it_shows_the_front_the_rule_and_where_it_errs(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rules", str(table), "--target", "back", "--error-costs", "miss=5,false_alarm=1"]) == 0
    out = capsys.readouterr().out
    assert "\nage > 60 and insulin\n" in out
    assert "proved" in out
    assert "rows by class" in out


def test_quiet_it_writes_the_export_alone_and_keeps_the_rule(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "rule.json"
    assert main(["rules", str(table), "-t", "back", "--export", "sql", "--quiet", "--save", str(kept)]) == 0
    assert capsys.readouterr().out.startswith('CASE WHEN ("age" > 60 AND ')
    assert json.loads(kept.read_text())["symlaw_rules"] == 2


def test_a_column_may_speak_one_way_only(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["rules", str(table), "-t", "back", "--quiet", "--max-literals", "2"]
    assert main([*asked, "--monotone", "age=decreasing"]) == 0
    assert "age >" not in capsys.readouterr().out
    assert main([*asked, "--monotone", "age"]) == 2
    assert capsys.readouterr().err == "symlaw: --monotone is 'age': give such as age=increasing\n"


def test_bad_costs_are_refused_in_one_line(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", str(table), "-t", "back", "--error-costs", "miss"]) == 2
    assert capsys.readouterr().err == "symlaw: --error-costs is 'miss': give such as miss=5,false_alarm=1\n"


def test_one_run_says_the_same_everywhere(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", str(table), "--target", "back"]) == 0
    first = capsys.readouterr().out
    assert main(["show", "last"]) == 0
    assert capsys.readouterr().out == first
    assert main(["show", "last", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["rule"] == "age > 60 and insulin" and record["status"] in first
    assert main(["export", "last", "-f", "sql"]) == 0
    sql = capsys.readouterr().out.strip()
    assert main(["report", "last", "-o", "rule.md"]) == 0
    report = table.with_name("rule.md").read_text()
    assert record["rule"] in report and record["status"] in report and sql in report
    assert main(["runs"]) == 0
    assert record["rule"] in capsys.readouterr().out
