"""Simplification in threads, after forks, and when the package behind it fails."""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.operators import operator
from symlaw.language.simplifying import owners, saturating
from symlaw.language.simplifying.graph import Saturator
from symlaw.language.simplifying.simplify import keeps_values, simplify, simplify_all
from symlaw.language.values import values
from symlaw.testing.formulas import random_formula, rewritten

BOX = {"x": (1.0, 2.0), "y": (1.0, 2.0)}
# Formulas of the property test; `SYMLAW_FORMULAS=100000` for a long one.
N_FORMULAS = int(os.environ.get("SYMLAW_FORMULAS", "300"))


def _answer(number: int) -> str:
    return str(simplify(parse(f"sqrt(x**2 * y) / x + 0 * y + {number}"), BOX))


def test_one_pool_of_threads_after_the_other() -> None:
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(_answer, [1, 2, 3])) == [f"sqrt(y) + {k}.0" for k in (1, 2, 3)]


def test_no_more_owners_are_kept_than_have_a_use() -> None:
    barrier = threading.Barrier(6)

    def at_once(number: int) -> str:
        barrier.wait(timeout=30)
        return _answer(number)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(at_once, range(6)))
    assert len(owners._OWNERS._idle) <= owners._IDLE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_forked_process_simplifies_after_its_parent() -> None:
    assert _answer(1) == "sqrt(y) + 1.0"
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.map_async(_answer, [1, 2]).get(timeout=60) == ["sqrt(y) + 1.0", "sqrt(y) + 2.0"]


class _Panic(BaseException):
    """What a panic of Rust's comes as: no Exception."""


def test_a_panic_leaves_formulas_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    def panics(*_: object) -> None:
        raise _Panic("unsendable")

    monkeypatch.setattr(saturating, "_saturated", panics)
    formula = parse("x + 0 * y")
    with pytest.warns(RuntimeWarning, match="left as they are: egglog failed: _Panic: unsendable"):
        assert simplify(formula, BOX) is formula
    monkeypatch.undo()
    assert str(simplify(formula, BOX)) == "x"


def test_a_helper_that_ends_is_named_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owners, "_OWNERS", owners._Owners())
    owners._OWNERS.forget()
    monkeypatch.setattr(owners.sys, "executable", "/bin/false")
    with pytest.warns(RuntimeWarning, match="left as they are"):
        simplify(parse("x + 0 * y"), BOX)
    monkeypatch.undo()


def test_forms_with_variables_of_other_formulas_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    formulas = [parse("7.69 / (x + 0.096) + 0.0024"), parse("log(656970 * y)")]
    monkeypatch.setattr(Saturator, "cheapest", lambda *_: [parse("y"), parse("x")])
    rows = {name: np.linspace(*ends, 20) for name, ends in BOX.items()}
    assert simplify_all(formulas, BOX, columns=rows) == formulas


def _numbered(formula: Expression, rng: np.random.Generator) -> str:
    """The formula as text, with some sizes of numbers in it."""
    sizes = 10.0 ** rng.uniform(-6.0, 6.0, 3)
    return f"{sizes[0]:.3g} * ({formula}) + {sizes[1]:.17g} - {sizes[2]:.17g} * x"


@pytest.mark.parametrize("seed", range(max(1, N_FORMULAS // 20)))
def test_every_rewriting_keeps_the_values_on_columns_and_in_the_box(seed: int) -> None:
    rng = np.random.Generator(np.random.Philox(seed))
    rows = [operator(name) for name in ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "max")]
    ends = {"x": (-2.0, 2.0), "y": (0.1, 3.0), "Temperature": (270.0, 300.0)}
    columns = {name: rng.uniform(*pair, 100) for name, pair in ends.items()}
    drawn = [rewritten(random_formula(rng, rows, list(ends), 6), rng) for _ in range(20)]
    formulas = [parse(_numbered(one, rng)) for one in drawn]
    others = {name: rng.uniform(*pair, 100) for name, pair in ends.items()}
    for before, after in zip(formulas, simplify_all(formulas, ends, columns=columns), strict=True):
        assert set(after.variables) <= set(before.variables)
        assert keeps_values(before, after, columns), (str(before), str(after))
        # points that were not looked at: as near, but for what rounding makes of them
        assert _is_near(before, after, others), (str(before), str(after))


def _is_near(before: Expression, after: Expression, columns: dict) -> bool:
    first, second = values(before, columns), values(after, columns)
    known = np.isfinite(first) & np.isfinite(second)
    largest = np.max(np.abs(first[known]), initial=0.0)
    return bool(np.all(np.abs(first[known] - second[known]) <= 1e-7 * largest))
