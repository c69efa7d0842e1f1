"""Systems in units of their own."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.dynamics.numbers import Number
from symlaw.search.dynamics.shooting import System
from symlaw.trust.dynamics.dimensionless import Dimensionless, dimensionless


def form_of(texts: list[str], columns: tuple[str, ...], known: tuple[bool, ...] = (), **how) -> Dimensionless:
    system = System(tuple(map(parse, texts)), columns, known, **how)
    low, high = np.full(len(texts), 0.3), np.full(len(texts), 2.0)
    return dimensionless(system, low, high, np.diag((0.01 * system.constants) ** 2))


def test_a_logistic_law_has_no_number_left() -> None:
    form = form_of(["1.3 * x - 0.2 * x**2"], ("x", "t"))
    assert [str(one) for one in form.equations] == ["x - x**2"] and form.numbers == ()
    assert form.scales == pytest.approx({"x": 6.5, "t": 1.0 / 1.3})


def test_a_damped_pendulum_has_one() -> None:
    form = form_of(["v", "-0.3 * v - 4.9 * sin(x)"], ("x", "v", "t"), (True, False))
    (number,) = form.numbers
    assert number.value == pytest.approx(-0.3 / 4.9**0.5)
    assert number.powers == ((0.3, Fraction(1)), (4.9, Fraction(-1, 2)))
    assert number.error / abs(number.value) == pytest.approx(0.01 * 1.25**0.5)
    # an angle has no scale, and time has the pendulum's own
    assert form.scales == pytest.approx({"x": 1.0, "v": 4.9**0.5, "t": 4.9**-0.5})


def test_a_saturation_has_its_constant_for_a_unit() -> None:
    form = form_of(["0.8 - 2.1 * x / (0.7 + x)"], ("x", "t"))
    assert form.scales["x"] == pytest.approx(0.7)
    assert [one.value for one in form.numbers] == pytest.approx([2.1 / 0.8])


def test_inputs_have_scales_and_steps_of_maps_none() -> None:
    forced = form_of(["F / 2.0 - 0.3 * x"], ("x", "F", "t"))
    assert forced.scales["F"] == pytest.approx(2.0 * 0.3 * forced.scales["x"]) and forced.numbers == ()
    steps = form_of(["2.8 * x - 2.7 * x**2"], ("x", "t"), is_map=True)
    assert list(steps.scales) == ["x"] and [one.value for one in steps.numbers] == pytest.approx([2.8])


def test_a_scaled_system_has_the_scaled_rates() -> None:
    texts = ["-10.2 * x + 9.9 * y", "28.0 * x - 1.02 * (x*z) - 0.98 * y", "1.01 * (x*y) - 2.66 * z"]
    form = form_of(texts, ("x", "y", "z", "t"))
    assert len(form.numbers) == 3
    at = {"x": np.array([1.3, -2.0]), "y": np.array([0.4, 3.0]), "z": np.array([5.0, 1.0])}
    scaled = {name: values / form.scales[name] for name, values in at.items()}
    for name, text, own in zip("xyz", texts, form.equations, strict=True):
        rate = parse(text).evaluate(at) * form.scales["t"] / form.scales[name]
        np.testing.assert_allclose(own.evaluate(scaled), rate, rtol=1e-9)


def test_errors_of_named_numbers_count() -> None:
    law = parse("0.9 * x - 0.15 * x**2 - 0.4")
    form = form_of([law.text()], ("x", "t"), (True,), numbers=(Number("r", ((0, 0),)),))
    assert len(form.numbers) == 1 and form.numbers[0].error > 0.0
