"""Standard errors and intervals: against closed forms, and as often right as they say."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from symlaw.errors import DataError, InvalidSetting
from symlaw.language import parse
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.trust.constants.fit import Sample, fitted, model_of, model_with
from symlaw.trust.constants.uncertainty import Uncertainty, weighed
from symlaw.trust.prediction import by_calibration, by_delta, by_folds

NAMES = ("x",)


def line(n: int = 60, seed: int = 0, noise: float = 0.3) -> Sample:
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 3, n)
    return weighed(x[:, None], 2.0 * x + 1.0 + noise * rng.normal(size=n), NAMES)


def decay(n: int = 60, seed: int = 0, noise: float = 0.05) -> Sample:
    rng = np.random.default_rng(seed)
    x = np.linspace(0, 4, n)
    return weighed(x[:, None], 2.0 * np.exp(-0.8 * x) + noise * rng.normal(size=n), NAMES)


def known(sample: Sample, text: str = "2.0 * exp(-0.8 * x)", **options: float) -> Uncertainty:
    return Uncertainty(fitted(model_of(parse(text, NAMES)), sample), **options)  # type: ignore[arg-type]


def test_a_line_has_the_textbook_standard_errors() -> None:
    sample = line()
    found = known(sample, "1.0 * x + 0.0")
    told = stats.linregress(sample.X[:, 0], sample.y)
    np.testing.assert_allclose(found.values, [told.slope, told.intercept], rtol=1e-9)
    np.testing.assert_allclose(found.standard_errors, [told.stderr, told.intercept_stderr], rtol=1e-9)
    assert found.freedom == 58
    half = stats.t(58).ppf(0.975) * told.stderr
    np.testing.assert_allclose(found.intervals()[0], [told.slope - half, told.slope + half], rtol=1e-9)


def test_profiles_of_a_line_are_its_t_intervals() -> None:
    found = known(line(), "1.0 * x + 0.0")
    np.testing.assert_allclose(found.intervals(kind="profile"), found.intervals(), rtol=1e-3)


def test_weights_count_and_known_variances_are_taken_as_they_are() -> None:
    sample = line()
    deviations = np.linspace(0.1, 0.5, sample.n_rows)
    weighted = known(weighed(sample.X, sample.y, NAMES, weights=deviations**-2.0), "1.0 * x + 0.0")
    scaled = known(weighed(sample.X, sample.y, NAMES, weights=7 * deviations**-2.0), "1.0 * x + 0.0")
    given = known(weighed(sample.X, sample.y, NAMES, deviations=deviations), "1.0 * x + 0.0")
    np.testing.assert_allclose(weighted.values, given.values, rtol=1e-9)
    np.testing.assert_allclose(weighted.standard_errors, scaled.standard_errors, rtol=1e-9)
    design = np.column_stack([sample.X[:, 0], np.ones(sample.n_rows)]) / deviations[:, None]
    expected = np.sqrt(np.diag(np.linalg.inv(design.T @ design)))
    np.testing.assert_allclose(given.standard_errors, expected, rtol=1e-9)
    assert given.quantile(0.95) == pytest.approx(1.959964, rel=1e-6)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["t", "profile"])
def test_intervals_of_a_given_formula_cover_as_often_as_they_say(kind: str) -> None:
    truth, fits = np.array([2.0, 0.8]), 1000 if kind == "t" else 250
    model = model_with(parse("a * exp(-b * x)", ["x", "a", "b"]), {"a": 2.0, "b": 0.8})
    inside = np.zeros(2)
    for seed in range(fits):
        ends = Uncertainty(fitted(model, decay(50, seed, noise=0.2))).intervals(kind=kind)  # type: ignore[arg-type]
        inside += (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    spread = 0.02 if kind == "t" else 0.035
    np.testing.assert_allclose(inside / fits, 0.95, atol=spread)


def test_the_bootstrap_agrees_where_errors_are_alike_and_widens_where_they_are_not() -> None:
    even = known(decay(200))
    widths = [np.diff(even.intervals(kind=k), axis=1).ravel() for k in ("t", "bootstrap")]  # type: ignore[arg-type]
    np.testing.assert_allclose(widths[0], widths[1], rtol=0.25)
    rng = np.random.default_rng(1)
    x = np.linspace(0, 4, 200)
    loud = weighed(x[:, None], 2 * np.exp(-0.8 * x) + 0.3 * np.exp(-2 * x) * rng.normal(size=200), NAMES)
    uneven = known(loud)
    plain, drawn = (np.diff(uneven.intervals(kind=k), axis=1).ravel() for k in ("t", "bootstrap"))  # type: ignore[arg-type]
    assert drawn[0] > 1.3 * plain[0]


def test_constants_that_only_act_together_are_not_determined() -> None:
    found = known(line(), "2.0 * x * 3.0 + 1.0")
    assert np.isinf(found.standard_errors[:2]).all()
    assert np.isfinite(found.standard_errors[2])
    assert found.freedom == 58
    assert "do not determine c0, c1" in str(found)
    assert np.isinf(found.intervals(kind="profile")[0]).all()
    # what they do together is determined
    told = by_delta(found, np.array([[1.5]]))
    assert 0 < told.high[0] - told.low[0] < 2


def test_fewer_rows_than_constants_determine_none() -> None:
    x = np.array([[1.0], [2.0]])
    found = known(weighed(x, np.array([1.0, 3.0]), NAMES), "1.0 * x + 2.0 * x**2 + 0.5")
    assert np.isinf(found.standard_errors).all()


def test_the_table_fits_a_terminal_and_names_what_goes_together() -> None:
    text = str(known(decay(seed=3), "2.0 * exp(-0.8 * x) + 0.01"))
    assert max(map(len, text.splitlines())) <= 80
    assert "go together" not in str(known(line(), "1.0 * x + 0.0"))
    assert all(name in text for name in ("c0", "c1", "c2", "std. error", "degrees of freedom"))


@pytest.mark.long_but("delta", "calibration")
@pytest.mark.parametrize("how", ["delta", "folds", "calibration"])
def test_targets_lie_within_as_often_as_said(how: str) -> None:
    inside = []
    for seed in range(30):
        found = known(decay(120, seed))
        fresh = decay(200, 1000 + seed)
        if how == "delta":
            told = by_delta(found, fresh.X, 0.9)
        elif how == "folds":
            told = by_folds(found, fresh.X, 0.9)
        else:
            told = by_calibration(found, fresh.X, decay(99, 2000 + seed), 0.9)
        inside.append(np.mean((told.low <= fresh.y) & (fresh.y <= told.high)))
        assert told.promised == {"delta": 0.0, "folds": pytest.approx(0.8), "calibration": 0.9}[how]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def test_intervals_of_the_mean_are_narrower_and_as_good() -> None:
    found, X = known(decay(120)), np.array([[1.0]])
    mean, new = by_delta(found, X, of_mean=True), by_delta(found, X)
    assert mean.high - mean.low < 0.5 * (new.high - new.low)
    hits = 0
    for seed in range(300):
        told = by_delta(known(decay(60, seed)), X, of_mean=True)
        hits += bool(told.low[0] <= 2 * np.exp(-0.8) <= told.high[0])
    assert hits / 300 == pytest.approx(0.95, abs=0.035)


def test_large_tables_are_left_out_by_folds() -> None:
    told = by_folds(known(decay(600)), np.array([[1.0]]), 0.9)
    assert 0.7 < told.promised < 0.8


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: known(line(), "1.0 * x").intervals(level=95), "level is 95: give a number between 0 and 1"),
        (lambda: known(line(), "1.0 * x").intervals(kind="bayes"), "kind is 'bayes': give one of t, profile"),
        (lambda: weighed(np.ones((2, 1)), np.ones(2), NAMES, np.array([1.0, 0.0])), "sample_weight holds 0"),
        (lambda: weighed(np.ones((2, 1)), np.ones(2), NAMES, np.ones(2), 1.0), "both given"),
        (lambda: by_folds(known(decay(12)), np.ones((1, 1)), 0.95), "need 19 rows, and there are 12"),
    ],
)
def test_mistakes_are_named(call, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises((DataError, InvalidSetting), match=words):
        call()


def test_named_constants_are_no_constants_of_the_fit() -> None:
    plain = Expression((Constant(2.0), Variable("x"), operator("*"), Constant(3.0), operator("+")))
    named = Expression((Variable("G", 5.0), *plain.nodes[:3], operator("*"), *plain.nodes[3:]))
    X = np.linspace(1, 3, 20)[:, None]
    values, slopes = model_of(named).values_and_slopes(X, ["x"])
    np.testing.assert_allclose(values, 10.0 * X[:, 0] + 3.0)
    np.testing.assert_allclose(slopes, np.column_stack([5.0 * X[:, 0], np.ones(20)]))
