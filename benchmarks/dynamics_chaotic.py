"""The 70 polynomial chaotic systems of the published study of sparse regression (Kaptanoglu and others 2023).

Five trajectories of 1,000 points, 100 a period, from starts drawn by a seed along one long solution; noise
as a share of each state's root mean square. Neither the degree nor a test trajectory is told. The error is
that of all coefficients of all right sides together, as a share of the true ones' size.

    python -m benchmarks.dynamics_chaotic --problems chaotic70.json --noise 0.01 --sample 10
    python -m benchmarks.dynamics_chaotic --summary chaotic.jsonl

Lines are written as they come; a run goes on where its file ends.
"""

from __future__ import annotations

import argparse
import json
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks.resuming import by_cell, drawn, run_cell

RUNS, POINTS, A_PERIOD, LONG = 5, 1000, 100, 60


def polynomials(system: dict[str, Any], texts: list[str]) -> list[dict[tuple[int, ...], float]]:
    """Coefficients of right sides by exponents of the states; what is no polynomial raises."""
    import sympy

    names = sympy.symbols(system["states"])
    known = {str(name): name for name in names}
    values = {sympy.Symbol(name): value for name, value in system["parameters"].items() if name not in known}
    found = []
    for text in texts:
        local = {**known, **{str(name): name for name in values}}
        poly = sympy.Poly(sympy.sympify(text, locals=local).subs(values).expand(), *names)
        found.append({powers: float(value) for powers, value in poly.terms() if value})
    return found


def trajectories(system: dict[str, Any], noise: float, seed: int) -> list[dict[str, np.ndarray]]:
    """Noisy runs, by name."""
    import sympy

    names = sympy.symbols(system["states"])
    local = {str(name): name for name in names}
    local |= {name: sympy.Float(value) for name, value in system["parameters"].items() if name not in local}
    right = [sympy.sympify(text, locals=local) for text in system["rhs"]]
    function = sympy.lambdify(names, right, "numpy")

    def rates(t: float, x: np.ndarray) -> np.ndarray:
        return np.array(function(*x), dtype=float)

    period = system["period"]
    long = solve_ivp(
        rates, (0.0, LONG * period), system["initial_conditions"], rtol=1e-9, atol=1e-9, dense_output=True
    )
    generator = np.random.default_rng(seed)
    starts = generator.uniform(0.2 * long.t[-1], long.t[-1], RUNS)
    t = np.arange(POINTS) * period / A_PERIOD
    found = []
    for start in starts:
        states = solve_ivp(rates, (0.0, t[-1]), long.sol(start), t_eval=t, rtol=1e-10, atol=1e-10).y
        rms = np.sqrt(np.mean(states**2, axis=1, keepdims=True))
        states = states + noise * rms * generator.standard_normal(states.shape)
        found.append({"t": t, **dict(zip(system["states"], states, strict=True))})
    return found


def error_of(truth: list[dict[Any, float]], found: list[dict[Any, float]]) -> tuple[float, float]:
    """Normalised error of the coefficients, and F1 of the terms."""
    square = sum(
        (true.get(key, 0.0) - own.get(key, 0.0)) ** 2
        for true, own in zip(truth, found, strict=True) for key in {*true, *own}
    )  # fmt: skip
    size = sum(value**2 for true in truth for value in true.values())
    right = sum(len({*true} & {*own}) for true, own in zip(truth, found, strict=True))
    all_terms = sum(len(true) + len(own) for true, own in zip(truth, found, strict=True))
    return float(np.sqrt(square / size)), 2.0 * right / all_terms


def trial(name: str, system: dict[str, Any], settings: argparse.Namespace) -> dict[str, Any]:
    """One system."""
    from symlaw import DynamicsRegressor

    runs = trajectories(system, settings.noise, settings.seed)
    began = time.monotonic()
    record: dict[str, Any] = {"name": name, "error": None, "f1": 0.0}
    try:
        model = DynamicsRegressor(time_budget=settings.seconds).fit(runs, states=system["states"])
        record["seconds"] = time.monotonic() - began
        record["found"] = str(model.system_).splitlines()
        record["noise"] = model.noise_
        own = polynomials(system, [one.text() for one in model.system_.expressions])
        record["error"], record["f1"] = error_of(polynomials(system, system["rhs"]), own)
    except Exception as error:
        record.setdefault("seconds", time.monotonic() - began)
        record["failed"] = f"{type(error).__name__}: {error}"
    return record


def run(settings: argparse.Namespace) -> None:
    """Try the systems that the output lacks."""
    systems = json.loads(settings.problems.read_text(encoding="utf-8"))["systems"]
    names = sorted(systems)
    names = [names[k] for k in drawn(len(names), settings.sample, settings.sample_seed)]
    run_cell(
        {name: partial(trial, name, systems[name], settings) for name in names},
        settings.output,
        key="name",
        cell={"noise": settings.noise, "seed": settings.seed},
        line=_line,
    )


def _line(record: dict[str, Any]) -> str:
    said = record.get("failed") or "; ".join(record["found"])
    figures = f"{record['error']!s:>24} F1 {record['f1']:.2f} {record['seconds']:6.1f} s"
    return f"{record['name']:>20} {figures}  {said}"


def summary(path: Path) -> None:
    """Shares of systems below errors of 1 and 10%."""
    for cell, own in by_cell(path).items():
        errors = np.array([np.inf if line["error"] is None else line["error"] for line in own])
        print(
            f"{cell}: {len(own)} systems, error below 1%: {100 * np.mean(errors < 0.01):.0f}%,"
            f" below 10%: {100 * np.mean(errors < 0.1):.0f}%, median {np.median(errors):.2g},"
            f" mean F1 {np.mean([line['f1'] for line in own]):.2f},"
            f" seconds {np.median([line['seconds'] for line in own]):.0f}"
        )


def main() -> None:
    """Run or sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--problems", type=Path, help="the collection, a JSON file")
    parser.add_argument("--output", type=Path, default=Path("chaotic.jsonl"))
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--sample-seed", type=int, default=0)
    settings = parser.parse_args()
    if settings.summary is not None:
        summary(settings.summary)
    else:
        run(settings)


if __name__ == "__main__":
    main()
