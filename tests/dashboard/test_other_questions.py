"""Runs of other questions than formulas of a table: what the page is told of them, and what it may ask."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from symlaw import DynamicsRegressor
from symlaw.runs.answers import AnswerWriter, Asked
from tests.search.dynamics.systems import GROWTH, measured

from .conftest import Client

RUN = "/api/runs/growth"


@pytest.fixture(scope="session")
def growth_model() -> DynamicsRegressor:
    """A system that is found quickly."""
    return DynamicsRegressor(operators=["+", "*"], time_budget=10).fit(measured(GROWTH, count=40))


def growth_run(root: Path, model: DynamicsRegressor, *, finished: bool = True) -> AnswerWriter:
    """A run of it."""
    table = root.parent / "growth.csv"
    pd.DataFrame(measured(GROWTH, count=40)).to_csv(table, index=False)
    reading = {"paths": [str(table)], "time": "t", "states": None, "inputs": [], "run": None}
    writer = AnswerWriter(root / "growth", Asked("dynamics", "x", str(table), {}, reading, "symlaw dynamics"))
    writer.note("right sides for x")
    if finished:
        writer.finish(model.save, {"reason": "all was tried", "seconds": 1.0, **model.outcome()})
    return writer


def test_it_is_listed_with_its_question(client: Client, growth_model: DynamicsRegressor) -> None:
    growth_run(client.root, growth_model)
    runs = {run["id"]: run for run in client.get("/api/runs").json["runs"]}
    assert runs["growth"]["task"] == "dynamics" and runs["pendulum"]["task"] == ""
    assert runs["growth"]["formula"] == growth_model.outcome()["formula"]


@pytest.mark.long
def test_its_report_is_told_block_by_block(client: Client, growth_model: DynamicsRegressor) -> None:
    growth_run(client.root, growth_model)
    told = client.get(f"{RUN}/answer").json
    assert told["state"] == "finished" and told["title"] == "Equations for x" and told["lacking"] == ""
    sections = {one["heading"]: one["blocks"] for one in told["sections"]}
    law, listing = sections["Equations"][:2]
    assert law["name"] == "x'" and law["mathml"].startswith("<math")
    assert listing["text"] == str(growth_model.system_)
    pictures = [block for one in sections.values() for block in one if block["kind"] == "picture"]
    assert [one["number"] for one in pictures] == list(range(len(pictures))) and len(pictures) >= 3
    shown = client.get(f"{RUN}/pictures/0")
    assert shown.headers["content-type"] == "image/svg+xml" and b"<svg" in shown.body
    assert client.get(f"{RUN}/pictures/99").status == 400


def test_it_is_exported_and_reported(client: Client, growth_model: DynamicsRegressor) -> None:
    growth_run(client.root, growth_model)
    told = client.get(f"{RUN}/answer/export", format="julia").json["text"]
    assert told == growth_model.export("julia")
    report = client.get(f"{RUN}/report", format="md")
    assert report.headers["content-type"].startswith("text/markdown")
    assert str(growth_model.system_).encode() in report.body
    assert client.get(f"{RUN}/report", format="txt").status == 400


def test_one_that_goes_says_what_it_does_and_can_be_stopped(
    client: Client, growth_model: DynamicsRegressor
) -> None:
    writer = growth_run(client.root, growth_model, finished=False)
    told = client.get(f"{RUN}/answer").json
    assert (told["state"], told["sections"], told["remarks"]) == ("running", [], ["right sides for x"])
    assert client.post(f"{RUN}/ask", {"what": "stop"}).status == 200
    assert (writer.folder / "control").read_text() == "stop"
    writer.fail("")


def test_its_formula_page_is_refused_in_a_sentence(client: Client, growth_model: DynamicsRegressor) -> None:
    growth_run(client.root, growth_model)
    answer = client.get(RUN)
    assert answer.status == 400 and "is of dynamics" in answer.json["error"]
