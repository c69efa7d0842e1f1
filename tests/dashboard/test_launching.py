"""Questions of the page as arguments of the command, whatever columns are called."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from symlaw.cli import options
from symlaw.dashboard import launching
from symlaw.dashboard.launching import Launches, Question
from symlaw.errors import InvalidSetting, RunError
from symlaw.knowledge.files import read_knowledge

ODD = ('a,b "c"', "--runs=/", "x'; rm -rf /", "<script>", "é\t[m]", "back\\slash")


def test_a_question_becomes_arguments_of_their_own(tmp_path: Path) -> None:
    question = Question.of({"target": "-t", "features": list(ODD), "operators": ["+", "sqrt"], "seconds": 5})
    arguments = question.arguments(tmp_path / "t.csv", tmp_path)
    assert arguments[:3] == ["fit", str(tmp_path / "t.csv"), "--target=-t"]
    assert "--time=5" in arguments and '--operators="+","sqrt"' in arguments
    (features,) = [one for one in arguments if one.startswith("--features=")]
    assert options.split([features.removeprefix("--features=")]) == list(ODD)


def test_errors_groups_and_what_is_known_become_options(tmp_path: Path) -> None:
    texts = {"loss": "absolute", "y_std": "--x", "groups": "g", "holdout": "last", "template": "a * f(x)"}
    told = {**texts, "seed": 7, "constraints": ['y >= "0"', "increasing in x"], "weights": ""}
    arguments = Question.of({"target": "y", **told}).arguments(tmp_path / "t.csv", tmp_path)
    wanted = {f"--{name.replace('_', '-')}={value}" for name, value in texts.items()} | {"--seed=7"}
    assert wanted <= set(arguments) and not any(one.startswith("--weights") for one in arguments)
    (knowledge,) = [one.partition("=")[2] for one in arguments if one.startswith("--knowledge=")]
    assert read_knowledge(Path(knowledge)) == {"constraints": ['y >= "0"', "increasing in x"]}


@pytest.mark.parametrize("free", [False, True])
def test_units_of_any_columns_are_read_back(tmp_path: Path, free: bool) -> None:
    units = {name: "kg m" for name in ODD}
    told = {**units, "E\x7f": "J", "left": ""}
    question = Question.of({"target": "E\x7f", "units": told, "free_constants": free})
    (knowledge,) = [
        one.removeprefix("--knowledge=")
        for one in question.arguments(tmp_path / "t.csv", tmp_path)
        if one.startswith("--knowledge=")
    ]
    known = {"units": units, "target_unit": "J"}
    assert read_knowledge(Path(knowledge)) == (known | {"constant_units": "free"} if free else known)


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": ""}, {"target": 3}, {"target": "a\0b"}, {}, {"target": "y", "features": "x"},
        {"target": "y", "features": [1]}, {"target": "y", "operators": [""]}, {"target": "y", "seconds": "5"},
        {"target": "y", "seconds": 0}, {"target": "y", "seconds": float("nan")},
        {"target": "y", "seconds": 1e9},
        {"target": "y", "seconds": True}, {"target": "y", "max_complexity": 0},
        {"target": "y", "max_complexity": 2.5},
        {"target": "y", "units": ["m"]}, {"target": "y", "units": {"x": 1}},
        {"target": "y", "seed": -1}, {"target": "y", "seed": "3"}, {"target": "y", "loss": 3},
        {"target": "y", "constraints": "y > 0"}, {"target": "y", "groups": ["a"]},
    ],
    ids=str,
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidSetting):
        Question.of(wrong)


@pytest.fixture
def sleepers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launches]:
    """Launches whose processes only sleep."""
    script = tmp_path / "sleep.sh"
    script.write_text(
        "#!/bin/sh\necho 'symlaw: no such thing' >&2\n[ \"$3\" = fail ] && exit 2\nexec sleep 60\n"
    )
    script.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(script))
    launches = Launches(tmp_path)
    yield launches
    for launch in launches._all.values():
        launch.process.kill()
    ended(launches)


def ended(launches: Launches) -> list[dict[str, Any]]:
    for launch in launches._all.values():
        launch.process.wait(10)
    return launches.records()


def test_few_searches_go_at_a_time_and_can_be_cancelled(sleepers: Launches) -> None:
    started = [sleepers.start(f"t{k}", ["ok"]) for k in range(launching.MOST_AT_A_TIME)]
    with pytest.raises(RunError, match="searches go already"):
        sleepers.start("one more", ["ok"])
    for one in started:
        sleepers.cancel(one.id)
    assert not any(record["going"] for record in ended(sleepers))
    with pytest.raises(RunError, match="no such search"):
        sleepers.cancel("x")


def test_only_the_latest_searches_are_remembered(sleepers: Launches) -> None:
    for number in range(launching._REMEMBERED + 5):
        sleepers.start(str(number), ["fail"]).process.wait(10)
    told = ended(sleepers)
    assert len(told) == launching._REMEMBERED and told[-1]["name"] == str(launching._REMEMBERED + 4)
    assert {record["error"] for record in told} == {"no such thing"}
