"""Constants become exact where the data say so, and hardly ever otherwise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.trust.constants.fit import fitted, model_of
from symlaw.trust.constants.snapping import Snapped, candidates, snapped
from symlaw.trust.constants.uncertainty import weighed

FORMS = ["{a} * x + {b} / x", "{a} * exp(-{b} * x)", "sqrt({a} + {b} * x)", "{a} * sin({b} * x) + x"]
SPECIAL = {
    "2": 2.0, "3": 3.0, "4": 4.0, "1/2": 0.5, "1/3": 1 / 3, "3/4": 0.75, "2/3": 2 / 3, "5": 5.0, "3/2": 1.5,
    "pi": math.pi, "2*pi": 2 * math.pi, "pi/2": math.pi / 2, "sqrt(2)": math.sqrt(2), "e": math.e,
    "1/4": 0.25, "sqrt(3)": math.sqrt(3), "10": 10.0, "4/3": 4 / 3, "1": 1.0, "pi/4": math.pi / 4,
}  # fmt: skip


def found(form: str, a: float, b: float, noise: float = 0.001, seed: int = 0, n: int = 500) -> Snapped | None:
    """What a formula of two constants is taken for, fitted to rows of relative noise."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.5, 3.0, n)
    truth = parse(form.format(a=repr(a), b=repr(b)), ["x"])
    with np.errstate(all="ignore"):
        y = model_of(truth).values_and_slopes(x[:, None], ["x"])[0]
    y = y + noise * np.sqrt(np.mean(y**2)) * rng.normal(size=n)
    return snapped(fitted(model_of(truth), weighed(x[:, None], y, ("x",))))


def test_of_a_hundred_exact_constants_ninety_are_found() -> None:
    names, hits, others = list(SPECIAL), 0, 0
    for number in range(100):
        special, rng = names[number % len(names)], np.random.default_rng(number)
        result = found(FORMS[number % 4], SPECIAL[special], rng.uniform(0.4, 2.0), seed=number)
        texts = {one.name: one.exact.text for one in result.replaced} if result else {}
        hits += texts.get("c0") == special
        others += texts.get("c0", special) != special
    assert hits >= 90
    assert others <= 2


def test_of_a_hundred_arbitrary_constants_at_most_two_become_exact() -> None:
    wrong = 0
    for number in range(50):
        rng = np.random.default_rng(1000 + number)
        a, b = np.exp(rng.uniform(-1.5, 2.0, 2)).tolist()
        result = found(FORMS[number % 4], a, b, seed=number)
        wrong += 0 if result is None else len(result.replaced)
    assert wrong <= 2


def test_the_rest_is_fitted_again_and_the_price_is_told() -> None:
    result = found(FORMS[1], 2.0, 0.777)
    assert result is not None and [one.exact.text for one in result.replaced] == ["2"]
    assert 1.0 <= result.cost < 1.02
    assert result.expression.constants[0] == 2.0
    assert abs(result.expression.constants[1]) == pytest.approx(0.777, rel=1e-3)
    assert "c0 = 2" in str(result) and "error times" in str(result)


def test_exact_constants_are_written_as_people_write_them() -> None:
    result = found(FORMS[3], 1 / 3, 2 * math.pi)
    assert result is not None
    text = result.expression.text(digits=6)
    assert "pi" in text and "1 / 3" in text, text


def test_exact_data_give_exact_constants() -> None:
    result = found(FORMS[0], 5 / 6, math.sqrt(7), noise=0.0)
    assert result is not None
    assert {one.exact.text for one in result.replaced} == {"5/6", "sqrt(7)"}


def test_negative_constants_keep_their_sign() -> None:
    result = found(FORMS[0], -1.5, 0.83)
    assert result is not None and result.replaced[0].exact.text == "-3/2"
    assert result.expression.constants[0] == -1.5


def test_named_constants_are_taken_when_allowed() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(0.5, 3.0, 500)
    y = 9.80665 / 2 * x**2
    y += 0.001 * y.std() * rng.normal(size=500)
    fit = fitted(model_of(parse("4.9 * x**2", ["x"])), weighed(x[:, None], y, ("x",)))
    result = snapped(fit, {"g": 9.80665})
    assert result is not None and result.replaced[0].exact.text == "g/2"
    assert "g" in result.expression.text(digits=6)


def test_much_noise_leaves_constants_as_they_are() -> None:
    assert found(FORMS[0], 7 / 8, 0.6, noise=0.2) is None


def test_candidates_are_distinct_and_make_one_prior() -> None:
    known = candidates()
    assert sum(one.prior for one in known) == pytest.approx(1.0, abs=0.3)
    values = [one.value for one in known]
    assert values == sorted(values)
