"""Laws of many tables: what is found for some is tried in the others, and failures are listed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import parse
from symlaw.cli import main
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.errors import InvalidSetting, RunError
from symlaw.tasks.many import fitting
from symlaw.tasks.many.forms import Form, Rows, key_of, on_table
from symlaw.tasks.many.result import ManyLaws

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")

SETTINGS: dict[str, Any] = {
    "operators": ["+", "*", "exp"], "max_evaluations": 400, "max_complexity": 9, "n_jobs": 1,
    "searchers": ["evolution"],
}  # fmt: skip


def table(n_tables: int = 16, *, several: bool = False) -> pd.DataFrame:
    """Lines with slopes of their own, products in every second table where there are several laws."""
    rng, frames = np.random.default_rng(4), []
    for number in range(n_tables):
        x, z = rng.uniform(0.5, 3.0, (2, 20))
        a, b = rng.uniform(1.5, 4.0, 2)
        y = a * x * z if several and number % 2 else a * x + b
        y = y * (1.0 + 0.002 * rng.normal(size=20))
        frames.append(pd.DataFrame({"site": f"s{number:02d}", "x": x, "z": z, "y": y}))
    frames[3]["y"] = 1.0
    frames[5]["y"] = rng.normal(size=20)
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module", autouse=True)
def few_searches() -> Iterator[None]:
    """Fewer tables are searched at first than usual, which takes less time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "_FIRST", 8)
        yield


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> tuple[ManyLaws, Path]:
    folder = tmp_path_factory.mktemp("many")
    return symlaw.fit_many(table(), "y", by="site", folder=folder, **SETTINGS), folder


@pytest.mark.long
def test_tables_share_a_form_with_constants_of_their_own(found: tuple[ManyLaws, Path]) -> None:
    frame = found[0].frame().set_index("site")
    assert len(frame) == 16
    most = frame["form"].value_counts()
    assert most.index[0] == 0
    assert most.iloc[0] >= 12
    assert {formula.variables for formula, _ in found[0].forms[:1]} == {("x",)}
    # those that nobody searched have a law as well
    assert (~frame["searched"]).sum() >= 4
    assert set(frame.loc[~frame["searched"], "verdict"]) == {"identified", "failed"}


@pytest.mark.long
def test_what_cannot_be_used_is_listed_and_noise_is_told(found: tuple[ManyLaws, Path]) -> None:
    assert list(found[0].failures) == ["s03"]
    assert found[0].failures["s03"] == "its target 'y' is the same in every row"
    assert found[0].laws["s05"].verdict != "identified"


@pytest.mark.long
def test_one_law_for_all_is_supported_where_there_is_one(found: tuple[ManyLaws, Path]) -> None:
    # noise apart, of which the test does not ask
    assert found[0].one_law is not None
    assert found[0].one_law.supported
    assert found[0].one_law.form == 0


def test_a_run_goes_on_from_its_journal_to_the_same_result(
    found: tuple[ManyLaws, Path], tmp_path: Path
) -> None:
    whole, folder = found
    lines = (folder / "searched.jsonl").read_text().splitlines(keepends=True)
    # the last line was being written when the process was killed
    (tmp_path / "searched.jsonl").write_text("".join(lines[:6]) + lines[6][:40])
    again = symlaw.fit_many(table(), "y", by="site", folder=tmp_path, **SETTINGS)
    assert again.frame().drop(columns="expression").equals(whole.frame().drop(columns="expression"))
    with pytest.raises(RunError, match="other settings or columns"):
        symlaw.fit_many(table(), "y", by="site", folder=folder, **{**SETTINGS, "max_complexity": 7})


@pytest.mark.long
def test_several_laws_are_told_from_one() -> None:
    found = symlaw.fit_many(table(12, several=True), "y", by="site", **SETTINGS)
    assert found.one_law is None or not found.one_law.supported
    assert len([count for _, count in found.forms if count > 2]) == 2


def test_a_form_is_fitted_to_a_table_with_numbers_of_its_own() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 3.0, 30)
    rows = Rows(x[:, None], 3.0 * np.exp(-1.2 * x) + 0.001 * rng.normal(size=30), ("x",))
    start = parse("1.0 * exp(-0.4 * x)")
    constant, one = on_table([Form(key_of(start), (start,))], rows, ["+", "*", "exp"])
    assert constant.expression.constants == (float(np.mean(rows.y)),)
    assert np.allclose(one.expression.constants, (3.0, -1.2), rtol=1e-2)
    assert one.named + one.data < constant.named + constant.data
    assert key_of(parse("2.5 * x + 1.0")) == key_of(parse("1.5 * x + 7.0")) != key_of(parse("x + 7.0"))


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="which is the target"):
        symlaw.fit_many(table(8), "y", by="y")


@pytest.mark.long
def test_the_command_writes_a_table_of_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, output = tmp_path / "many.csv", tmp_path / "laws.json"
    table(8).to_csv(data, index=False)
    asked = ["fit-many", str(data), "-t", "y", "--by", "site", "--operators", "+,*", "-o", str(output)]
    assert main([*asked, "--max-evaluations", "300", "--processes", "1"]) == 0
    out = capsys.readouterr().out
    assert "8 tables: " in out
    assert "site s03: " in out
    records = json.loads(output.read_text())
    assert [record["site"] for record in records] == [f"s{number:02d}" for number in range(8)]
    assert main(["fit-many", str(data), "-t", "y"]) == 2
