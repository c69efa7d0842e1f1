"""`symlaw.machine`: exact on sequences far longer than those shown."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import CannotExport, DataError

Rule = Callable[[list[Any]], list[Any]]


def prefixes(function: Callable[[list[Any]], Any]) -> Rule:
    return lambda xs: [function(xs[:end]) for end in range(1, len(xs) + 1)]


def adder(xs: list[Any]) -> list[Any]:
    carry, digits = 0, []
    for one, other in xs:
        carry, digit = divmod(one + other + carry, 3)
        digits.append(digit)
    return digits


def shown(draw: Callable[[random.Random], Any], n: int = 40, steps: int = 12) -> list[list[Any]]:
    generator = random.Random(4)
    return [[draw(generator) for _ in range(steps)] for _ in range(n)]


RULES: list[tuple[Callable[[random.Random], Any], Rule]] = [
    (lambda r: r.randrange(2), prefixes(lambda xs: sum(xs) % 2)),
    (lambda r: r.randrange(-9, 9), prefixes(lambda xs: max(xs) - xs[-1])),
    (lambda r: (r.randrange(3), r.randrange(3)), adder),
    (
        lambda r: round(r.gauss(0, 1), 3),
        prefixes(lambda xs: sum((len(xs) - k) * x for k, x in enumerate(xs))),
    ),
]


@pytest.mark.long_but("<lambda>-<lambda>1", "<lambda>-<lambda>2")
@pytest.mark.parametrize(("draw", "rule"), RULES)
def test_a_machine_is_exact_on_sequences_ten_times_longer(
    draw: Callable[[random.Random], Any], rule: Rule
) -> None:
    inputs = shown(draw)
    found = symlaw.machine(inputs, [rule(xs) for xs in inputs])
    longer = shown(draw, 20, 120)
    for xs in longer:
        assert found(xs) == pytest.approx(rule(xs), abs=1e-6)
    space: dict[str, Any] = {}
    exec(found.code, space)
    assert space["machine"](longer[0]) == pytest.approx(found(longer[0]))


def test_labels_of_texts_are_told_by_states() -> None:
    words = [
        "".join(letters)[: 1 + place % 8]
        for place, letters in enumerate(shown(lambda r: r.choice("abc"), 200, 8))
    ]
    says = ["yes" if "ab" in word else "no" for word in words]
    found = symlaw.machine(words, says)
    assert found("ccaccacbacbcab") == "yes"
    assert found("bbbbacacacbbba") == "no"
    assert set(found.table.columns) == {"state", "read", "next", "label"}
    assert found.diagram().startswith("<svg")
    assert found.diagram().count("<circle") == found.table["state"].nunique()
    space: dict[str, Any] = {}
    exec(found.code, space)
    assert space["machine"]("ccab") == "yes"


def test_registers_have_a_table_and_no_diagram() -> None:
    inputs = shown(lambda r: r.randrange(5))
    found = symlaw.machine(inputs, [prefixes(sum)(xs) for xs in inputs])
    assert list(found.table.columns) == ["name", "initial", "next"]
    with pytest.raises(CannotExport, match="no finite diagram"):
        found.diagram()


def test_noise_is_no_machine() -> None:
    generator = random.Random(1)
    inputs = shown(lambda r: r.randrange(2), 12, 8)
    with pytest.raises(DataError, match="no machine"):
        symlaw.machine(inputs, [[generator.random() for _ in xs] for xs in inputs])


@pytest.mark.parametrize(
    ("inputs", "outputs", "message"),
    [
        ([], [], "at least one"),
        ([[]], [[]], "no empty ones"),
        ([[1, 2]], [[1, 2], [3]], "one output for each"),
        ([[1, 2]], [[1]], "2 steps and 1 outputs"),
        ([[1, "a"]], [[1, 2]], "several kinds"),
        ([[1, (2, 3)]], [[1, 2]], "several kinds"),
    ],
)
def test_bad_sequences_are_refused(inputs: Any, outputs: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.machine(inputs, outputs)


def test_the_command_reads_lines_and_shows_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    inputs = shown(lambda r: r.randrange(2), 20, 8)
    lines = [json.dumps({"input": xs, "output": prefixes(lambda p: sum(p) % 2)(xs)}) for xs in inputs]
    (tmp_path / "traces.jsonl").write_text("\n".join(lines))
    assert main(["machine", str(tmp_path / "traces.jsonl")]) == 0
    assert "def machine(sequence):" in capsys.readouterr().out
    (tmp_path / "traces.jsonl").write_text('{"input": 5}')
    assert main(["machine", str(tmp_path / "traces.jsonl")]) == 2
    assert "line 1" in capsys.readouterr().err
