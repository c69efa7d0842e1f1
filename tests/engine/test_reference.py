"""The plain NumPy oracle where there is nothing to find."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference


def test_no_line_fits_values_that_are_not_finite() -> None:
    with np.errstate(all="ignore"):
        line = reference.scale_and_offset(np.array([1.0, np.inf, 2.0, np.nan]), np.arange(4.0))
    assert np.all(np.isnan(line))


def test_a_singular_design_gets_the_shortest_solution() -> None:
    design = np.ones((4, 2))
    np.testing.assert_allclose(reference.least_squares(design, np.full(4, 3.0)), [1.5, 1.5])


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_values_that_are_not_finite_have_no_solution_and_print_nothing(
    bad: float, capfd: pytest.CaptureFixture[str]
) -> None:
    design = np.random.default_rng(0).normal(size=(12, 3))
    target = design.sum(axis=1)
    assert np.allclose(reference.least_squares(design, target), 1.0)
    design[2, 1] = bad
    assert np.isnan(reference.least_squares(design, target)).all()
    # LAPACK itself writes to the terminal
    assert capfd.readouterr() == ("", "")
