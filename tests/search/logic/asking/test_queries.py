"""Functions of truths that are asked."""

from __future__ import annotations

import numpy as np
import pytest

import symlaw
from symlaw.errors import DataError, InvalidSetting
from symlaw.search.logic.asking.queries import ask, inputs_of


def test_of_few_inputs_every_row_is_asked() -> None:
    law = symlaw.boolean(lambda a, b, c: a and (b or not c))
    assert str(law) == "a and (b or not c)"
    assert "asked 8 times, every row" in law.status_


def test_of_many_inputs_those_that_matter_are_found() -> None:
    names = [f"x{k}" for k in range(200)]

    def function(*x: bool) -> bool:
        return (x[3] and x[150]) != x[77] or (x[9] and x[10])

    found = ask(function, names)
    assert found.table.names == ("x3", "x9", "x10", "x77", "x150") and found.table.is_full
    assert found.questions < 4000 and len(found.idle) == 195
    law = symlaw.boolean(function, inputs=names)
    assert set(law.table.names) == set(found.table.names)
    assert "made no difference in 1,000 pairs" in law.status_


def test_the_table_is_the_functions() -> None:
    rng = np.random.default_rng(0)
    outputs = rng.random(2**5) < 0.5

    def function(*x: bool) -> bool:
        return bool(outputs[sum(2 ** (4 - k) * x[4 * k] for k in range(5))])

    found = ask(function, [f"x{k}" for k in range(20)])
    assert np.array_equal(found.table.truths, outputs)


def test_what_cannot_be_asked_is_said() -> None:
    with pytest.raises(DataError, match="fails for the inputs 0, 0 with ZeroDivisionError"):
        symlaw.boolean(lambda a, b: 1 / (a + b))
    with pytest.raises(DataError, match="there is nothing to find"):
        ask(lambda *x: True, [f"x{k}" for k in range(30)])
    with pytest.raises(InvalidSetting, match="no names of their own"):
        inputs_of(lambda *x: True, None)
    with pytest.raises(InvalidSetting, match="inputs are for functions"):
        symlaw.boolean("0110", inputs=["a", "b"])
