"""Extensions of a formula have the values and complexity that they claim, and sums fit best."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.fit import fit_space, make_rows
from symlaw.engine.tape import from_nodes, to_tape
from symlaw.language import Expression, parse
from symlaw.language.grammar import Language
from symlaw.search.genome.extend import extended
from symlaw.search.genome.genome import genome, grammar_of

NAMES = ("a", "b")
LANGUAGE = Language.of(NAMES, ["+", "-", "*", "/", "exp", "sqrt", "atan2"])
DATA = np.random.Generator(np.random.Philox(8)).uniform(0.3, 2.5, (2, 40))
TARGET = 3.0 * DATA[0] - np.exp(DATA[1]) + 0.2 * np.sin(9 * DATA[0])
START = parse("exp(b)")


def _extend(g, number, grammar, table, rows, space, out):  # type: ignore[no-untyped-def]
    return extended(g, number, grammar, table, rows, space, out)


@pytest.fixture(scope="module")
def neighbours() -> list[tuple[Expression, float, np.ndarray]]:
    """Every extension of the start: formula, complexity added, values."""
    extend = _extend if JIT_DISABLED else numba.njit(_nrt=False)(_extend)
    grammar, table = grammar_of(LANGUAGE), kernel_table(LANGUAGE.operators)
    rows, space = make_rows(DATA, TARGET / np.std(TARGET)), fit_space(DATA.shape[1])
    start, out = genome(), genome()
    tape = to_tape([START], LANGUAGE.operators, NAMES)
    size = len(tape.codes)
    start.codes[:size], start.columns[:size], start.values[:size] = tape.codes, tape.columns, tape.values
    start.size[0] = size
    space.f[:] = reference.values(START, dict(zip(NAMES, DATA, strict=True)))
    n_extensions = len(grammar.unary) + 2 * len(grammar.binary) * len(NAMES)
    found = []
    for number in range(n_extensions):
        added = extend(start, number, grammar, table, rows, space, out)
        if added < 0:
            continue
        end = out.size[0]
        formula = from_nodes(out.codes[:end], out.columns[:end], out.values[:end], LANGUAGE.operators, NAMES)
        found.append((formula, added, space.work.values[0, : DATA.shape[1]].copy()))
    return found


def test_every_operator_is_put_at_the_root_once_for_each_way(neighbours: list) -> None:
    texts = {formula.text(3) for formula, _, _ in neighbours}
    wanted = {"exp(exp(b))", "sqrt(exp(b))"}
    for name in NAMES:
        wanted |= {f"exp(b) * {name}", f"exp(b) / {name}", f"{name} / exp(b)"}
        wanted |= {f"atan2(exp(b), {name})", f"atan2({name}, exp(b))"}
    assert wanted <= texts
    assert len(texts - wanted) == len(NAMES), "a sum with each variable"


def test_values_and_complexity_are_those_of_the_formula(neighbours: list) -> None:
    columns = dict(zip(NAMES, DATA, strict=True))
    for formula, added, values in neighbours:
        assert added == LANGUAGE.complexity(formula) - LANGUAGE.complexity(START)
        np.testing.assert_allclose(values, reference.values(formula, columns), rtol=1e-12)


def test_a_sum_fits_as_well_as_least_squares_on_both_terms(neighbours: list) -> None:
    terms = np.stack([np.ones(DATA.shape[1]), np.exp(DATA[1]), DATA[0]], axis=1)
    best = np.linalg.lstsq(terms, TARGET, rcond=None)[1][0]
    left = []
    for formula, added, values in neighbours:
        if added == 4 and "a" in formula.text(3):
            line = np.stack([np.ones(len(values)), values], axis=1)
            left.append(np.linalg.lstsq(line, TARGET, rcond=None)[1][0])
    assert min(left) == pytest.approx(best, rel=1e-9)
