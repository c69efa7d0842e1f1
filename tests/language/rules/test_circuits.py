"""And-inverter graphs: what they compute, and how they are written."""

from __future__ import annotations

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.language.rules.circuits import FALSE, TRUE, Builder


def test_constants_and_repeated_conjunctions_need_no_node() -> None:
    builder = Builder(2)
    one = builder.both(0, 2)
    assert builder.both(2, 0) == one
    assert builder.both(one, TRUE) == builder.both(one, one) == one
    assert builder.both(one, FALSE) == builder.both(one, one ^ 1) == FALSE
    assert builder.either(one, TRUE) == TRUE
    assert len(builder.graph([one]).nodes) == 1


def test_outputs_are_those_of_the_gates() -> None:
    builder = Builder(3)
    odd = builder.odd(builder.odd(0, 2), 4)
    graph = builder.graph([odd, odd ^ 1, TRUE, FALSE])
    rows = every_row(3)
    found = graph.truths(rows)
    assert np.array_equal(found[:, 0], rows.sum(axis=1) % 2 == 1)
    assert np.array_equal(found[:, 1], ~found[:, 0])
    assert found[:, 2].all()
    assert not found[:, 3].any()
