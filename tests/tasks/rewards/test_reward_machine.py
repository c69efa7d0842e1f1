"""`symlaw.reward_machine`: what rewards depend on, of traces of events."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import DataError, InvalidSetting, RunError

EVENTS = ("door", "key", "trap", "wind")


def truth(steps: list[list[str]]) -> list[float | None]:
    """A door that the key opens, and a trap."""
    state, rewards = 0, []
    for events in steps:
        reward: float | None = 0 if state >= 0 else None
        if state >= 0 and "trap" in events:
            state, reward = -1, -5
        elif state == 0 and "key" in events:
            state = 1
        elif state == 1 and "door" in events:
            state, reward = -1, 2.5
        rewards.append(reward)
    return rewards


def has_ended(steps: list[list[str]]) -> bool:
    return truth([*steps, []])[-1] is None


def episodes(seed: int, n: int, longest: int) -> list[list[list[str]]]:
    draw = random.Random(seed)
    made = []
    for _ in range(n):
        steps: list[list[str]] = []
        while len(steps) < longest and not has_ended(steps):
            steps.append([one for one in EVENTS if draw.random() < (0.05 if one == "trap" else 0.2)])
        made.append(steps)
    return made


TRACES = episodes(0, 40, 15)


@pytest.fixture(scope="module")
def found() -> symlaw.RewardMachine:
    return symlaw.reward_machine(
        TRACES, [truth(steps) for steps in TRACES], ended=[has_ended(steps) for steps in TRACES],
        time_budget=None,
    )  # fmt: skip


def test_the_machine_is_right_on_longer_traces_and_ends(found: symlaw.RewardMachine) -> None:
    for steps in episodes(1, 100, 150):
        assert found([*steps, []]) == truth([*steps, []])
    assert found.n_states == 2
    assert found.is_smallest


def test_events_that_do_not_matter_are_not_read(found: symlaw.RewardMachine) -> None:
    assert "wind" not in str(found)
    assert found([["key", "wind", "never seen"], "door"]) == [0, 2.5]
    assert found([{"key": True, "trap": False}, None, "", ("door",)])[-1] == 2.5


def test_its_code_needs_nothing_else_and_says_the_same(found: symlaw.RewardMachine) -> None:
    space: dict[str, Any] = {}
    exec(found.code, space)
    for steps in episodes(2, 30, 60):
        assert space["machine"]([*steps, []]) == found([*steps, []])


def test_it_has_a_table_a_diagram_and_a_report(found: symlaw.RewardMachine, tmp_path: Path) -> None:
    assert list(found.table.columns) == ["state", "if", "next", "reward"]
    assert found.diagram().count("<circle") == found.n_states + 1
    found.report(tmp_path / "report.md")
    assert "Rules" in (tmp_path / "report.md").read_text()
    assert "proved" in found.summary()


def test_what_is_saved_is_read_again(found: symlaw.RewardMachine, tmp_path: Path) -> None:
    found.save(tmp_path / "machine.json")
    assert symlaw.RewardMachine.load(tmp_path / "machine.json") == found
    record = json.loads((tmp_path / "machine.json").read_text())
    record["machine"]["states"][0][0][2] = 99
    (tmp_path / "machine.json").write_text(json.dumps(record))
    with pytest.raises(RunError):
        symlaw.RewardMachine.load(tmp_path / "machine.json")


def twice(steps: list[str]) -> list[float]:
    """A way of two events, which x undoes, then h; the same way again, then h for the reward."""
    state, rewards = 0, []
    for event in steps:
        reward = 0.0
        inner = state % 3
        if event == "x" and inner == 1:
            state -= 1
        elif event == "abh"[inner]:
            state += 1
            reward = {3: 1.0, 6: 3.0}.get(state, 0.0)
            state %= 6
        rewards.append(reward)
    return rewards


@pytest.mark.long
def test_states_that_come_again_are_a_part() -> None:
    draw = random.Random(3)
    traces = [[draw.choice("abhx") for _ in range(40)] for _ in range(40)]
    found = symlaw.reward_machine(traces, [twice(steps) for steps in traces], levels=2, time_budget=None)
    assert len(found.machine.parts) == 1
    assert len(found.machine.states) < found.n_states == 6
    longer = [[draw.choice("abhx") for _ in range(400)] for _ in range(20)]
    space: dict[str, Any] = {}
    exec(found.code, space)
    for steps in longer:
        assert found(steps) == twice(steps) == space["machine"](steps)
    assert "part 1" in found.diagram()
    assert "part" in found.table.columns


@pytest.mark.parametrize(
    ("traces", "rewards", "message"),
    [
        ([], [], "at least one"),
        ([["a"]], [[1], [2]], "rewards of 2"),
        ([["a"]], [[1, 2]], "1 steps and 2 rewards"),
        ([[3]], [[1]], "names of its events"),
        (["ab"], [[1, 2]], "a list of steps"),
        ([["a"]], [["x"]], "finite number"),
        ([[[]]], [[1]], "no step has an event"),
        ([["a", "b"], ["a", "b"]], [[0, 1], [0, 2]], "traces 1 and 2 have the same events up to step 2"),
    ],
)
def test_bad_traces_are_refused(traces: Any, rewards: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.reward_machine(traces, rewards)


def test_what_goes_on_after_an_end_is_refused() -> None:
    with pytest.raises(DataError, match="goes on where trace 1 has ended"):
        symlaw.reward_machine([["a"], ["a", "b"]], [[0], [0, 1]], ended=[True, False])


def test_levels_are_one_or_two() -> None:
    with pytest.raises(InvalidSetting, match="levels is 3"):
        symlaw.reward_machine([["a"]], [[1]], levels=3)


def test_the_command_reads_lines_and_runs_what_was_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    lines = [{"events": ["key", "door"], "rewards": [0, 1]}, {"events": ["door", []], "rewards": [0, 0]}]
    Path("traces.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert main(["rewards", "traces.jsonl", "--save", "machine.json", "--diagram", "states.svg"]) == 0
    assert "right on all 2 traces" in capsys.readouterr().out
    assert Path("states.svg").read_text().startswith("<svg")
    assert main(["rewards", "machine.json", "--on", "traces.jsonl"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0])["rewards"] == [0, 1]
    Path("mixed.jsonl").write_text(json.dumps({**lines[0], "ended": True}) + "\n" + json.dumps(lines[1]))
    assert main(["rewards", "mixed.jsonl"]) == 2
    assert "in all lines, or in none" in capsys.readouterr().err


def test_a_machine_that_is_right_on_its_own_traces_only_is_warned_of(
    found: symlaw.RewardMachine, tmp_path: Path
) -> None:
    assert found.warning == "" and "Do not trust" not in found.summary()
    doubted = replace(found, held_out=(2, 10), is_smallest=False)
    assert "right on 2 of the other 10" in doubted.warning
    assert doubted.warning in doubted.summary()
    doubted.report(tmp_path / "report.md")
    assert "Do not trust" in (tmp_path / "report.md").read_text()
    assert replace(doubted, is_smallest=True).warning == replace(doubted, held_out=(9, 10)).warning == ""
