"""Fingerprints tell behaviours apart up to scale, offset and sign; the cache keeps a fixed number of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from symlaw.engine.evaluate import evaluate
from symlaw.engine.fingerprint import (
    WAYS,
    count_unknown,
    find,
    fingerprint,
    make_cache,
    merge,
    probe_multipliers,
    remember,
)
from symlaw.engine.fit import make_rows
from symlaw.engine.reduce import straight_line
from symlaw.language import Expression, operator, parse
from symlaw.testing.formulas import random_formula, rescaled, rewritten, sensitivity

NAMES = ("a", "b", "c")
N_ROWS = 128
RNG = np.random.Generator(np.random.Philox(8))
DATA = RNG.uniform(0.4, 2.6, (N_ROWS, 3))
COLUMNS = dict(zip(NAMES, DATA.T, strict=True))
ROWS = make_rows(DATA.T, RNG.normal(size=N_ROWS))
MULTIPLIERS = probe_multipliers(N_ROWS)
OPERATORS = tuple(
    operator(name)
    for name in (
        "+",
        "-",
        "*",
        "/",
        "neg",
        "inv",
        "square",
        "cube",
        "sqrt",
        "exp",
        "log",
        "sin",
        "cos",
        "tanh",
    )
)


class Behaviour(NamedTuple):
    """Values on the probe rows and what is made of them."""

    values: np.ndarray
    line: np.ndarray
    keys: tuple[int, int]


def behaviours(expressions: list[Expression]) -> list[Behaviour]:
    """Fingerprints of many formulas."""
    found, work = [], np.zeros((2, N_ROWS))
    for values in evaluate(expressions, DATA, NAMES):
        line = np.zeros(4)
        straight_line(values, ROWS, work, line)
        keys = (0, 0)
        if line[3] > 0 and line[2] < np.inf:
            keys = fingerprint(values, line[1], line[3], line[0], MULTIPLIERS, N_ROWS, 0)
        found.append(Behaviour(values, line, (int(keys[0]), int(keys[1]))))
    return found


def well_conditioned(expression: Expression) -> bool:
    """Whether rounding moves the standardised values by much less than a bin."""
    values = next(iter(evaluate([expression], DATA, NAMES)))
    if not np.all(np.isfinite(values)) or not np.all(np.abs(values) < 1e100):
        return False
    spread = np.std(values)
    tilted = abs(np.corrcoef(values, ROWS.target)[0, 1]) if spread > 0 else 0.0
    doubt = np.max(sensitivity(expression, COLUMNS, draws=2))
    return bool(spread > 1e-9 * np.max(np.abs(values)) and tilted > 1e-6 and doubt < 1e-10 * spread)


@pytest.fixture(scope="module")
def formulas() -> list[Expression]:
    """Distinct well-conditioned formulas."""
    rng = np.random.Generator(np.random.Philox(5))
    found: list[Expression] = []
    while len(found) < 2_500:
        expression = random_formula(rng, OPERATORS, NAMES, int(rng.integers(1, 9)))
        if expression.variables and well_conditioned(expression):
            found.append(expression)
    return found


def standardised(values: np.ndarray) -> np.ndarray:
    """Values of mean 0 and deviation 1, the first of the largest positive."""
    z = (values - values.mean(axis=-1, keepdims=True)) / values.std(axis=-1, keepdims=True)
    return np.asarray(z)


def matches(first: Behaviour, second: Behaviour) -> bool:
    """Whether the second is known once the first is."""
    return first.keys[0] == second.keys[0] or first.keys[1] == second.keys[1]


def test_equivalent_formulas_match(formulas: list[Expression]) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    pairs = []
    for expression in formulas * 4:
        other = rewritten(expression, rng)
        pairs.append((expression, rescaled(other, rng) if rng.random() < 0.7 else other))
    assert len(pairs) == 10_000
    first = behaviours([pair[0] for pair in pairs])
    second = behaviours([pair[1] for pair in pairs])
    missed = [pair for pair, f, s in zip(pairs, first, second, strict=True) if not matches(f, s)]
    assert len(missed) <= 10, [(str(a), str(b)) for a, b in missed[:5]]


def test_inequivalent_formulas_do_not_match(formulas: list[Expression]) -> None:
    found = behaviours(formulas[:700])
    z = standardised(np.stack([b.values for b in found]))
    apart = np.abs(z @ z.T / N_ROWS) < 1.0 - 1e-9
    assert np.sum(np.triu(apart, 1)) >= 100_000
    for place in (0, 1):
        keys = np.array([b.keys[place] for b in found], dtype=np.uint64)
        assert not np.any((keys[:, None] == keys[None, :]) & apart)


def test_a_constant_changed_in_the_sixth_digit_is_noticed(formulas: list[Expression]) -> None:
    bent = [f for f in formulas if f.constants and all(value != 0 for value in f.constants)]
    near = [f.with_constants([value * (1 + 1e-5) for value in f.constants]) for f in bent]
    first, second = behaviours(bent), behaviours(near)
    moved = [
        np.max(np.abs(standardised(f.values) - standardised(s.values))) > 1e-6
        for f, s in zip(first, second, strict=True)
    ]
    assert sum(moved) > 200
    assert not any(matches(f, s) for f, s, m in zip(first, second, moved, strict=True) if m)


@pytest.mark.parametrize("scale", [-1.0, 3.7, -1e-200, 1e150])
def test_scale_offset_and_sign_do_not_count(scale: float) -> None:
    values = evaluate([parse("sin(a) * b")], DATA, NAMES)[0]
    found = []
    for factor in (1.0, scale):
        line = np.zeros(4)
        straight_line(factor * values, ROWS, np.zeros((2, N_ROWS)), line)
        found.append(fingerprint(factor * values, line[1], line[3], line[0], MULTIPLIERS, N_ROWS, 0))
    assert found[0][0] == found[1][0] or found[0][1] == found[1][1]


def test_rows_count_by_their_place() -> None:
    values = evaluate([parse("sin(a) * b")], DATA, NAMES)[0]
    first = fingerprint(values, 0.0, 1.0, 1.0, MULTIPLIERS, N_ROWS, 0)
    assert first != fingerprint(values[::-1].copy(), 0.0, 1.0, 1.0, MULTIPLIERS, N_ROWS, 0)


def test_views_of_the_target_are_kept_apart() -> None:
    values = evaluate([parse("sin(a) * b")], DATA, NAMES)[0]
    first, second = (fingerprint(values, 0.0, 1.0, 1.0, MULTIPLIERS, N_ROWS, view) for view in (0, 1))
    assert not set(first) & set(second)


def test_keys_are_never_the_mark_of_an_empty_slot() -> None:
    assert all(key != 0 for key in fingerprint(np.zeros(N_ROWS), 0.0, 1.0, 1.0, MULTIPLIERS, N_ROWS, 0))


def test_multipliers_are_odd_and_distinct() -> None:
    assert np.all(MULTIPLIERS % np.uint64(2) == 1)
    assert len(set(MULTIPLIERS.tolist())) == N_ROWS


# --- the cache -------------------------------------------------------------------------------------


def keys_in_one_bucket(count: int, n_slots: int) -> list[np.uint64]:
    """Keys that lie in the same bucket of a cache."""
    return [np.uint64(1 + n_slots * (k + 1) + (k << 60)) for k in range(count)]


@pytest.mark.parametrize(("asked", "slots"), [(1, WAYS), (WAYS, WAYS), (100, 128), (128, 128)])
def test_capacity_is_a_power_of_two(asked: int, slots: int) -> None:
    assert len(make_cache(asked).keys) == slots


def test_capacity_never_changes() -> None:
    cache = make_cache(64)
    rng = np.random.Generator(np.random.Philox(4))
    for key in rng.integers(1, 2**63, 5_000, dtype=np.uint64):
        remember(cache, key, 1.0)
    assert len(cache.keys) == 64
    assert np.count_nonzero(cache.keys) == 64


def test_what_was_remembered_is_found() -> None:
    cache = make_cache(64)
    slot = remember(cache, np.uint64(77), 5.0)
    assert find(cache, np.uint64(77)) == slot
    assert find(cache, np.uint64(78)) == -1


def test_cheaper_form_is_kept() -> None:
    cache = make_cache(64)
    for complexity in (5.0, 3.0, 9.0):
        slot = remember(cache, np.uint64(77), complexity)
    assert cache.complexity[slot] == 3.0


def test_visits_are_counted_up_to_the_largest_byte() -> None:
    cache = make_cache(64)
    counted = []
    for _ in range(300):
        slot = remember(cache, np.uint64(77), 5.0)
        counted.append(int(cache.visits[slot]))
    assert counted == [min(k + 1, 255) for k in range(300)]


def test_a_bucket_holds_all_its_ways() -> None:
    cache = make_cache(64)
    keys = keys_in_one_bucket(WAYS, 64)
    for key in keys:
        remember(cache, key, 1.0)
    assert all(find(cache, key) >= 0 for key in keys)


def test_a_full_bucket_lets_one_go() -> None:
    cache = make_cache(64)
    keys = keys_in_one_bucket(WAYS + 1, 64)
    for key in keys:
        remember(cache, key, 1.0)
    assert sum(find(cache, key) >= 0 for key in keys) == WAYS
    assert find(cache, keys[-1]) >= 0


def test_a_newcomer_starts_its_own_count() -> None:
    cache = make_cache(WAYS)
    for key in keys_in_one_bucket(WAYS, WAYS):
        for _ in range(9):
            remember(cache, key, 1.0)
    slot = remember(cache, np.uint64(12345), 8.0)
    assert (cache.visits[slot], cache.complexity[slot]) == (1, 8.0)


def test_replacement_depends_on_nothing_but_the_order_of_keys() -> None:
    keys = np.random.Generator(np.random.Philox(4)).integers(1, 2**63, 3_000, dtype=np.uint64)
    complexity = (keys % np.uint64(7)).astype(np.float32)
    one, many = make_cache(256), make_cache(256)
    merge(one, keys, complexity, len(keys))
    for key, cost in zip(keys, complexity, strict=True):
        remember(many, key, cost)
    for ours, theirs in zip(one, many, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_merge_takes_no_more_than_it_is_told() -> None:
    cache = make_cache(64)
    merge(cache, np.array([5, 6, 7], np.uint64), np.ones(3, np.float32), 2)
    assert [find(cache, np.uint64(key)) >= 0 for key in (5, 6, 7)] == [True, True, False]


def test_keys_that_a_cache_does_not_hold_are_counted() -> None:
    cache = make_cache(64)
    known = np.arange(1, 21, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    merge(cache, known, np.ones(20, np.float32), 20)
    held = known[[find(cache, key) >= 0 for key in known]]
    assert count_unknown(cache, held) == 0
    assert count_unknown(cache, np.concatenate([held, held + np.uint64(1)])) == len(held)
    assert count_unknown(cache, known[:0]) == 0
