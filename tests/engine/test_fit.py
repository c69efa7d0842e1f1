"""Fitting recovers the constants inside formulas, scale and offset aside."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import Rows, fit_constants, fit_space, make_rows
from symlaw.engine.program import Program
from symlaw.engine.tape import operators_of, to_tape
from symlaw.language import Expression, parse

NAMES = ("x", "z")
DATA = np.random.Generator(np.random.Philox(6)).uniform(0.5, 3.0, (2, 150))

# Law, and a start for its constants.
SHAPES = [
    ("exp(-1.3 * x)", [-1.0]),
    ("sin(2.1 * x + 0.4)", [2.0, 0.2]),
    ("1 / (x + 0.7)", [1.0, 1.2]),
    ("exp(-1.2 * x) * cos(3.0 * x)", [-1.0, 2.9]),
    ("x / (z + 2.5)", [1.0]),
    ("pow(x, 1.7)", [1.0]),
    ("log(x + 3.2)", [1.0]),
    ("sqrt(x**2 + 0.8)", [0.1]),
    ("tanh(0.9 * x - 1.1)", [1.0, 1.0]),
    ("x * z + 0.37 * x", [1.0]),
    ("exp(-(x - 1.4)**2 / 0.5)", [1.2, 0.8]),
    ("sin(1.5 * x) + 0.6 * cos(2.5 * z)", [1.4, 0.3, 2.4]),
    ("1 / (1 + exp(-2.2 * (x - 1.6)))", [1.0, 1.0, -2.0, 1.5]),
    ("atan(0.8 * x * z)", [1.5]),
]


class Outcome(NamedTuple):
    """What a fit gives."""

    loss: float
    steps: int
    done: bool
    constants: np.ndarray
    line: np.ndarray


def fitted(expression: Expression, rows: Rows, max_steps: int = 100) -> Outcome:
    """Fit the constants of a formula."""
    rows_of_table = operators_of([expression])
    tape = to_tape([expression], rows_of_table, NAMES)
    program, table = Program(tape.codes, tape.columns, tape.values), kernel_table(rows_of_table)
    space = fit_space(rows.X.shape[1])
    loss, steps, done = fit_constants(program, len(tape.codes), table, rows, space, max_steps, 1e-12)
    return Outcome(loss, steps, done, tape.values[tape.codes == 0], space.line)


def target_of(law: Expression, X: np.ndarray = DATA) -> np.ndarray:
    """Values of a law, of mean square about 1."""
    values = reference.values(law, dict(zip(NAMES, X, strict=True)))
    return (values - values.mean()) / values.std()


@pytest.mark.parametrize(("text", "start"), SHAPES, ids=[text for text, _ in SHAPES])
def test_known_constants_are_recovered(text: str, start: list[float]) -> None:
    law = parse(text)
    rows = make_rows(DATA, -2.5 * target_of(law) + 7.0)
    outcome = fitted(law.with_constants(_start_of(law, start)), rows)
    assert outcome.loss < 1e-20
    values = reference.values(law.with_constants(outcome.constants), dict(zip(NAMES, DATA, strict=True)))
    line = outcome.line[0] * (values - outcome.line[1])
    np.testing.assert_allclose(line, rows.target, atol=1e-9)


def _start_of(law: Expression, start: list[float]) -> list[float]:
    """The start, padded on the left by constants that the law keeps."""
    known = list(law.constants)
    return [*known[: len(known) - len(start)], *start] if len(start) < len(known) else start


@pytest.mark.parametrize(("text", "start", "truth"), [
    ("exp(-1.3 * x)", [-1.0], [-1.3]),
    ("sin(2.1 * x + 0.4)", [2.0, 0.2], [2.1, 0.4]),
    ("x / (z + 2.5)", [1.0], [2.5]),
    ("pow(x, 1.7)", [1.0], [1.7]),
    ("exp(-1.2 * x) * cos(3.0 * x)", [-1.0, 2.9], [-1.2, 3.0]),
])  # fmt: skip
def test_constants_that_data_determine_are_the_laws(
    text: str, start: list[float], truth: list[float]
) -> None:
    law = parse(text)
    outcome = fitted(law.with_constants(start), make_rows(DATA, target_of(law)))
    np.testing.assert_allclose(outcome.constants, truth, rtol=1e-7)


def test_noise_leaves_its_variance() -> None:
    law = parse("exp(-1.3 * x)")
    noise = 0.05 * np.random.Generator(np.random.Philox(2)).normal(size=150)
    outcome = fitted(law.with_constants([-0.5]), make_rows(DATA, target_of(law) + noise))
    assert 0.7 * 0.05**2 < outcome.loss < 1.3 * 0.05**2


def test_loss_is_that_of_the_constants_it_leaves() -> None:
    law = parse("sin(2.1 * x + 0.4)")
    rows = make_rows(DATA, target_of(parse("z * x")))
    outcome = fitted(law, rows, max_steps=7)
    values = reference.values(law.with_constants(outcome.constants), dict(zip(NAMES, DATA, strict=True)))
    np.testing.assert_allclose(outcome.loss, reference.scale_and_offset(values, rows.target)[2], rtol=1e-9)


def test_a_fit_never_makes_things_worse() -> None:
    rows = make_rows(DATA, target_of(parse("z * sin(3 * x)")))
    for text, start in SHAPES:
        law = parse(text)
        before = fitted(law.with_constants(_start_of(law, start)), rows, max_steps=0).loss
        assert fitted(law.with_constants(_start_of(law, start)), rows, max_steps=5).loss <= before


def test_weights_count_as_repeated_rows() -> None:
    counts = np.tile([1, 2, 4], 50)
    law = parse("exp(-0.6 * x) + 0.5 * z")
    target = target_of(parse("1 / x + z"))
    start = law.with_constants([-0.6, 0.5])
    weighted = fitted(start, make_rows(DATA, target, counts.astype(float)))
    repeated = fitted(start, make_rows(np.repeat(DATA, counts, axis=1), np.repeat(target, counts)))
    np.testing.assert_allclose(weighted.loss, repeated.loss, rtol=1e-9)
    np.testing.assert_allclose(weighted.constants, repeated.constants, rtol=1e-5)


def test_rows_of_weight_zero_say_nothing() -> None:
    law = parse("exp(-1.3 * x)")
    target = target_of(law)
    target[:20] = 50.0
    weights = np.ones(150)
    weights[:20] = 0.0
    outcome = fitted(law.with_constants([-1.0]), make_rows(DATA, target, weights))
    np.testing.assert_allclose(outcome.constants, [-1.3], rtol=1e-7)


@pytest.mark.parametrize("unit", [1e-30, 1e-12, 1e-6, 1e6, 1e12, 1e30])
def test_unit_of_a_column_does_not_matter(unit: float) -> None:
    law = parse("exp(-1.3 * x)")
    outcome = fitted(law.with_constants([-1.0 / unit]), make_rows(DATA * unit, target_of(law)))
    np.testing.assert_allclose(outcome.constants * unit, [-1.3], rtol=1e-7)


@pytest.mark.parametrize("unit", [1e-30, 1e-6, 1e6, 1e30])
def test_unit_of_two_columns_does_not_matter(unit: float) -> None:
    law = parse("x / (z + 2.5)")
    outcome = fitted(law.with_constants([1.0 * unit]), make_rows(DATA * unit, target_of(law)))
    np.testing.assert_allclose(outcome.constants / unit, [2.5], rtol=1e-7)


def test_formula_without_constants_takes_no_step() -> None:
    outcome = fitted(parse("x * z"), make_rows(DATA, target_of(parse("x"))))
    assert (outcome.steps, outcome.done) == (0, True)


def test_undefined_start_is_given_up() -> None:
    outcome = fitted(parse("log(x - 9.0)"), make_rows(DATA, target_of(parse("x"))))
    assert outcome.loss == np.inf


def test_constant_without_effect_stays() -> None:
    law = parse("exp(-1.3 * x) + 0 * sin(2.0 * z)")
    outcome = fitted(law.with_constants([-1.0, 0.0, 2.0]), make_rows(DATA, target_of(law)))
    assert outcome.loss < 1e-20


def test_sixteen_constants_are_fitted() -> None:
    text = " + ".join(f"{0.1 * k + 0.1:.1f} * sin({k + 1} * x)" for k in range(8))
    law = parse(text)
    start = [value * 1.01 for value in law.constants]
    # the amplitudes have a common factor too many, so that the last digits take long
    assert fitted(law.with_constants(start), make_rows(DATA, target_of(law))).loss < 1e-10


def test_two_short_calls_go_on_where_the_first_stopped() -> None:
    law = parse("sin(2.1 * x + 0.4)")
    rows = make_rows(DATA, target_of(law))
    first = fitted(law.with_constants([1.8, 0.1]), rows, max_steps=3)
    assert first.steps == 3 and not first.done
    assert fitted(law.with_constants(first.constants), rows).loss < 1e-20
