"""`symlaw.grammar`: right on what was not shown, where the pairs determine it."""

from __future__ import annotations

import json
import random
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import DataError, InvalidSetting, RunError

TURNS = {"clockwise": "C", "back": "B"}
MOVES = {"step": "S", "hop": "H", "slide": "L"}


def dance(words: list[str]) -> list[str]:
    """A small language: "then" joins, "again" repeats, "while" stands between a move and a turn."""
    if "then" in words:
        at = len(words) - 1 - words[::-1].index("then")
        return dance(words[:at]) + dance(words[at + 1 :])
    if words[-1] == "again":
        return 2 * dance(words[:-1])
    if "while" in words:
        return [TURNS[words[2]], MOVES[words[0]], TURNS[words[2]]]
    return [MOVES[words[0]]]


def phrases() -> list[str]:
    short = [*MOVES, *(f"{move} while {turn}" for move, turn in product(MOVES, TURNS))]
    return [*short, *(f"{phrase} again" for phrase in short)]


def pairs(seed: int = 0, n: int = 150, left_out: str = "hop while back") -> dict[str, str]:
    draw = random.Random(seed)
    parts = phrases()
    joined = [f"{draw.choice(parts)} then {draw.choice(parts)}" for _ in range(n)]
    return {text: " ".join(dance(text.split())) for text in [*parts, *joined] if left_out not in text}


@pytest.fixture(scope="module")
def found() -> symlaw.FoundGrammar:
    return symlaw.grammar(pairs())


def test_phrases_that_were_left_out_are_read(found: symlaw.FoundGrammar) -> None:
    text = "hop while back again then slide then hop while back"
    assert found(text) == " ".join(dance(text.split()))
    assert not found.missed


def test_sequences_far_longer_than_those_shown_are_read(found: symlaw.FoundGrammar) -> None:
    draw = random.Random(7)
    text = " then ".join(draw.choice(phrases()) for _ in range(40))
    assert found(text) == " ".join(dance(text.split()))


def test_a_sequence_of_a_thousand_words_is_read(found: symlaw.FoundGrammar) -> None:
    assert found(" then ".join(["hop while back"] * 300)) == " ".join(["B H B"] * 300)


def test_rules_are_read_by_a_person(found: symlaw.FoundGrammar) -> None:
    assert "x while y = [y] [x] [y]" in found.rules
    assert "x then y = [x] [y]" in found.rules
    assert "hop = H" in str(found)


def test_the_same_pairs_give_the_same_grammar(found: symlaw.FoundGrammar) -> None:
    assert symlaw.grammar(pairs()).grammar == found.grammar


def test_wrong_pairs_are_named() -> None:
    given = pairs()
    wrong = ["step then hop again", "hop while clockwise again"]
    given.update(dict.fromkeys(wrong, "S S L"))
    found = symlaw.grammar(given)
    assert {words for words, _ in found.missed} == set(wrong)
    assert found("hop while clockwise again") == "C H C C H C"


def test_words_never_seen_are_named(found: symlaw.FoundGrammar) -> None:
    assert found("fly again") is None
    assert found.unseen("fly again then fly") == ["fly"]


def test_what_was_saved_is_what_is_loaded(found: symlaw.FoundGrammar, tmp_path: Path) -> None:
    found.save(tmp_path / "rules.json")
    assert symlaw.FoundGrammar.load(tmp_path / "rules.json") == found


def test_a_damaged_file_is_refused(found: symlaw.FoundGrammar, tmp_path: Path) -> None:
    path = tmp_path / "rules.json"
    found.save(path)
    record = json.loads(path.read_text())
    record["grammar"]["levels"][0]["rules"][0][1] = [[5, "", None]]
    path.write_text(json.dumps(record))
    with pytest.raises(RunError, match="damaged"):
        symlaw.FoundGrammar.load(path)


def test_rules_that_double_what_is_doubled_do_not_hang() -> None:
    found = symlaw.grammar(
        {"a": "A", "b": "B", "a twice": "A A", "b twice": "B B", "a twice twice": "A A A A"}
    )
    assert found("a " + "twice " * 60) is None


def expression(draw: random.Random, depth: int) -> tuple[str, int]:
    """An expression whose digits are letters; "o" adds, "u" multiplies and binds closer."""
    if depth == 0:
        digit = draw.randrange(6)
        return "abcdef"[digit], digit
    one, first = expression(draw, draw.randrange(depth))
    other, second = expression(draw, draw.randrange(depth))
    if draw.random() < 0.5:
        return f"{one} o {other}", first + second
    one, other = (f"< {part} >" if "o" in part or draw.random() < 0.2 else part for part in (one, other))
    return f"{one} u {other}", first * second


@pytest.mark.long
def test_numbers_are_reckoned_with_brackets_and_what_binds_closer() -> None:
    draw = random.Random(5)
    found = symlaw.grammar([*zip("abcdef", range(6), strict=True), *(expression(draw, 3) for _ in range(80))])
    for _ in range(50):
        text, value = expression(draw, 6)
        assert found(text) == value


def test_functions_of_lists_are_told_from_words_that_mean_themselves() -> None:
    draw = random.Random(6)

    def some() -> list[str]:
        return [f"k{draw.randrange(20)}" for _ in range(draw.randint(2, 4))]

    given: list[tuple[list[str], list[str]]] = []
    for _ in range(150):
        one, other = some(), some()
        given += [
            (["turned", *one], one[::-1]),
            (["both", *one, "|", *other], one + other),
            (["turned", "both", *one, "|", *other], (one + other)[::-1]),
            (["both", "turned", *one, "|", *other], one[::-1] + other),
        ]
    found = symlaw.grammar(given)
    asked = "both turned both k1 k2 | k3 k4 k5 | turned turned k6 k7"
    assert found(asked) == ["k5", "k4", "k3", "k2", "k1", "k6", "k7"]


def test_numbers_are_spelled() -> None:
    ones = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    tens = {20: "twenty", 30: "thirty", 40: "forty"}
    given = dict(zip(ones, range(10), strict=True)) | {word: ten for ten, word in tens.items()}
    given |= {f"{word} {ones[one]}": ten + one for ten, word in tens.items() for one in range(1, 8)}
    assert symlaw.grammar(given)("forty nine") == 49


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no pairs"),
        ({"a b": None}, "all texts"),
        ({"": "A"}, "empty"),
        ([("a", "A", 3)], "pair 1"),
        ([(5, "A")], "no sequence"),
    ],
)
def test_what_is_no_pair_is_refused(given: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        symlaw.grammar(given)


def test_a_time_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="time_budget"):
        symlaw.grammar({"a": "A"}, time_budget=0)


def test_the_command_reads_saves_and_names_what_it_has_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # runs are kept in the working folder
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "pairs.tsv"
    path.write_text("".join(f"{words}\t{output}\n" for words, output in pairs().items()))
    rules = str(tmp_path / "rules.json")
    assert main(["grammar", str(path), "--save", rules]) == 0
    assert "pairs explained" in capsys.readouterr().out
    assert main(["grammar", rules, "--read", "hop again", "--read", "fly again"]) == 0
    said = capsys.readouterr()
    assert said.out == "H H\n"
    assert "never seen: fly" in said.err
    path.write_text("no tab here\n")
    assert main(["grammar", str(path)]) == 2
    assert "line 1" in capsys.readouterr().err
