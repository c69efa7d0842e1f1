"""Objectives other than tables: what `symlaw.discover` finds, seed by seed.

``python -m benchmarks.discover``: (observed) ``x' = -0.5 x + sin(t)`` in weak form from 200 irregular
samples with noise of 5%, 20 seeds of 10 s; (decay) ``x exp(-x)`` from a score alone, 5 seeds of 15 s;
(eigenvalue) the larger eigenvalue of [[a, b], [b, c]] from a score alone, 5 seeds of 300 s. Results are
appended and gone on from.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import symlaw
from benchmarks.machine import describe, facts
from benchmarks.summary import append, written

Array = np.ndarray[Any, np.dtype[np.float64]]
Record = dict[str, Any]

RESULTS = Path("benchmarks/results/discover.jsonl")
COUNTS = {"observed": 20, "decay": 5, "eigenvalue": 5}
SECONDS = {"observed": 10.0, "decay": 15.0, "eigenvalue": 300.0}
_NOISE, _SAMPLES, _END = 0.05, 200, 20.0
_WIDTH, _TESTS = 2.0, 60


def observed(seed: int, seconds: float) -> Record:
    """A differential equation whose derivative is never taken."""
    from scipy.integrate import solve_ivp

    rng = np.random.default_rng([41, seed])
    t = np.sort(rng.uniform(0.0, _END, _SAMPLES))
    solved = solve_ivp(
        lambda s, x: -0.5 * x + np.sin(s), (0.0, _END), [2.0], t_eval=t, rtol=1e-10, atol=1e-12
    )
    clean = solved.y[0]
    x = clean + _NOISE * np.sqrt(np.mean(clean**2)) * rng.normal(size=_SAMPLES)
    centres = np.linspace(_WIDTH, _END - _WIDTH, _TESTS)
    u = (t - centres[:, None]) / _WIDTH
    inside, steps = np.abs(u) < 1.0, np.gradient(t)
    bumps = np.where(inside, (1.0 - u**2) ** 2, 0.0) * steps
    slopes = np.where(inside, -4.0 * u * (1.0 - u**2) / _WIDTH, 0.0) * steps
    found = symlaw.discover(
        symlaw.observed({"x": x, "t": t}, bumps, -slopes @ x),
        operators=["+", "-", "*", "/", "sin", "cos", "exp"],
        time_budget=seconds,
        random_state=seed,
    )
    formulas = list(found.front_["expression"])
    return {
        "recommended": found.expression_.text(digits=6),
        "right": _is_law(found.expression_),
        "on_front": any(map(_is_law, formulas)),
    }


def _is_law(formula: symlaw.Expression) -> bool:
    """Whether a formula is ``a x + b sin(t)`` with both coefficients within 5%."""
    rng = np.random.default_rng(0)
    x, t = rng.uniform(-2.0, 2.0, 300), rng.uniform(0.0, _END, 300)
    values = formula.evaluate({"x": x, "t": t})
    if not np.all(np.isfinite(values)):
        return False
    design = np.column_stack([x, np.sin(t), np.ones(300)])
    solved, *_ = np.linalg.lstsq(design, values, rcond=None)
    exact = np.max(np.abs(values - design @ solved)) < 1e-9 and abs(solved[2]) < 1e-9
    return bool(exact and abs(solved[0] / -0.5 - 1.0) < 0.05 and abs(solved[1] - 1.0) < 0.05)


def decay(seed: int, seconds: float) -> Record:
    """``x exp(-x)`` from its mean square error alone."""
    x = np.linspace(-1.0, 3.0, 60)
    y = x * np.exp(-x)
    found = symlaw.discover(
        lambda formula: float(np.mean((formula.evaluate({"x": x}) - y) ** 2)),
        ["x"],
        operators=["+", "-", "*", "/", "exp", "sin"],
        time_budget=seconds,
        random_state=seed,
    )
    fresh = np.random.default_rng(1).uniform(-2.0, 4.0, 500)
    off = np.max(np.abs(found.expression_.evaluate({"x": fresh}) - fresh * np.exp(-fresh)))
    return {"recommended": found.expression_.text(digits=6), "right": bool(off < 1e-6)}


def eigenvalue(seed: int, seconds: float) -> Record:
    """The larger eigenvalue of a symmetric matrix from the mean square error on 60 of them alone."""
    columns = np.random.default_rng(7).normal(size=(60, 3))
    wanted = _larger(columns)
    given = dict(zip("abc", columns.T, strict=True))
    found = symlaw.discover(
        lambda formula: float(np.mean((formula.evaluate(given) - wanted) ** 2)),
        ["a", "b", "c"],
        operators=["+", "-", "*", "sqrt", "square"],
        time_budget=seconds,
        random_state=seed,
    )
    fresh = np.random.default_rng(8).normal(size=(500, 3))
    values, truth = found.expression_.evaluate(dict(zip("abc", fresh.T, strict=True))), _larger(fresh)
    right = np.max(np.abs(values - truth) / np.abs(truth)) < 1e-6
    return {"recommended": found.expression_.text(digits=6), "right": bool(right)}


def _larger(columns: Array) -> Array:
    return np.array([np.linalg.eigvalsh([[a, b], [b, c]])[1] for a, b, c in columns])


KINDS: dict[str, Callable[[int, float], Record]] = {
    "observed": observed, "decay": decay, "eigenvalue": eigenvalue,
}  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.discover", description=__doc__)
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS), help="which")
    parser.add_argument("--seeds", type=int, help="seeds of each, the first ones")
    parser.add_argument("--results", type=Path, default=RESULTS, help="file of records")
    parser.add_argument("--summary", action="store_true", help="only tell what the file holds")
    options = parser.parse_args(arguments)
    print(describe(facts()))
    records = written(options.results)
    done = {(one["kind"], one["seed"]) for one in records}
    for kind in [] if options.summary else options.kinds:
        for seed in range(COUNTS[kind] if options.seeds is None else options.seeds):
            if (kind, seed) in done:
                continue
            began = time.perf_counter()
            told = KINDS[kind](seed, SECONDS[kind])
            used = round(time.perf_counter() - began, 2)
            record = {"kind": kind, "seed": seed, "used": used, **told, **facts()}
            records.append(record)
            append(options.results, record)
            print(kind, seed, used, told, flush=True)
    for kind in KINDS:
        own = [one for one in records if one["kind"] == kind]
        if own:
            late = sum(one["used"] > SECONDS[kind] + 1.0 for one in own)
            print(f"{kind}: right {sum(one['right'] for one in own)} of {len(own)}, late {late}")


if __name__ == "__main__":
    main()
