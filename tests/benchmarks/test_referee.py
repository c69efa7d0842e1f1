"""cvc5 as a referee: the same examples, by its own search."""

from __future__ import annotations

import pytest

from benchmarks import referee

BIKES = [(("Ducati100",), "Ducati"), (("Honda125",), "Honda"), (("Ducati250",), "Ducati")]


def test_constants_are_marks_and_what_outputs_share() -> None:
    pairs = [(("Ada Lovelace",), "Dr. Lovelace"), (("Alan Turing",), "Dr. Turing")]
    assert referee.constants_of(pairs) == ["", " ", ".", "Dr. "]


@pytest.mark.skipif(not referee.is_there(), reason="cvc5 is not installed")
def test_a_small_task_is_solved_and_the_rest_is_judged() -> None:
    found = referee.refereed("smallest", BIKES, [(("Honda550",), "Honda"), (("Honda550",), "X")], 10.0)
    assert "str.substr" in found["program"] and found["right"] == 1


@pytest.mark.skipif(not referee.is_there(), reason="cvc5 is not installed")
def test_a_search_that_takes_too_long_gives_nothing() -> None:
    hard = [((f"{k}",), f"{k * 7919 % 1000}") for k in range(30)]
    assert referee.refereed("smallest", hard, [], 0.2)["program"] is None
