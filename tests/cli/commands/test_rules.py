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


def test_predict_writes_labels_and_none_where_rules_disagree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [f"{a},{a},{b},{'yes' if a and b else 'no'}" for a in (0, 1) for b in (0, 1)]
    Path("known.csv").write_text("\n".join(["a,twin,b,y", *rows * 10]))
    # columns in another order, and one more, do not matter
    Path("new.csv").write_text("note,b,a,twin\nx,1,1,1\ny,1,1,0\nz,0,0,0\n")
    assert main(["rules", "known.csv", "-t", "y", "--quiet"]) == 0
    capsys.readouterr()
    assert main(["predict", "last", "new.csv", "--abstain"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == ["y_predicted", "yes", '""', "no"]
    assert "1 of 3 rows have no label" in said.err
    assert main(["predict", "last", "new.csv"]) == 0
    assert "" not in capsys.readouterr().out.splitlines()
    Path("short.csv").write_text("a,b\n1,1\n")
    assert main(["predict", "last", "short.csv"]) == 2
    assert "'twin'" in capsys.readouterr().err
    assert main(["predict", "last", "new.csv", "--complexity", "2"]) == 2
    assert "--complexity is for formulas of a table" in capsys.readouterr().err


def test_costs_of_several_classes_and_rates_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    levels = [("high", 9), ("low", 1), ("middle", 5)] * 20
    lines = [f"{level},{score + k % 4},{'FM'[k % 2]}" for k, (level, score) in enumerate(levels)]
    Path("risk.csv").write_text("\n".join(["level,score,sex", *lines]))
    asked = ["rules", "risk.csv", "-t", "level", "--quiet", "--max-literals", "1"]
    assert main([*asked, "--error-costs", "high:low=20,high:middle=10"]) == 0
    capsys.readouterr()
    assert main(["show", "last"]) == 0
    assert " at 20" in capsys.readouterr().out
    Path("costs.csv").write_text("true,high,low,middle\nhigh,0,20,10\nlow,1,0,1\nmiddle,1,1,0\n")
    assert main([*asked, "--error-costs", "costs.csv"]) == 0
    capsys.readouterr()
    assert main([*asked, "--error-costs", "none.csv"]) == 2
    assert capsys.readouterr().err.startswith("symlaw: --error-costs 'none.csv' cannot be read as a table: ")
    assert main([*asked, "--error-costs", "high:lo=2"]) == 2
    assert "names the class 'lo'" in capsys.readouterr().err
    Path("two.csv").write_text("\n".join(["ill,score,sex", *lines]).replace("middle", "low"))
    two = ["rules", "two.csv", "-t", "ill", "--max-literals", "1"]
    assert main([*two, "--fair", "sex:true_positive_rate=0.2,sex=0.3"]) == 0
    out = capsys.readouterr().out
    assert "by sex its true-positive rates differ by" in out and "by sex its rates differ by" in out
