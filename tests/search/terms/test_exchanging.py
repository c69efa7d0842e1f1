"""Functions of a known sum are exchanged for others that do about as well."""

from __future__ import annotations

import numpy as np

from symlaw.search.terms.exchanging import exchanged, exchanges_of
from symlaw.search.terms.sums import Sum

from .test_fitting import NONE, columns, ground_of, term


def test_a_function_that_only_looks_like_the_right_one_is_exchanged() -> None:
    X = columns(800)
    noise = 0.02 * np.random.Generator(np.random.Philox(11)).standard_normal(800)
    ground = ground_of(X[0] * np.exp(-0.6 * X[1]) + np.sqrt(X[2]) + noise, X)
    asked = Sum((term(("u", 0), ("1 / (a + u)", 1)), term(("sqrt(u)", 2))), (np.array([1.5]), NONE))
    near = ground.fit(asked, 10)
    assert near is not None
    found = [one for asked in exchanges_of(near) for one in exchanged(ground, asked, 1e-24)]
    law = Sum((term(("u", 0), ("exp(a * u)", 1)), term(("sqrt(u)", 2)))).form
    (right,) = [one for one in found if one.form == law]
    assert right.loss < near.loss
    np.testing.assert_allclose(right.flat, [-0.6], rtol=0.05)


def test_what_leaves_much_more_is_not_proposed() -> None:
    X = columns(400)
    ground = ground_of(np.exp(-0.6 * X[1]) + np.sqrt(X[2]), X)
    law = ground.fit(Sum((term(("exp(a * u)", 1)), term(("sqrt(u)", 2))), (np.array([-0.5]), NONE)), 20)
    assert law is not None and law.loss < 1e-20
    assert [one for asked in exchanges_of(law) for one in exchanged(ground, asked, 1e-24)] == []
