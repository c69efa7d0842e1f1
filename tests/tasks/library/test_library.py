"""What earlier fits found is tried first on data that behave alike, and has to earn its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor, parse
from symlaw.cli import main
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.errors import RunError
from symlaw.tasks.library.hints import NewData, hints_for, keep
from symlaw.tasks.library.signature import matched, signature_of
from symlaw.tasks.library.store import read_forms

RNG = np.random.default_rng(8)
OPERATORS = ["+", "*", "/", "exp"]


def data(a: float, b: float, names: str = "xz") -> NewData:
    """y = a exp(-b u) + v, where u is the first of the names x and z, or the second of others."""
    X = RNG.uniform(0.3, 3.0, (80, 2))
    u, v = X.T if names == "xz" else X.T[::-1]
    return NewData(X, a * np.exp(-b * u) + v, tuple(names), "y")


def waves() -> NewData:
    """A target that behaves in another way."""
    X = RNG.uniform(0.3, 3.0, (80, 2))
    return NewData(X, np.sin(4.0 * X[:, 0]) + 0.1 * X[:, 1], ("x", "z"), "y")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    keep(folder, data(3.0, 1.1), parse("3.0 * exp(-1.1 * x) + z"), 0.0, "identified", [])
    return folder


def test_a_signature_does_not_change_with_units_and_tells_columns_apart() -> None:
    one = data(3.0, 1.1)
    scaled = signature_of(one.X * [1e3, 1e-2] + [5.0, 0.0], 7.0 * one.y - 2.0)
    assert np.array_equal(signature_of(one.X, one.y), scaled)
    nearest, other = matched(scaled, signature_of(one.X[:, ::-1], one.y), 6)
    assert nearest == (0.0, [1, 0])
    assert other[1] == [0, 1]


def test_a_formula_is_tried_with_the_columns_that_behave_alike(library: Path) -> None:
    (hint,) = hints_for(library, data(2.5, 0.8, "pq"), OPERATORS)
    fitted = data(2.5, 0.8, "pq")
    values = hint.evaluate(dict(zip("pq", fitted.X.T, strict=True)))
    assert np.allclose(values, fitted.y, atol=1e-4)


def test_columns_that_behave_alike_are_told_apart_by_the_formula(tmp_path: Path) -> None:
    def related(names: str, order: list[int]) -> NewData:
        X = RNG.uniform(0.3, 3.0, (200, 2))
        u, v = X.T[order]
        return NewData(X, u * v + 0.3 * u, tuple(names), "y")

    keep(tmp_path, related("xz", [0, 1]), parse("x * z + 0.3 * x"), 0.0, "identified", [])
    for order in ([0, 1], [1, 0]):
        new = related("pq", order)
        (hint,) = hints_for(tmp_path, new, OPERATORS)
        assert np.allclose(hint.evaluate(dict(zip("pq", new.X.T, strict=True))), new.y)


def test_an_exact_hint_leaves_little_to_do(library: Path) -> None:
    new = data(2.4, 0.9)
    common: dict[str, Any] = {
        "operators": OPERATORS, "max_evaluations": 40_000, "time_budget": None, "random_state": 0,
        "target_loss": 1e-12, "searchers": ["sparse", "evolution"],
    }  # fmt: skip
    X = pd.DataFrame(new.X, columns=list(new.names))
    helped = SymbolicRegressor(**common, library=library).fit(X, new.y)
    assert helped.front_["loss"].min() < 1e-12
    assert helped.n_evaluations_ < 2_000


def test_nothing_is_said_of_data_that_behave_differently_or_lack_operators(library: Path) -> None:
    assert hints_for(library, waves(), OPERATORS) == []
    assert hints_for(library, data(2.5, 0.8), ["+", "*"]) == []
    assert hints_for(library / "none", waves(), OPERATORS) == []


def test_what_was_tried_is_noted_good_or_not(library: Path) -> None:
    new = data(2.0, 0.9)
    hint = hints_for(library, new, OPERATORS)
    keep(library, new, hint[0], 0.01, "identified", hint)
    other = data(2.0, 0.7)
    keep(library, other, parse("x + z"), 0.2, "rivals", hint)
    first, second = read_forms(library)
    assert [one.loss for one in first.origins] == [0.0, 0.01]
    assert [one.data for one in first.failures] == [other.digest()]
    assert second.expression == parse("x + z")
    record = json.loads((library / "forms.json").read_text())
    assert record["forms"][0]["equation"] == "3 * exp(-1.1 * x) + z"
    assert record["forms"][0]["origins"][0]["columns"] == ["x", "z"]


def test_a_damaged_library_is_refused(library: Path) -> None:
    (library / "forms.json").write_text('{"symlaw_library": 1, "forms": [{}]}')
    with pytest.raises(RunError, match=r"forms\.json' is damaged"):
        read_forms(library)


@pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")
def test_a_second_fit_begins_with_what_the_first_one_found(library: Path) -> None:
    new = data(1.7, 1.3)
    settings: dict[str, Any] = {
        "operators": OPERATORS, "max_evaluations": 120, "time_budget": None, "random_state": 0,
        "searchers": ["evolution"], "n_jobs": 1,
    }  # fmt: skip
    alone = SymbolicRegressor(**settings).fit(pd.DataFrame(new.X, columns=["x", "z"]), new.y)
    helped = SymbolicRegressor(**settings, library=library).fit(
        pd.DataFrame(new.X, columns=["x", "z"]), new.y
    )
    assert helped.front_["loss"].min() < 1e-12 < alone.front_["loss"].min()
    assert len(read_forms(library)[0].origins) == 2


@pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")
def test_commands_write_into_a_library_and_use_it(library: Path, tmp_path: Path) -> None:
    table, formulas = tmp_path / "new.csv", tmp_path / "formulas.txt"
    new = data(1.7, 1.3)
    pd.DataFrame({"x": new.X[:, 0], "z": new.X[:, 1], "y": new.y}).to_csv(table, index=False)
    formulas.write_text("exp(-x) + z\nexp(-x) * z\n")
    assert main(["macros", "keep", "decay=exp(-x)", "--library", str(library)]) == 0
    assert main(["prior", "fit", str(formulas), "--library", str(library)]) == 0
    assert {one.name for one in library.iterdir()} >= {"forms.json", "macros.json", "prior.json"}
    asked = ["fit", str(table), "-t", "y", "--library", str(library), "--runs", str(tmp_path / "runs"), "-q"]
    more = ["--max-evaluations", "120", "--searchers", "evolution", "--seed", "1", "--threads", "1"]
    assert main([*asked, *more, "--operators", "+,*,/,exp,neg"]) == 0
    assert len(read_forms(library)[0].origins) == 2
