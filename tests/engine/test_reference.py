"""The plain NumPy oracle where there is nothing to find."""

from __future__ import annotations

import numpy as np

from symlaw.engine import reference


def test_no_line_fits_values_that_are_not_finite() -> None:
    with np.errstate(all="ignore"):
        line = reference.scale_and_offset(np.array([1.0, np.inf, 2.0, np.nan]), np.arange(4.0))
    assert np.all(np.isnan(line))


def test_a_singular_design_gets_the_shortest_solution() -> None:
    design = np.ones((4, 2))
    np.testing.assert_allclose(reference.least_squares(design, np.full(4, 3.0)), [1.5, 1.5])
