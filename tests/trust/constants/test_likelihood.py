"""Constants of formulas for labels and counts are those of the likelihood, with its standard errors."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, PoissonRegressor

from symlaw import refit, uncertainty
from symlaw.errors import DataError, InvalidSetting
from symlaw.language import parse
from symlaw.trust.constants.likelihood import with_fixed_link

RNG = np.random.default_rng(4)
X = RNG.uniform(-2, 3, 200)
DESIGN = np.column_stack([X, np.ones(200)])
LABELS = (RNG.uniform(size=200) < 1 / (1 + np.exp(-(1.5 * X - 1)))).astype(float)
COUNTS = RNG.poisson(np.exp(0.6 * X + 0.4)).astype(float)


@pytest.mark.parametrize(
    ("text", "signs"),
    [("1 / (1 + exp(0.5 - x * 1.2))", (1, -1)), ("1 / (exp(-(1.2 * x - 0.5)) + 1)", (-1, 1))],
)
def test_labels_have_the_constants_and_errors_of_logistic_regression(
    text: str, signs: tuple[int, int]
) -> None:
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X[:, None], LABELS)
    p = peer.predict_proba(X[:, None])[:, 1]
    errors = np.sqrt(np.diag(np.linalg.inv(DESIGN.T @ (DESIGN * (p * (1 - p))[:, None]))))
    sure = uncertainty(text, {"x": X}, LABELS, loss="logistic")
    found = dict(zip(np.abs(sure.values).round(5), sure.standard_errors, strict=True))
    wanted = dict(zip(np.abs([peer.coef_[0, 0], peer.intercept_[0]]).round(5), errors, strict=True))
    assert set(found) == set(wanted) and len(sure.names) == 2
    for value, error in wanted.items():
        assert found[value] == pytest.approx(error, rel=1e-4)


@pytest.mark.long
def test_counts_have_the_constants_and_errors_of_poisson_regression() -> None:
    peer = PoissonRegressor(alpha=0, tol=1e-10, max_iter=1000).fit(X[:, None], COUNTS)
    mean = peer.predict(X[:, None])
    errors = np.sqrt(np.diag(np.linalg.inv(DESIGN.T @ (DESIGN * mean[:, None]))))
    sure = uncertainty("exp(0.5 * x + 0.1)", {"x": X}, COUNTS, loss="poisson")
    np.testing.assert_allclose(sure.values, [peer.coef_[0], peer.intercept_], rtol=1e-4)
    np.testing.assert_allclose(sure.standard_errors, errors, rtol=1e-4)
    low, high = sure.intervals(0.68, kind="bootstrap").T
    assert np.all((low < sure.values) & (sure.values < high)) and np.all(high - low < 4 * errors)
    with pytest.raises(InvalidSetting, match="'bootstrap'"):
        sure.intervals(kind="profile")
    with pytest.raises(InvalidSetting, match="of_mean=True"):
        sure.predict({"x": X})
    assert sure.predict({"x": X}, of_mean=True).high[0] > mean[0]
    again = refit("exp(0.5 * x + 0.1)", {"x": X}, COUNTS, loss="poisson")
    np.testing.assert_allclose(again.constants, sure.values, rtol=1e-9)


def test_relative_errors_are_least_squares_with_their_weights() -> None:
    y = 2.0 * np.exp(0.3 * X) * (1 + 0.05 * RNG.normal(size=200))
    sure = uncertainty("1.5 * exp(0.2 * x)", {"x": X}, y, loss="relative")
    errors = (y - sure.values[0] * np.exp(sure.values[1] * X)) / y
    assert abs(np.sum(errors * np.exp(sure.values[1] * X) / y)) < 1e-6


def test_losses_that_are_no_likelihood_say_what_to_do() -> None:
    with pytest.raises(InvalidSetting, match=r"the loss is absolute.*'poisson'.*'logistic'"):
        uncertainty("2 * x", {"x": X}, LABELS, loss="absolute")
    with pytest.raises(DataError, match="not above 0"):
        uncertainty("2 * x", {"x": X}, COUNTS, loss="poisson")


@pytest.mark.parametrize(
    ("text", "n_fixed"), [("1 / (1 + exp(2 - x))", 2), ("1 / (exp(2 - x) + 1)", 2), ("1 / (2 + x)", 0)]
)
def test_the_ones_of_a_link_are_not_fitted(text: str, n_fixed: int) -> None:
    nodes = with_fixed_link(parse(text)).nodes
    assert sum(getattr(node, "fixed", False) for node in nodes) == n_fixed
