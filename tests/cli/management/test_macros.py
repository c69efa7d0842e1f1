"""``symlaw macros``: from recorded runs to the next fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from symlaw.cli import main
from symlaw.runs.store import read_run, resolve_run

LIMITS = ("--max-evaluations", "4000", "--operators", "+,-,*,/,exp,neg,square", "--seed", "1", "--quiet")


def table(path: Path, power: float) -> Path:
    """A table of a Gaussian that something else stands beside."""
    rng = np.random.Generator(np.random.Philox(2))
    X = rng.uniform(0.2, 2.0, (50, 2))
    y = np.exp(-(X[:, 0] ** 2)) * X[:, 1] ** power
    np.savetxt(path, np.column_stack([X, y]), delimiter=",", header="a,b,y", comments="")
    return path


@pytest.mark.long
def test_a_session_from_runs_to_a_fit_with_macros(
    tmp_path: Path, warm: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def said(*words: str) -> str:
        """What a command that succeeds writes."""
        status, (out, err) = main([*words]), capsys.readouterr()
        assert status == 0, err
        assert err == ""
        return out

    for number, power in enumerate((1.0, 2.0)):
        data = table(tmp_path / f"t{number}.csv", power)
        assert "exp(" in said("fit", str(data), "-t", "y", *LIMITS)

    listed = said("macros", "list")
    assert "definition" in listed.splitlines()[0]
    assert "x / exp(y**2)" in listed

    said("macros", "keep", "norm=(x**2 + y**2) / x")
    runs = sorted(folder.name for folder in (tmp_path / ".symlaw" / "runs").iterdir())
    sources = [word for name in runs for word in ("--from", name)]
    assert "x / exp(y**2)" in said("macros", "keep", *sources, "--top", "50")
    kept = said("macros", "list", "--kept")
    assert "norm" in kept
    assert "x / exp(y**2)" in kept

    names = [entry["name"] for entry in json.loads((tmp_path / "symlaw-macros.json").read_text())["macros"]]
    assert names[0] == "norm"
    said("macros", "drop", *names[:1])
    assert "norm" not in said("macros", "list", "--kept")

    fit = ("fit", str(tmp_path / "t1.csv"), "-t", "y", *LIMITS)
    law = said(*fit, "--macros", "symlaw-macros.json", "--searchers", "evolution,tree_search")
    assert not any(f"{name}(" in law for name in names)
    run = read_run(resolve_run("last", tmp_path / ".symlaw" / "runs"))
    assert "norm" not in run.header.settings["macros"]
    assert "x / exp(y**2)" in run.header.settings["macros"].values()


def test_lists_as_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / "m.json")
    assert main(["macros", "keep", "gauss=exp(-x**2)", "--file", file]) == 0
    capsys.readouterr()
    assert main(["macros", "list", "--kept", "--json", "--file", file]) == 0
    assert json.loads(capsys.readouterr().out)[0]["definition"] == "exp(-x**2)"


def test_keeping_replaces_one_of_the_same_name(tmp_path: Path) -> None:
    file = str(tmp_path / "m.json")
    for definition in ("exp(-x**2)", "exp(-x**2 / 2)"):
        assert main(["macros", "keep", f"gauss={definition}", "--file", file]) == 0
    macros = json.loads((tmp_path / "m.json").read_text())["macros"]
    assert [entry["definition"] for entry in macros] == ["exp(-x**2 / 2)"]


def test_dropping_what_is_not_there_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / "m.json")
    assert main(["macros", "keep", "gauss=exp(-x**2)", "--file", file]) == 0
    assert main(["macros", "drop", "norm", "--file", file]) == 2
    assert "there is no macro 'norm'" in capsys.readouterr().err


def test_a_fit_refuses_macros_outside_its_operators(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["macros", "keep", "gauss=exp(-x**2)"]) == 0
    data = table(tmp_path / "t.csv", 1.0)
    fit = ["fit", str(data), "-t", "y", "--operators", "+,*", "--macros", "symlaw-macros.json"]
    assert main(fit) == 2
    assert "macro 'gauss' uses exp, neg, square, which operators lacks" in capsys.readouterr().err
