"""What the page is told of runs and formulas, and what can be asked."""

from __future__ import annotations

import json
import shutil

import pytest

from symlaw.report.accounts import data_of_run
from symlaw.report.found import found_of, sure_of
from symlaw.runs.annotations.marks import read_marks
from symlaw.runs.control import wished
from symlaw.runs.store import read_run
from symlaw.trust.constants.figures import figures_of

from .conftest import Client, Growing, grouped_run

RUN = "/api/runs/pendulum"


def rows(client: Client, path: str = RUN) -> list[dict]:
    return next(client.news(f"{path}/stream"))["rows"]


def test_lists_runs_and_leaves_damaged_ones_readable(client: Client) -> None:
    (client.root / "broken").mkdir()
    (client.root / "broken" / "run.json").write_text("{")
    told = {run["id"]: run for run in client.get("/api/runs").json["runs"]}
    assert told["pendulum"]["state"] == "finished" and told["pendulum"]["target"] == "period [s]"
    assert told["pendulum"]["formula"].startswith("6.28") and told["pendulum"]["source"] == "pendulum.csv"
    assert told["broken"]["state"] == "unreadable" and "cannot be read" in told["broken"]["why"]
    shutil.rmtree(client.root / "hubble")
    assert {run["id"] for run in client.get("/api/runs").json["runs"]} == {"pendulum", "broken"}


def test_a_going_run_is_listed_with_its_best_formula(client: Client, growing: Growing) -> None:
    growing.add("2.5 * x", 0.25)
    told = {run["id"]: run for run in client.get("/api/runs").json["runs"]}
    assert told["growing"]["state"] == "running" and told["growing"]["loss"] == 0.25
    growing.add("x**2", 0.01)
    told = {run["id"]: run for run in client.get("/api/runs").json["runs"]}
    assert (told["growing"]["loss"], told["growing"]["formula"]) == (0.01, "x**2")


def test_a_run_is_told_whole(client: Client) -> None:
    about = client.get(RUN).json
    assert about["features"] == ["length [m]", "gravity [m/s^2]", "mass [kg]"] and about["n_rows"] == 12
    live = next(client.news(f"{RUN}/stream"))
    assert live["state"] == "finished" and live["recommended"] == 2 and live["reason"]
    assert live["rows"][2]["mathml"].startswith("<math") and live["rows"][2]["r2"] > 0.99


def test_a_formula_is_shown_on_its_data(client: Client) -> None:
    told = client.get(f"{RUN}/formula", key=rows(client)[2]["key"]).json
    data = told["data"]
    assert len(data["y"]) == len(data["f"]) == 12 and data["same"]
    assert [one["name"] for one in data["slices"]] == ["length [m]", "gravity [m/s^2]"]
    (constant,) = data["constants"]
    assert constant["low"] < constant["estimate"] < constant["high"]
    assert data["slices"][0]["low"][0] < data["slices"][0]["f"][0] < data["slices"][0]["high"][0]


def test_without_its_data_a_formula_is_shown_all_the_same(client: Client) -> None:
    path = client.root / "pendulum" / "run.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "source": "/nowhere/p.csv"}))
    told = client.get(f"{RUN}/formula", key=rows(client)[2]["key"]).json
    assert told["data"] is None and "'p.csv' is not at its place" in told["why"] and told["mathml"]


def test_with_another_file_in_its_place_a_formula_is_shown_all_the_same(client: Client) -> None:
    path, other = client.root / "pendulum" / "run.json", client.root / "other.csv"
    other.write_text("a,b\n1,2\n2,3\n3,5\n")
    path.write_text(json.dumps({**json.loads(path.read_text()), "source": str(other)}))
    told = client.get(f"{RUN}/formula", key=rows(client)[2]["key"]).json
    assert told["data"] is None and told["why"].startswith("The formula cannot be shown on the data: ")
    assert told["formats"]


def test_exports(client: Client) -> None:
    key = rows(client)[2]["key"]
    formats = [one["name"] for one in client.get(f"{RUN}/formula", key=key).json["formats"]]
    assert {"latex", "python", "c", "excel"} <= set(formats)
    for name in formats:
        answer = client.get(f"{RUN}/export", key=key, format=name)
        assert answer.status == 200 and answer.json["text"], name
    assert "unknown format" in client.get(f"{RUN}/export", key=key, format="../x").json["error"]
    assert "binary" in client.get(f"{RUN}/export", key=key, format="onnx").json["error"]
    own = client.get(f"{RUN}/export", formula="2 * `mass [kg]`", format="python").json["text"]
    assert "2" in own


def test_a_column_is_told_for_the_rows_that_are_drawn(client: Client) -> None:
    data = client.get(f"{RUN}/formula", key=rows(client)[2]["key"]).json["data"]
    assert [one["column"] for one in data["columns"]] == ["length [m]", "gravity [m/s^2]", "mass [kg]"]
    assert data["rows"] == list(range(1, 13)) and data["groups"] is None
    told = client.get(f"{RUN}/column", name="mass [kg]").json
    assert told["name"] == "mass [kg]" and told["labels"] == [] and len(told["values"]) == len(data["y"])
    assert client.get(f"{RUN}/column", name=data["x"]["column"]).json == data["x"]


@pytest.mark.parametrize("name", ["", "period [s]", "../run.json", "__class__"])
def test_what_is_no_column_is_refused(client: Client, name: str) -> None:
    answer = client.get(f"{RUN}/column", name=name)
    assert answer.status == 400 and "choose one of those that are listed" in answer.json["error"]


def test_constants_of_groups_have_labels_and_errors(client: Client) -> None:
    run = grouped_run(client.root)
    told = client.get("/api/runs/groups/formula", key=rows(client, "/api/runs/groups")[1]["key"]).json
    data, found = told["data"], found_of(run)
    assert data["groups"] == "site" and data["x"]["column"] == "x"
    sure = sure_of(found, run.rows[1].expression, data_of_run(run).rows)
    front_summaries = [tuple(one.values()) for one in data["constants"]]
    assert front_summaries == figures_of(sure, labels=["north", "south", "west"])
    assert [one[0] for one in front_summaries] == ["c0", "a[north]", "a[south]", "a[west]"]
    assert client.get("/api/runs/groups/column", name="site").json["labels"] == ["north", "south", "west"]
    alone = client.get("/api/runs/groups/formula", key=rows(client, "/api/runs/groups")[0]["key"]).json
    assert [one["name"] for one in alone["data"]["constants"]] == ["a[north]", "a[south]", "a[west]"]


def test_marks_are_kept_in_the_runs_folder(client: Client) -> None:
    first, second = rows(client)[:2]
    assert client.post(f"{RUN}/mark", {"key": first["key"], "mark": "pinned"}).json == {}
    assert client.post(f"{RUN}/mark", {"key": second["key"], "mark": "hidden"}).json == {}
    own = {"formula": "`length [m]` * 2", "fit": True, "mark": "pinned"}
    assert client.post(f"{RUN}/mark", own).json == {}
    marked = next(client.news(f"{RUN}/stream"))["marked"]
    assert [(one["mark"], one["on_front"]) for one in marked] == [
        ("pinned", True), ("hidden", True), ("pinned", False),
    ]  # fmt: skip
    assert [one.mark for one in read_marks(client.root / "pendulum").values()] == [
        "pinned",
        "hidden",
        "pinned",
    ]
    shown = client.get(f"{RUN}/formula", key=marked[2]["key"]).json
    assert shown["data"]["constants"]
    assert client.post(f"{RUN}/mark", {"key": first["key"], "mark": ""}).json == {}
    assert len(read_marks(client.root / "pendulum")) == 2
    assert (
        "'pinned' or 'hidden'"
        in client.post(f"{RUN}/mark", {"key": second["key"], "mark": "x"}).json["error"]
    )
    assert (
        "no longer on the front" in client.post(f"{RUN}/mark", {"key": "0", "mark": "pinned"}).json["error"]
    )


def test_own_formulas_are_scored(client: Client) -> None:
    asked = {"formula": "3 * sqrt(`length [m]` / `gravity [m/s^2]`)", "fit": False}
    rough = client.post(f"{RUN}/score", asked).json
    fine = client.post(f"{RUN}/score", {**asked, "fit": True}).json
    assert rough["rmse"] > 100 * fine["rmse"] and fine["data"]["constants"]
    assert fine["complexity"] == rows(client)[2]["complexity"]


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("(" * 20_000 + "1" + ")" * 20_000, "the formula nests deeper than 100 levels: split it into parts"),
        ("(" * 20_000, "the formula nests deeper than 100 levels: split it into parts"),
        ("2**" * 20_000 + "2", "the formula nests deeper than 100 levels: split it into parts"),
        ("sin(" * 200 + "1" + ")" * 200, "the formula nests deeper than 100 levels: split it into parts"),
        ("+".join(["1"] * 2000), "the formula has 3999 parts: at most 1000 are scored here"),
        ("1" * 200_000, "a formula of 200000 characters is too long: at most 100000 are read"),
        ("-" * 50_000 + "1", "the formula has 50000 parts: at most 1000 are scored here"),
        ("__import__('os')", "cannot read \"'os')\" at character 12"),
        ("open(1)", "unknown operator 'open'"),
        ("nothing * 2", "unknown name 'nothing' at character 1"),
        ("", "expected a number, a name or '(' at character 1, found the end"),
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_formula_is_refused_in_one_sentence(client: Client, formula: str, why: str) -> None:
    answer = client.post(f"{RUN}/score", {"formula": formula})
    assert answer.status == 400
    assert answer.json["error"].startswith(why) and "\n" not in answer.json["error"]
    assert len(answer.json["error"]) < 300
    assert client.get("/api/runs").status == 200


@pytest.mark.parametrize("body", ["", "{", "[]", "1", "null", '{"formula": 3}', "[" * 100_000])
def test_what_is_no_request_is_refused(client: Client, body: str) -> None:
    answer = client.ask("POST", f"{RUN}/score", body)
    assert answer.status == 400 and answer.json["error"]


def test_a_request_of_many_bytes_is_refused(client: Client) -> None:
    answer = client.ask("POST", f"{RUN}/score", iter([b"x" * 400_000] * 3))
    assert answer.status == 413 and "shorten it" in answer.json["error"]


def test_two_runs_side_by_side(client: Client) -> None:
    told = client.get("/api/compare", a="pendulum", b="hubble").json
    assert not told["same_data"]
    assert {"name": "target", "values": ['"period [s]"', '"velocity_km_s"']} in told["settings"]
    assert all(len(row["formulas"]) == 2 for row in told["rows"])
    assert "there is no run '../x'" in client.get("/api/compare", a="../x", b="hubble").json["error"]


def test_a_going_run_can_be_asked_to_pause_go_on_and_stop(client: Client, growing: Growing) -> None:
    path = "/api/runs/growing/ask"
    for what, wish in (("pause", "pause"), ("unpause", None), ("stop", "stop")):
        assert client.post(path, {"what": what}).status == 200
        assert wished(growing.writer.folder) == wish
    assert "to pause, to unpause or to stop" in client.post(path, {"what": "die"}).json["error"]
    assert "only one that is going" in client.post(f"{RUN}/ask", {"what": "stop"}).json["error"]
    assert "nothing to resume" in client.post("/api/runs/growing/resume", {}).json["error"]


def test_showing_changes_nothing_of_a_run(client: Client) -> None:
    before = read_run(client.root / "pendulum")
    rows(client)
    assert read_run(client.root / "pendulum") == before
    assert sorted(path.name for path in (client.root / "pendulum").iterdir()) == [
        "journal.jsonl", "result.json", "run.json",
    ]  # fmt: skip
