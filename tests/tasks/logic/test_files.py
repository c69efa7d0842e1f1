"""Formulas as files of truths, read back; and functions with each input once."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

import symlaw
from symlaw.tasks.logic.read_once import is_read_once


@pytest.mark.parametrize("form", ["pla", "blif", "csv"])
@pytest.mark.parametrize("outputs", ["00010111", "01101001", "0111"])
def test_an_exported_formula_is_read_back_with_the_same_table(
    form: str, outputs: str, tmp_path: Path
) -> None:
    path = tmp_path / f"out.{form}"
    path.write_text(symlaw.boolean(outputs).export(form))
    again = symlaw.boolean(path)
    rows = list(itertools.product((0, 1), repeat=len(again.table.names)))
    assert "".join(map(str, again.predict(rows).astype(int))) == outputs


def test_a_law_is_shown_in_notebooks_and_printed_in_two_levels() -> None:
    law = symlaw.boolean("00010111")
    assert law.text("two-level") == "x0 and x1 or x0 and x2 or x1 and x2"
    assert "checked one by one" in law._repr_html_()


def read_once_tables(n: int) -> set[bytes]:
    """All functions of exactly so many inputs said with each once, made from smaller ones."""
    rows = np.array(list(itertools.product((False, True), repeat=n)))
    made: dict[frozenset[int], set[bytes]] = {
        frozenset([k]): {rows[:, k].tobytes(), (~rows[:, k]).tobytes()} for k in range(n)
    }
    for size in range(2, n + 1):
        for group in map(frozenset, itertools.combinations(range(n), size)):
            own = made.setdefault(group, set())
            for left in (s for s in list(made) if s < group):
                for one, other in itertools.product(made[left], made.get(group - left, ())):
                    a, b = np.frombuffer(one, bool), np.frombuffer(other, bool)
                    own |= {(a & b).tobytes(), (a | b).tobytes()}
    return {table for group in made.values() for table in group}


def test_read_once_functions_of_three_inputs_are_those_that_are_made_so() -> None:
    expected = read_once_tables(3)
    for number in range(1, 255):
        table = (number >> np.arange(8)) & 1 == 1
        assert is_read_once(table) == (table.tobytes() in expected), number


def test_a_read_once_function_of_many_inputs_is_recognised() -> None:
    rows = np.array(list(itertools.product((False, True), repeat=7)))
    a, b, c, d, e, f, _ = rows.T
    assert is_read_once((a & ~b | c) & (d | e & ~f))
    assert not is_read_once(a & b | b & c | c & d)
