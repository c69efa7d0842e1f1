"""Constants and priors at the command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from symlaw.cli import main

KNOWN = '[constants]\nkind = "integer"\nnamed = { kappa = 6.626e-34 }\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, what is known of it, and a finished run."""
    place = tmp_path_factory.mktemp("known")
    x = np.random.Generator(np.random.Philox(3)).uniform(1, 3, (40, 2))
    rows = np.column_stack([x, 3 * 6.626e-34 * x[:, 0] * x[:, 1]])
    np.savetxt(place / "data.csv", rows, delimiter=",", header="a,b,y", comments="", fmt="%.17g")
    (place / "known.toml").write_text(KNOWN)
    fit = ["fit", str(place / "data.csv"), "-t", "y", "--seed", "1", "--max-evaluations", "2000", "--quiet"]
    assert main([*fit, "--runs", str(place), "--knowledge", str(place / "known.toml")]) == 0
    return place


def test_show_predict_and_export_know_values(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last", "--runs", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "kappa" in shown
    assert "With kappa = 6.626e-34." in shown
    assert main(["predict", "last", str(folder / "data.csv"), "--runs", str(folder)]) == 0
    predicted = [float(line) for line in capsys.readouterr().out.splitlines()[1:]]
    wanted = np.loadtxt(folder / "data.csv", delimiter=",", skiprows=1)[:, 2]
    np.testing.assert_allclose(predicted, wanted, rtol=1e-12)
    assert main(["export", "last", "--format", "latex", "--runs", str(folder)]) == 0
    assert capsys.readouterr().out.startswith("% kappa = 6.626e-34\n")


def test_no_constants_and_a_kind_of_them_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["fit", str(folder / "data.csv"), "-t", "y", "--no-constants"]
    assert main([*asked, "--knowledge", str(folder / "known.toml")]) == 2
    assert "and there are none by --no-constants" in capsys.readouterr().err


def test_a_prior_is_counted_and_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "laws.txt").write_text("# my field\nsin(x) * y  # waves\n\nx**2 + 1\n")
    assert main(["prior", "fit", str(tmp_path / "laws.txt"), "-o", str(tmp_path / "p.json")]) == 0
    assert "2 formulas counted" in capsys.readouterr().out
    assert main(["prior", "show", str(tmp_path / "p.json")]) == 0
    assert "sin" in capsys.readouterr().out
    assert main(["prior", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["n_formulas"] > 1000
    assert main(["prior", "show", str(tmp_path / "no.json")]) == 2
    assert "cannot be read as JSON" in capsys.readouterr().err
