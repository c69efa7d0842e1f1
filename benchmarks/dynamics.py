"""ODEBench (d'Ascoli and others 2024) by its protocol: 63 systems of ordinary equations from one noisy run.

Reconstruction: fit on the trajectory of the first initial state, its points multiplied by 1 + noise and a
share of them dropped by chance; solve the recommended system from the clean first state, and compare with the
clean dense trajectory. Generalisation: the same from the second initial state. A system counts where R2
(weighted by the states' variances) is above 0.9; whatever fails counts as 0. The recommended system is chosen
from the noisy points alone.

    python -m benchmarks.dynamics --problems odebench.json --noise 0.01 --drop 0.5 --output results.jsonl
    python -m benchmarks.dynamics --summary results.jsonl

Lines are written as they come; a run goes on where its file ends. ``--sample 12 --sample-seed 0`` takes so
many systems drawn by that seed.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.resuming import by_cell, drawn, run_cell


def rates_of(system: dict[str, Any]) -> Any:
    """The true rates as a function for SciPy."""
    import sympy

    names = sympy.symbols([f"x_{k}" for k in range(system["dim"])])
    given = [sympy.sympify(text, locals={str(n): n for n in names}) for text in system["substituted"][0]]
    function = sympy.lambdify(names, given, "numpy")
    return lambda t, x: np.array(function(*x), dtype=float)


def solved(rates: Any, first: Any, times: np.ndarray) -> np.ndarray:
    """A trajectory (n_times, n_states) as the benchmark's own solver gives it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = solve_ivp(
            rates, (times[0], times[-1]), first, "LSODA", times, rtol=1e-5, atol=1e-7, first_step=1e-6,
            min_step=1e-10,
        )  # fmt: skip
    states = np.full((len(times), len(first)), np.nan)
    states[: found.y.shape[1]] = found.y.T
    return states


def noisy(
    clean: np.ndarray, times: np.ndarray, noise: float, drop: float, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Points that a fit gets: multiplied by 1 + noise, a share of them dropped."""
    generator = np.random.default_rng(seed)
    states = clean * (1.0 + noise * generator.standard_normal(clean.shape))
    kept = np.sort(generator.permutation(len(times))[: len(times) - int(drop * len(times))])
    return times[kept], states[kept]


def r2(truth: np.ndarray, found: np.ndarray) -> float:
    """Explained share of all states' variance, weighted by their variances; 0 without states."""
    if not np.all(np.isfinite(found)):
        return 0.0
    left = np.sum((truth - found) ** 2)
    total = np.sum((truth - truth.mean(axis=0)) ** 2)
    return float(1.0 - left / total)


def trial(system: dict[str, Any], grid: np.ndarray, settings: argparse.Namespace) -> dict[str, Any]:
    """One system: what was found, how long it took and how well it does."""
    from symlaw import DynamicsRegressor

    rates = rates_of(system)
    clean = [solved(rates, first, grid) for first in system["init"]]
    times, states = noisy(clean[0], grid, settings.noise, settings.drop, 1000 * settings.seed + system["id"])
    names = [f"x_{k}" for k in range(system["dim"])]
    began = time.monotonic()
    record: dict[str, Any] = {"id": system["id"], "kind": system["kind"], "r2": 0.0, "r2_other": 0.0}
    try:
        model = DynamicsRegressor(time_budget=settings.seconds)
        model.fit({"t": times, **dict(zip(names, states.T, strict=True))})
        record["seconds"] = time.monotonic() - began
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for name, first, truth in zip(("r2", "r2_other"), system["init"], clean, strict=False):
                found = model.simulate(first, grid)[names].to_numpy()
                record[name] = r2(truth, found)
        record["diverged"] = len(caught) > 0
        record["flagged"] = any("bounds" in note for note in model.notes_)
        record["found"] = str(model.system_).splitlines()
        record["complexity"] = model.system_.complexity
        record["exact"] = is_exact(system, model.system_.expressions, clean[0])
        record["noise"] = model.noise_
    except Exception as error:
        record["seconds"] = time.monotonic() - began
        record["error"] = f"{type(error).__name__}: {error}"
    return record


def is_exact(system: dict[str, Any], found: Any, states: np.ndarray) -> bool:
    """Whether each right side is the true one but for its constants.

    Refitted on clean rates it has to equal the truth to 1e-6 of its spread on 500 states of the trajectory's
    box, with at most twice the nodes of the truth and four more.
    """
    import sympy
    from scipy.optimize import least_squares

    low, high = states.min(axis=0), states.max(axis=0)
    points = low + (high - low) * np.random.default_rng(0).random((500, len(low)))
    rates, names = rates_of(system), [f"x_{k}" for k in range(system["dim"])]
    truth = np.array([rates(0.0, point) * np.ones(len(low)) for point in points])
    columns = dict(zip(names, points.T, strict=True))
    for k, one in enumerate(found):
        text = system["substituted"][0][k]
        nodes = sum(1 for _ in sympy.preorder_traversal(sympy.sympify(text)))
        if len(one.nodes) > 2 * nodes + 4:
            return False

        def left(values: np.ndarray, one: Any = one, k: int = k) -> np.ndarray:
            with np.errstate(all="ignore"):
                own = one.with_constants(values).evaluate(columns) * np.ones(len(points))
            return np.nan_to_num(own - truth[:, k], nan=1e6, posinf=1e6, neginf=-1e6)

        best = one.constants
        if len(best):
            best = least_squares(left, best, x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15).x
        if np.max(np.abs(left(best))) > 1e-6 * max(np.std(truth[:, k]), 1e-300):
            return False
    return True


def is_polynomial(system: dict[str, Any]) -> bool:
    """Whether all right sides are polynomials of the states."""
    import sympy

    names = sympy.symbols([f"x_{k}" for k in range(system["dim"])])
    texts = system["substituted"][0]
    return all(sympy.sympify(text).is_polynomial(*names) for text in texts)


def chosen(systems: list[dict[str, Any]], settings: argparse.Namespace) -> list[dict[str, Any]]:
    """The systems asked for: by number, drawn by a seed, or all."""
    if settings.only:
        return [one for one in systems if one["id"] in settings.only]
    if settings.inner:
        systems = [one for one in systems if not is_polynomial(one)]
    return [systems[k] for k in drawn(len(systems), settings.sample, settings.sample_seed)]


def run(settings: argparse.Namespace) -> None:
    """Try the systems that the output lacks."""
    collection = json.loads(settings.problems.read_text(encoding="utf-8"))
    grid = np.linspace(*collection["t_span"], settings.points)
    run_cell(
        {one["id"]: partial(trial, one, grid, settings) for one in chosen(collection["systems"], settings)},
        settings.output,
        key="id",
        cell={name: getattr(settings, name) for name in ("noise", "drop", "seed", "points")},
        line=_line,
    )


def _line(record: dict[str, Any]) -> str:
    said = record.get("error") or "; ".join(record["found"])
    figures = f"{record['r2']:8.4f} {record['r2_other']:8.4f} {record['seconds']:6.1f} s"
    return f"{record['id']:>3} {figures}  {said}"


def summary(path: Path) -> None:
    """Shares of systems above 0.9 by cell, and what they took."""
    for cell, own in by_cell(path).items():
        share = [100.0 * np.mean([line[name] > 0.9 for line in own]) for name in ("r2", "r2_other")]
        seconds = [line["seconds"] for line in own]
        unflagged = sum(bool(line.get("diverged")) and not line.get("flagged") for line in own)
        print(
            f"{cell}: {len(own)} systems, reconstruction {share[0]:.1f}%, generalisation {share[1]:.1f}%,"
            f" seconds {np.median(seconds):.1f} (95%: {np.quantile(seconds, 0.95):.1f}),"
            f" complexity {np.median([line.get('complexity', np.nan) for line in own]):g},"
            f" diverging unflagged {unflagged},"
            f" exact {100.0 * np.mean([bool(line.get('exact')) for line in own]):.0f}%"
        )


def main() -> None:
    """Run or sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--problems", type=Path, help="the collection, a JSON file")
    parser.add_argument("--output", type=Path, default=Path("odebench.jsonl"))
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--drop", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--points", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--sample-seed", type=int, default=0)
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument(
        "--inner", action="store_true", help="only systems whose right sides are no polynomials"
    )
    settings = parser.parse_args()
    if settings.summary is not None:
        summary(settings.summary)
    else:
        run(settings)


if __name__ == "__main__":
    main()
