"""What is found of sequences, frames, examples and pairs is kept as a run, and every place says the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw.cli import main
from symlaw.dashboard.contents.answers import Answers
from symlaw.report.answers import QUESTIONS
from symlaw.tasks.answers import MODELS, answered


def lines(records: list[Any]) -> str:
    return "\n".join(map(json.dumps, records))


def traces(path: Path) -> Path:
    words = [f"{number:b}" for number in range(1, 64)]
    told = [{"input": word, "output": "odd" if word.count("1") % 2 else "even"} for word in words]
    path.with_suffix(".jsonl").write_text(lines(told))
    return path.with_suffix(".jsonl")


def errands(path: Path) -> Path:
    told = [{"events": ["key", "door"], "rewards": [0, 1]}, {"events": ["door", "key"], "rewards": [0, 0]}]
    path.with_suffix(".jsonl").write_text(lines(told))
    return path.with_suffix(".jsonl")


def frames(path: Path) -> Path:
    rows = [np.random.default_rng(0).integers(0, 2, 60)]
    for _ in range(4):
        rows.append(np.roll(rows[-1], 1) ^ np.roll(rows[-1], -1))
    np.save(path.with_suffix(".npy"), np.array(rows))
    return path.with_suffix(".npy")


def totals(path: Path) -> Path:
    told = [{"input": [xs], "output": sum(xs)} for xs in ([], [4], [1, 4], [9, 1, 4])]
    path.with_suffix(".jsonl").write_text(lines(told))
    return path.with_suffix(".jsonl")


def commands(path: Path) -> Path:
    told = ["hop\tH", "slide\tL", "step\tS", "hop again\tH H", "slide again\tL L", "go on\tX Y", "go\tX"]
    path.with_suffix(".tsv").write_text("\n".join(told))
    return path.with_suffix(".tsv")


DATA: dict[str, Callable[[Path], Path]] = {
    "machine": traces, "rewards": errands, "automaton": frames, "recursive": totals,
    "grammar": commands,
}  # fmt: skip


def squeezed(text: str) -> str:
    """Letters and signs of a text, whatever marks it up."""
    return re.sub(r"[\s\\]", "", unescape(re.sub(r"<[^>]+>", "", text)))


@pytest.mark.parametrize("task", sorted(DATA))
def test_one_run_says_the_same_everywhere(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([task, str(DATA[task](tmp_path / "given"))]) == 0
    first = capsys.readouterr()
    assert "symlaw report last" in first.err
    assert main(["show", "last"]) == 0
    assert capsys.readouterr().out == first.out
    (folder,) = (tmp_path / ".symlaw" / "runs").iterdir()
    _, model = answered(folder)
    assert first.out.startswith(str(model))
    for form in QUESTIONS[task].forms():
        if task != "machine" or form not in ("svg", "blif"):
            assert main(["export", "last", "--format", form]) == 0
            assert capsys.readouterr().out.rstrip() == model.export(form).rstrip()
    said = squeezed(str(model))
    for name in ("found.md", "found.html"):
        assert main(["report", "last", "-o", name]) == 0
        assert said in squeezed((tmp_path / name).read_text())
    assert said in squeezed(model._repr_html_())  # type: ignore[attr-defined]
    page = Answers().record(folder)
    listings = [block["text"] for one in page["sections"] for block in one["blocks"] if "text" in block]
    assert page["lacking"] == "" and any(said in squeezed(text) for text in listings)
    assert set(page["forms"]) == set(QUESTIONS[task].forms())
    capsys.readouterr()
    assert main(["show", "last", "--json"]) == 0
    assert str(model) in json.loads(capsys.readouterr().out).values()
    assert main(["runs"]) == 0
    assert str(model.outcome()["formula"])[:20] in capsys.readouterr().out


@pytest.mark.parametrize("task", sorted(DATA))
def test_a_saved_answer_is_read_in_place_of_examples(
    task: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([task, str(DATA[task](tmp_path / "given")), "--save", "kept.json", "--quiet"]) == 0
    found = capsys.readouterr().out
    assert main([task, "kept.json"]) == 0
    assert capsys.readouterr().out == found
    # nothing is searched, so that there is no second run
    assert len(list((tmp_path / ".symlaw" / "runs").iterdir())) == 1
    record = json.loads(Path("kept.json").read_text())
    key = next(name for name in record if isinstance(record[name], (dict, list)) and record[name])
    Path("kept.json").write_text(json.dumps({**record, key: [["system", 1]]}))
    assert main([task, "kept.json"]) == 2
    assert "damaged" in capsys.readouterr().err


def test_every_question_has_a_model_and_a_report() -> None:
    assert set(MODELS) == set(QUESTIONS)
    for task, model in MODELS.items():
        assert task == model.found().TASK


def test_a_machine_runs_on_more_sequences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("more.jsonl").write_text(lines([{"input": "1101"}, {"input": "0" * 30 + "11"}]))
    assert main(["machine", str(traces(tmp_path / "given")), "--on", "more.jsonl", "--quiet"]) == 0
    said = [json.loads(line)["output"] for line in capsys.readouterr().out.splitlines()]
    assert said == ["odd", "even"]
