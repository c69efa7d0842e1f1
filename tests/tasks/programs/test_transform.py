"""`symlaw.transform`: what people ask of examples, and what they get."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pandas as pd
import pytest

import symlaw
from symlaw.errors import DataError, InvalidSetting, RunError

# Searches end by their own work: on a busy machine the default clock would cut some.
PATIENCE = 120.0


@pytest.mark.parametrize(
    ("examples", "asked", "answer"),
    [
        ({"Ducati100": "Ducati", "Honda125": "Honda"}, "Kawasaki900", "Kawasaki"),
        ({"ada lovelace": "A. Lovelace", "grace hopper": "G. Hopper"}, "emmy noether", "E. Noether"),
        ({"2019-11-23": "23/11/2019", "2020-03-07": "07/03/2020"}, "1999-12-31", "31/12/1999"),
        ({"12.5": "12.50", "3": "3.00", "0.25": "0.25"}, "7.1", "7.10"),
        ({"17": "10-20", "42": "40-50", "99": "90-100"}, "61", "60-70"),
        ({"14:05": "2:05 PM", "09:30": "9:30 AM", "23:59": "11:59 PM"}, "12:01", "12:01 PM"),
        ({"the quick fox": "TQF", "a bad day": "ABD"}, "one two three", "OTT"),
    ],
)
def test_a_program_is_right_on_what_it_has_not_seen(
    examples: dict[str, str], asked: str, answer: str
) -> None:
    assert symlaw.transform(examples, time_budget=PATIENCE)(asked) == answer


def test_rows_are_told_apart_by_branches() -> None:
    marked = symlaw.transform(
        {"3 apples": "3 apples", "-4 pears": "minus", "-9 figs": "minus", "8 nuts": "8 nuts"},
        time_budget=PATIENCE,
    )
    assert marked("-77 plums") == "minus"
    assert marked("5 plums") == "5 plums"


def test_several_columns_are_one_input() -> None:
    table = pd.DataFrame(
        {"first": ["Ada", "Alan", "Grace"], "last": ["Lovelace", "Turing", "Hopper"]}, index=[5, 6, 7]
    )
    mail = symlaw.transform(table, ["a.lovelace@x.org", None, "g.hopper@x.org"], time_budget=PATIENCE)
    answers = mail(table)
    assert list(answers) == ["a.lovelace@x.org", "a.turing@x.org", "g.hopper@x.org"]
    assert list(answers.index) == [5, 6, 7]
    assert mail("Emmy", "Noether") == mail(("Emmy", "Noether")) == "e.noether@x.org"


def test_containers_come_back_as_they_came() -> None:
    brand = symlaw.transform({"Ducati100": "Ducati", "Honda125": "Honda"}, time_budget=PATIENCE)
    series = brand(pd.Series(["Suzuki7", None, "9"], index=["x", "y", "z"], name="bike"))
    assert list(series) == ["Suzuki", None, None]
    assert series.name == "bike"
    assert brand(["Suzuki7", "BMW1"]) == ["Suzuki", "BMW"]
    assert brand.failures(["Suzuki7", "9"]) == [1]


def test_a_typo_is_left_out_and_named() -> None:
    years = {
        "12 May 1999": "1999",
        "3 June 2004": "2004",
        "7 July 1987": "1978",
        "1 April 2010": "2010",
        "30 May 2020": "2020",
    }
    found = symlaw.transform(years, time_budget=PATIENCE)
    assert found("7 July 1987") == "1987"
    assert found.left_out == [("7 July 1987", "1978", "1987")]
    assert "left out" in found.summary()


def test_doubtful_rows_are_where_rivals_disagree_and_one_answer_settles_them() -> None:
    column = ["Ducati100", "Honda125", "Suzuki 700", "BMW-123", "Vespa180"]
    brand = symlaw.transform({"Ducati100": "Ducati", "Honda125": "Honda"}, rows=column, time_budget=PATIENCE)
    doubts = brand.doubtful(column)
    assert set(doubts["input"]) <= {"Suzuki 700", "BMW-123"}
    assert list(doubts["doubt"]) == sorted(doubts["doubt"], reverse=True)
    other = {"Suzuki 700": "Suzuki ", "BMW-123": "BMW-"}[doubts["input"][0]]
    settled = brand.settle(doubts["input"][0], other)
    assert settled(doubts["input"][0]) == other
    assert settled("Ducati100") == "Ducati"


def test_the_same_examples_give_the_same_program() -> None:
    examples = {"Ada Lovelace (1815)": "1815: Lovelace", "Alan Turing (1912)": "1912: Turing"}
    assert (
        symlaw.transform(examples, time_budget=PATIENCE).programs
        == symlaw.transform(examples, time_budget=PATIENCE).programs
    )


def test_a_program_is_saved_and_read_back(tmp_path: Path) -> None:
    found = symlaw.transform({"0.1234": "12%", "0.5": "50%", "0.999": "100%"}, time_budget=PATIENCE)
    found.save(tmp_path / "percent.json")
    again = symlaw.Transformation.load(tmp_path / "percent.json")
    assert again.programs == found.programs
    assert again("0.42") == found("0.42") == "42%"


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    found = symlaw.transform({"Ducati100": "Ducati", "Honda125": "Honda"}, time_budget=PATIENCE)
    found.save(tmp_path / "brand.json")
    text = (tmp_path / "brand.json").read_text()
    (tmp_path / "brand.json").write_text(text.replace('"run"', '"__import__"'))
    with pytest.raises(RunError, match="no operator"):
        symlaw.Transformation.load(tmp_path / "brand.json")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (({},), "no example"),
        ((["a", "b"],), "pairs"),
        ((5,), "pairs"),
        ((["a", "b"], ["x"]), "one output for each row"),
        (({"a": "b", ("c", "d"): "e"},), "different numbers of cells"),
        (({"x" * 3000: "y"},), "characters"),
    ],
)
def test_bad_examples_are_refused(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.transform(*arguments)


def test_contradictions_are_refused_where_no_example_may_be_wrong() -> None:
    with pytest.raises(DataError, match="two outputs"):
        symlaw.transform([("a", "b"), ("a", "c")], noisy=False)
    with pytest.raises(InvalidSetting, match="time_budget"):
        symlaw.transform({"a": "b"}, time_budget=0)


def test_long_random_examples_end_in_time() -> None:
    generator = random.Random(0)

    def text(n: int) -> str:
        return "".join(generator.choice("abc -,./:0123456789") for _ in range(n))

    began = time.monotonic()
    with pytest.raises(DataError, match="no program"):
        symlaw.transform({text(1500): text(1500) for _ in range(8)}, time_budget=0.5)
    assert time.monotonic() - began < 20.0


@pytest.mark.parametrize(
    "examples",
    [
        {'__import__("os").system("x")': "x", 'eval("1")': "1"},
        {"(a+)+$ \\1 [": "[", "(a*)*b {1,} ]": "]"},
        {"a\x00b": "b", "c\x00d": "d"},
        {"1e999999": "1", "9" * 500: "2"},
    ],
)
def test_examples_are_never_taken_for_code_or_patterns(examples: dict[str, str]) -> None:
    found = symlaw.transform(examples, time_budget=PATIENCE)
    assert [found(text) for text in examples] == list(examples.values())
