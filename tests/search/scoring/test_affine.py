"""Scale and offset are written where constants stand already."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.language import parse
from symlaw.search.scoring.affine import with_line

COLUMNS = {"x": np.array([0.5, 1.5, 2.5]), "y": np.array([2.0, -1.0, 0.25])}


@pytest.mark.parametrize(
    ("inner", "scale", "offset", "nodes"),
    [
        ("x", 1.0, 0.0, 1),
        ("x", -1.0, 0.0, 2),
        ("x", -1.0, 3.0, 3),
        ("x", 2.0, 0.0, 3),
        ("x", 2.0, -3.0, 5),
        ("2 * x", 3.0, 0.0, 3),
        ("x / 2", 3.0, 0.0, 5),
        ("2 / x", 3.0, 4.0, 5),
        ("2 * x + 3 * y", 0.5, 0.0, 7),
        ("2 * x + 3 * y", 0.5, 1.0, 9),
        ("2 * x - (y * 3 - 1)", 0.5, 7.0, 9),
        ("sin(2 * x) * (3 * y + 4)", -0.5, 0.0, 10),
        ("sin(2 * x)", 3.0, 0.0, 6),
        ("x + 1", 3.0, 1.0, 7),
        ("x + 1", 1.0, 2.0, 3),
        ("-(4 * x)", 2.0, 0.0, 4),
        ("x - y", -1.0, 0.0, 3),
        ("x - y", -3.0, 0.0, 5),
        ("x * (y - x) / y", -1.0, 0.0, 7),
        ("sin(x) * y", -1.0, 0.0, 5),
    ],
)
def test_values_are_the_line_in_as_few_nodes(inner: str, scale: float, offset: float, nodes: int) -> None:
    made = with_line(parse(inner), scale, offset)
    wanted = scale * reference.values(parse(inner), COLUMNS) + offset
    np.testing.assert_allclose(reference.values(made, COLUMNS), wanted, rtol=1e-14)
    assert len(made.nodes) == nodes, made.text()
