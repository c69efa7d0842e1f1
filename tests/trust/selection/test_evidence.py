"""What speaks for the rows of a front."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.constants.uncertainty import weighed
from symlaw.trust.selection.description import criteria_on
from symlaw.trust.selection.evidence import Evidence, evidence

NAMES = ("x",)
FRONT = [
    ("1.0 * x", 3),
    ("2.0 * exp(-0.8 * x)", 6),
    ("2.0 * exp(-0.8 * x) + 0.01 * x", 10),
    ("2.0 * exp(-0.8 * x) + 0.01 * x + 0.01 * x**2 + 0.01 * sin(7.0 * x)", 20),
]


def rows(noise: float = 0.05, n: int = 80, seed: int = 0) -> tuple[Evidence, ...]:
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 4, n)
    sample = weighed(x[:, None], 2.0 * np.exp(-0.8 * x) + noise * rng.normal(size=n), NAMES)
    front = [Entry(parse(text, NAMES), float(c), 1.0, parse(text, NAMES)) for text, c in FRONT]
    return evidence(front, sample, criteria_on(sample, ("+", "-", "*", "/", "sin", "exp")))


def test_every_figure_speaks_for_the_truth() -> None:
    found = rows()
    for name in ("description_length", "bic"):
        figures = [getattr(row, name) for row in found]
        assert int(np.argmin(figures)) == 1
    assert found[1].stability > 0.8
    assert sum(row.stability for row in found) == pytest.approx(1.0)
    assert found[0].cv_loss > 5 * found[1].cv_loss
    assert found[1].cv_loss < found[3].cv_loss + 2 * found[3].cv_error
    assert found[1].gap > 50 and found[3].gap < 0 and np.isnan(found[0].gap)


def test_losses_are_those_of_constants_fitted_to_all_rows() -> None:
    found = rows()
    losses = [row.loss for row in found]
    assert losses == sorted(losses, reverse=True)
    assert all(row.cv_loss > row.loss for row in found[1:])


def test_aic_minds_constants_less_than_bic() -> None:
    found = rows()
    assert found[3].aic - found[1].aic < found[3].bic - found[1].bic


def test_stability_falls_where_the_rows_do_not_tell() -> None:
    rng = np.random.default_rng(1)
    x = np.linspace(0, 2, 60)
    sample = weighed(x[:, None], x + 0.3 * np.sin(3 * x) + 0.25 * rng.normal(size=60), NAMES)
    front = [
        Entry(parse(t, NAMES), c, 1.0, parse(t, NAMES))
        for t, c in (("1.0 * x", 3.0), ("1.0 * x + 0.3 * sin(3.0 * x)", 10.0))
    ]
    close = evidence(front, sample, criteria_on(sample, ("+", "-", "*", "/", "sin", "exp")))
    assert 0.1 < close[0].stability < 0.9, close[0].stability


def test_a_formula_that_is_undefined_on_some_rows_speaks_for_nothing() -> None:
    x = np.linspace(-1, 1, 40)
    sample = weighed(x[:, None], x**2, NAMES)
    front = [
        Entry(parse(t, NAMES), c, 1.0, parse(t, NAMES)) for t, c in (("1.0 * x", 3.0), ("1.0 * log(x)", 4.0))
    ]
    found = evidence(front, sample, criteria_on(sample, ("+", "-", "*", "/", "sin", "exp")))
    assert np.isinf(found[1].loss) and found[1].stability == 0.0
