"""`symlaw.recursive`: right on inputs far larger than the examples."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import symlaw
from benchmarks.recursion import FUNCTIONS
from symlaw.cli import main
from symlaw.errors import DataError, InvalidSetting, RunError

Example = tuple[Any, ...]


def deep(levels: int) -> Any:
    """A tree with labels on one path."""
    tree: Any = ()
    for label in range(levels):
        tree = (tree, label, ())
    return tree


def found(name: str) -> symlaw.RecursiveFunction:
    function = FUNCTIONS[name]
    return symlaw.recursive([(*given, function.rule(*given)) for given in function.shown], time_budget=None)


@pytest.mark.long_but("append", "flatten", "depth", "mirror", "evaluate")
@pytest.mark.parametrize(
    "name",
    [
        "append",
        "flatten",
        "depth",
        "member",
        "zip",
        "insert into a search tree",
        "mirror",
        "evaluate",
        "equal trees",
    ],
)
def test_functions_are_exact_on_deeper_inputs_as_is_their_code(name: str) -> None:
    function, r = FUNCTIONS[name], random.Random(5)
    law = found(name)
    space: dict[str, Any] = {}
    exec(law.code, space)
    for given in [function.draw(r) for _ in range(30)]:
        assert law(*given) == function.rule(*given)
        assert space["function"](*given) == function.rule(*given)


@pytest.mark.long
def test_one_scheme_calls_another_one() -> None:
    law = found("level list")
    assert law(deep(20)) == [[label] for label in range(19, -1, -1)]
    assert law.code.count("def ") > 3


@pytest.mark.long
def test_recursion_within_recursion_sorts() -> None:
    lists = [[5, 8, 2, 9, 4, 6][start:] for start in range(7)] + [[3, 7, 0, 5][start:] for start in range(4)]
    law = symlaw.recursive([(xs, sorted(xs)) for xs in lists], time_budget=None)
    r = random.Random(3)
    for _ in range(20):
        xs = [r.randrange(100) for _ in range(12)]
        assert law(xs) == sorted(xs)


def test_a_function_that_does_not_call_itself_gives_way_to_one_that_does() -> None:
    law = symlaw.recursive(
        [
            ([], 4, False),
            ([9], 4, False),
            ([4, 9], 4, True),
            ([3, 4, 9], 4, True),
            ([], 5, False),
            ([5], 5, True),
        ]
    )
    assert law(list(range(50)), 32)
    assert not law(list(range(50)), 99)


def test_a_case_without_an_example_has_no_value() -> None:
    largest = symlaw.recursive([([2], 2), ([5, 2], 5), ([1, 5, 2], 5), ([3, 1, 5, 2], 5)])
    assert largest([4, 9, 1]) == 9
    with pytest.raises(DataError, match="there is no value"):
        largest([])


def test_long_lists_are_walked_and_deep_trees_have_a_limit() -> None:
    total = symlaw.recursive([([], 0), ([4], 4), ([1, 4], 5), ([9, 1, 4], 14)])
    assert total([1] * 3000) == 3000
    with pytest.raises(DataError, match="limits"):
        total([1] * 10_000)
    depth = found("depth")
    assert depth(deep(80)) == 80
    for levels in (2_000, 200_000):
        with pytest.raises(DataError, match="limits"):
            depth(deep(levels))


@pytest.mark.long
def test_doubtful_names_inputs_on_which_programs_disagree() -> None:
    law, r = found("path to a leaf"), random.Random(5)
    doubts = law.doubtful([(9, 9), *(FUNCTIONS["path to a leaf"].draw(r) for _ in range(20))])
    assert len(doubts)
    assert 0 not in set(doubts["row"])
    for _, row in doubts.iterrows():
        assert row["value"] != row["rival"]
        assert 0.0 < row["doubt"] < 1.0
        assert law(*row["input"]) == row["value"]


def test_a_saved_function_is_the_same_and_damage_is_named(tmp_path: Path) -> None:
    law, path = found("zip"), tmp_path / "zip.json"
    law.save(path)
    again = symlaw.RecursiveFunction.load(path)
    assert again == law
    assert again([1, 2], [3, 4, 5]) == [(1, 3), (2, 4)]
    record = json.loads(path.read_text())
    record["programs"][0][1] = ["system", {"value": "ls"}]
    path.write_text(json.dumps(record))
    with pytest.raises(RunError, match="damaged"):
        symlaw.RecursiveFunction.load(path)


def test_a_hostile_file_ends_at_a_limit(tmp_path: Path) -> None:
    law, path = found("member"), tmp_path / "law.json"
    law.save(path)
    record = json.loads(path.read_text())
    loop: Any = {"variable": 1}
    for _ in range(5):
        loop = ["scheme", ["list"], [{"variable": 0}], [{"variable": 1}, loop]]
    square: Any = {"value": 10**2000}
    for _ in range(3):
        square = ["product", square, square]
    for program in (loop, square):
        record["programs"] = [[1.0, program]]
        path.write_text(json.dumps(record))
        with pytest.raises(DataError, match="limits"):
            symlaw.RecursiveFunction.load(path)([1] * 2000, 1)


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([([], 0)], "give 2 to"),
        ([([], 0), [[1], 1]], "give a tuple"),
        ([([], 0), ([1], 1, 2)], "arguments"),
        ([([], 0), (3, 1)], "not of one type"),
        ([((1, 2, 3, 4), 0), (3, 1)], "no value that is known"),
        ([([], 0), ([1], 1), ([], 1)], "examples 1 and 3 contradict each other: .* give 0 and 1"),
        ([({}, 0), ({}, 1)], "no value that is known"),
        ([((), 0), (((), [1], ()), 1)], "as labels"),
        ([((), 0), (deep(150), 1)], "more than 100 levels"),
    ],
)
def test_examples_that_do_not_fit_are_named(examples: list[Example], message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.recursive(examples)


def test_a_budget_is_seconds_above_zero() -> None:
    with pytest.raises(InvalidSetting, match="above 0"):
        symlaw.recursive([([], 0), ([1], 1)], time_budget=0)


def test_chance_is_no_function() -> None:
    values = [517, 38, 906, 251, 744, 163]
    examples = [(list(range(n)), values[n]) for n in range(6)]
    with pytest.raises(DataError, match="no function was found"):
        symlaw.recursive(examples, time_budget=2)


def test_calls_are_checked() -> None:
    law = found("member")
    with pytest.raises(DataError, match="takes 2"):
        law([1])
    with pytest.raises(DataError, match="argument 1"):
        law(3, 4)


def test_the_command_finds_computes_and_names_bad_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    path, on = tmp_path / "examples.jsonl", tmp_path / "inputs.jsonl"
    leaf = {"tree": [{"tree": []}, 4, {"tree": []}]}
    examples = [({"tree": []}, 0), (leaf, 4), ({"tree": [leaf, 2, leaf]}, 10)]
    examples.append(({"tree": [leaf, 5, {"tree": []}]}, 9))
    path.write_text("\n".join(json.dumps({"input": [tree], "output": output}) for tree, output in examples))
    on.write_text(json.dumps({"input": [{"tree": [examples[2][0], 7, examples[2][0]]}]}) + "\n")
    assert main(["recursive", str(path), "--on", str(on), "--save", str(tmp_path / "f.json")]) == 0
    assert json.loads(capsys.readouterr().out)["output"] == 27
    assert symlaw.RecursiveFunction.load(tmp_path / "f.json")(()) == 0
    assert main(["recursive", str(path)]) == 0
    assert "def function(tree):" in capsys.readouterr().out
    path.write_text('{"input": 3, "output": 4}\n')
    assert main(["recursive", str(path)]) == 2
    assert "no list of arguments" in capsys.readouterr().err


def test_an_example_that_is_left_out_is_named_and_saved(tmp_path: Path) -> None:
    found = symlaw.recursive([([], 0), ([4], 4), ([1, 4], 5), ([9, 1, 4], 14)])
    with_typo = replace(found, exceptions=(([2, 2], 5),))
    assert "probably wrong, and left out: ([2, 2], 5)" in with_typo.summary()
    with_typo.save(tmp_path / "function.json")
    assert symlaw.RecursiveFunction.load(tmp_path / "function.json") == with_typo
    with_typo.report(tmp_path / "report.md")
    assert "Probably wrong" in (tmp_path / "report.md").read_text()


@pytest.mark.parametrize(
    ("rule", "shown"),
    [
        # a value that grows from the front: twice the number so far, and the digit
        (lambda xs: sum(x << k for k, x in enumerate(reversed(xs))), [[1, 0, 1, 1, 0], [0, 1, 1]]),
        # two results at once
        (lambda xs: (sum(xs), len(xs)), [[3, 1, 4, 1, 5], [2, 7]]),
        (lambda xs: (min(xs, default=0), max(xs, default=0)), [[3, 1, 4, 1, 5], [2, 7]]),
    ],
)
def test_values_carried_along_are_found(rule: Any, shown: list[list[int]]) -> None:
    begun = [xs[:n] for xs in shown for n in range(len(xs) + 1)]
    given = [*begun, *(xs[n:] for xs in shown for n in range(1, len(xs)))]
    asked = [one for place, one in enumerate(given) if one not in given[:place]]
    function = symlaw.recursive([(xs, rule(xs)) for xs in asked], time_budget=None)
    draw = random.Random(4)
    for _ in range(20):
        xs = [draw.randrange(2) for _ in range(15)]
        assert function(xs) == rule(xs)
