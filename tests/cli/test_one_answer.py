"""One run, one answer: what every place says of ten runs is the same, to the digits shown."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.runs.store import read_run
from symlaw.tasks.display.fronts import Line, front_lines
from tests.cli import answers
from tests.cli.answers import Case, constants_in, front_in, sentences_in, text_of
from tests.dashboard.conftest import serving

pytestmark = pytest.mark.slow
BEGINNINGS = ("Recommended: ", "Verdict: ", "Noise: ", "Proof: ")


@dataclass
class Asked:
    """A finished run of the command and the same in Python.

    Parameters
    ----------
    case
        What was asked.
    fit
        What the command wrote.
    model
        The model of Python.
    runs, run
        The folder of runs, and the name of this one.
    """

    case: Case
    fit: str
    model: SymbolicRegressor
    runs: Path
    run: str

    def tell(self, command: str, *arguments: str, plugin: bool = False) -> str:
        own = self.case.plugin if plugin else ()
        return text_of(command, self.run, *arguments, *own, "--runs", str(self.runs))

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.tell("show", "--json"))


@pytest.fixture(scope="module", params=answers.cases())
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    case = answers.cases()[request.param]
    folder = tmp_path_factory.mktemp("one_answer")
    before = Path.cwd()
    os.chdir(folder)
    try:
        case.frame.round(5).to_csv("data.csv", index=False)
        if case.file is not None:
            Path(case.file[0]).write_text(case.file[1])
        model = answers.fitted(case)
        seed = str(read_run(Path("model")).header.seed)
        budget = ("--max-evaluations", "20000", "--seed", seed, "--threads", "1", "--runs", "runs")
        fit = text_of("fit", "data.csv", "-t", case.target, *case.arguments, *budget)
        (run,) = [path.name for path in Path("runs").iterdir() if path.is_dir()]
        yield Asked(case, fit, model, folder / "runs", run)
    finally:
        os.chdir(before)


def test_the_front_reads_the_same_everywhere(asked: Asked) -> None:
    wanted = front_in(asked.fit)
    assert sum(row[0] == "★" for row in wanted) == 1
    assert front_in(asked.tell("show")) == wanted
    assert front_in(str(asked.model)) == wanted
    rows = [
        Line(formula, row["complexity"], row["loss"])
        for formula, row in zip(answers.told(asked.tell("show", "--json")), asked.json["front"], strict=True)
    ]
    assert front_in("\n".join(front_lines(rows, asked.json["recommended"], loss_of(asked)))) == wanted
    notebook = re.findall(r"<tr><td>(★?)</td>((?:<td>.*?</td>)+)</tr>", asked.model._repr_html_inner())
    cells = [(mark, *re.findall(r"<td>(?:<code>)?(.*?)(?:</code>)?</td>", rest)) for mark, rest in notebook]
    assert [tuple(map(answers.html.unescape, row)) for row in cells] == wanted


def loss_of(asked: Asked) -> Any:
    from symlaw.engine.losses.register import loss_from

    return loss_from(asked.model.loss)


def test_reason_verdict_and_noise_read_the_same_everywhere(asked: Asked) -> None:
    wanted = sentences_in(asked.fit, *BEGINNINGS)
    assert wanted[0]
    assert sentences_in(asked.tell("show"), *BEGINNINGS) == wanted
    assert sentences_in(str(asked.model), *BEGINNINGS) == wanted
    told = asked.json
    assert wanted[0] == f"Recommended: {told['reason']}."
    assert wanted[2] == (f"Noise: {told['noise']}." if told["noise"] else "")
    assert wanted[3] == (f"Proof: {told['proof']}." if told["proof"] else "")
    notebook = answers.html.unescape(asked.model._repr_html_inner())
    report = report_of(asked, "report.md")
    page = answers.bare(report_of(asked, "report.html"))
    for sentence in filter(None, wanted):
        assert sentence in notebook and sentence in page
        assert answers.squeezed(sentence) in answers.squeezed(report.replace("\\", ""))


def report_of(asked: Asked, name: str) -> str:
    asked.tell("report", "-o", name, plugin=True)
    return Path(name).read_text()


def test_constants_have_one_estimate_and_error_everywhere(asked: Asked) -> None:
    told = asked.tell("examine", "data.csv", "--formulas", "0", plugin=True)
    wanted = constants_in(told)
    report = report_of(asked, "report.md").replace("\\", "")
    assert wanted and constants_in(report, between=r"\s*\|\s*") == wanted
    formula = list(answers.told(asked.tell("show", "--json")))[asked.json["recommended"]]
    values = [value for value in np.abs(formula.constants) if value not in (1.0,)]
    for value in values:
        assert any(
            abs(abs(float(row[1])) - value) <= 2.5 * float(row[2]) for row in wanted if row[0][0] == "c"
        )


def test_own_formulas_are_measured_as_the_run_measured_its_own(asked: Asked) -> None:
    place = asked.json["recommended"]
    row = asked.json["front"][place]
    told = asked.tell("compare", "data.csv", "--refit", plugin=True)
    figures = told.splitlines()[2].split()
    shown = [f"{row[name]:.4g}" for name in ("loss", "r2", "rmse", "mae", "max_error")]
    assert figures[2:7] == shown
    star = next(one for one in front_in(asked.fit) if one[0] == "★")
    assert told.splitlines()[3].strip() == star[-1]


def test_exports_are_of_the_formula_that_was_found(asked: Asked) -> None:
    row = asked.json["front"][asked.json["recommended"]]
    assert asked.tell("export", "-f", "text", plugin=True).strip() == row["equation"]
    assert json.loads(asked.tell("export", "-f", "json", plugin=True)) == {
        name: value for name, value in row["expression"].items()
    }
    latex = asked.tell("export", "-f", "latex", plugin=True).strip()
    assert latex.split(r" \qquad")[0] in report_of(asked, "report.md")
    asked.tell("predict", "data.csv", "-o", "predicted.csv", plugin=True)
    predicted = pd.read_csv("predicted.csv").iloc[:, -1].to_numpy()
    frame = pd.read_csv("data.csv")
    weights = np.ones(len(frame))
    if "sample_weight" in asked.case.given:
        weights = frame[asked.case.given["sample_weight"]].to_numpy()
    if "y_std" in asked.case.given:
        weights = frame[asked.case.given["y_std"]].to_numpy() ** -2.0
    errors = frame[asked.case.target] - predicted
    assert np.sqrt(np.average(errors**2, weights=weights)) == pytest.approx(row["rmse"], rel=1e-6)
    X = frame.drop(columns=[asked.case.target, *asked.case.given.values()])
    np.testing.assert_allclose(asked.model.predict(X), predicted, rtol=1e-9)


def test_the_page_says_what_the_terminal_says(asked: Asked) -> None:
    for client in serving(asked.runs):
        live = next(client.news(f"/api/runs/{asked.run}/stream"))
        wanted = front_in(asked.fit)
        assert [row["text"] for row in live["rows"]] == [row[-1] for row in wanted]
        sentences = sentences_in(asked.fit, *BEGINNINGS)
        for name, sentence in zip(("reason", "finding", "noise", "proof"), sentences, strict=True):
            assert sentence == (f"{sentence.split(': ')[0]}: {live[name]}." if live[name] else "")
        if asked.case.plugin:
            continue
        key = live["rows"][live["recommended"]]["key"]
        shown = client.get(f"/api/runs/{asked.run}/formula", key=key).json
        found = [tuple(one.values())[:5] for one in shown["data"]["constants"]]
        assert found == constants_in(asked.tell("examine", "data.csv", "--formulas", "0"))


@pytest.mark.skipif(shutil.which("chromium") is None, reason="a PDF needs Chromium")
def test_a_printed_report_says_what_the_terminal_says(asked: Asked) -> None:
    asked.tell("report", "-o", "report.pdf", plugin=True)
    text = answers.squeezed(answers.pdf_text(Path("report.pdf")))
    # letters that the font joins
    for joined, letters in (("ﬀ", "ff"), ("ﬁ", "fi"), ("ﬂ", "fl")):
        text = text.replace(joined, letters)
    star = next(one for one in front_in(asked.fit) if one[0] == "★")
    assert answers.squeezed(star[-1]) in text
    for sentence in filter(None, sentences_in(asked.fit, *BEGINNINGS)):
        assert answers.squeezed(sentence) in text
    for row in constants_in(asked.tell("examine", "data.csv", "--formulas", "0", plugin=True)):
        assert "".join(row) in text


def test_several_targets_read_the_same_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(6)
    X = pd.DataFrame({"a": rng.uniform(1, 3, 60), "b": rng.uniform(1, 3, 60)})
    noise = 0.01 * rng.normal(size=(60, 2))
    Y = pd.DataFrame({"drag": 2 * X["a"] * X["b"] + noise[:, 0], "lift": X["a"] / X["b"] + noise[:, 1]})
    model = SymbolicRegressor(
        operators=["+", "-", "*", "/"], max_evaluations=20_000, time_budget=None, random_state=1, n_jobs=1,
        run_folder="run",
    ).fit(X, Y)  # fmt: skip
    X.join(Y).to_csv("data.csv", index=False)
    fronts = str(model).split("\n\n  complexity")
    for place, name in enumerate(("drag", "lift")):
        told = text_of("show", f"run/output_{place}")
        wanted = front_in(told)
        text = fronts[place] if place == 0 else f"  complexity{fronts[place]}"
        assert front_in(text) == wanted
        assert sentences_in(text, *BEGINNINGS) == sentences_in(told, *BEGINNINGS)
        report = model.report("report.md", X, Y, output=name) or Path("report.md").read_text()
        own = Path("report.md").read_text() if not isinstance(report, str) else report
        star = next(one for one in wanted if one[0] == "★")
        assert f"\n{star[-1]}\n" in own
        law = sentences_in(told, f"{name} = ")[0]
        assert law == f"{name} = {star[-1]}"
        assert parse(star[-1].replace("`", "")).variables
