"""Terms of right sides beside those of pysindy 2.1, on the polynomial systems of both collections.

The 37 polynomial systems of ODEBench (one run of 512 points, noise that multiplies each value) and the 70
chaotic ones (five runs of 1,000 points, noise as a share of each state's root mean square). What counts is F1
of the expanded terms of all right sides, coefficients left out. pysindy has its defaults; with ``--scan`` its
thresholds are also scanned, over a library of degree 4, and the best is chosen by the corrected information
criterion of Akaike on a clean run that nobody is fitted to, which favours it as the published study does. The
study's own values are not published: 40 from 0.001 to 10 are tried, evenly on a logarithmic scale.

    python -m benchmarks.dynamics_peer --odebench odebench.json --chaotic chaotic70.json --sample 20 --scan 20
    python -m benchmarks.dynamics_peer --summary peer.jsonl

Needs ``pip install "symlaw[benchmarks]"``. Lines are written as they come; a run goes on where its file ends.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.dynamics import is_polynomial, noisy, rates_of, solved
from benchmarks.dynamics_chaotic import trajectories
from benchmarks.dynamics_trust import coefficients
from benchmarks.resuming import by_cell, drawn, run_cell

Run = dict[str, np.ndarray]
_THRESHOLDS = np.geomspace(1e-3, 10.0, 40)
_DEGREE = 4
# What pysindy prints as other than 0.000.
_PRINTED = 5e-4


class Problem(NamedTuple):
    """A system with noisy runs, and a clean one that nobody is fitted to."""

    states: list[str]
    truth: list[str]
    runs: list[Run]
    other: Run


def from_odebench(system: dict[str, Any], grid: np.ndarray, settings: argparse.Namespace) -> Problem:
    """One run from the first state; the clean one is from the second."""
    rates, names = rates_of(system), [f"x_{k}" for k in range(system["dim"])]
    clean = [solved(rates, first, grid) for first in system["init"]]
    times, states = noisy(clean[0], grid, settings.noise, 0.0, 1000 * settings.seed + system["id"])
    run, other = (
        {"t": t, **dict(zip(names, s.T, strict=True))} for t, s in ((times, states), (grid, clean[-1]))
    )
    return Problem(names, system["substituted"][0], [run], other)


def from_chaotic(system: dict[str, Any], settings: argparse.Namespace) -> Problem:
    """Five runs; the clean one is drawn by another seed."""
    import sympy

    known = {name: sympy.Symbol(name) for name in system["states"]}
    values = {k: v for k, v in system["parameters"].items() if k not in known}
    local = {**known, **{name: sympy.Float(value) for name, value in values.items()}}
    truth = [str(sympy.sympify(text, locals=local)) for text in system["rhs"]]
    runs = trajectories(system, settings.noise, settings.seed)
    other = trajectories(system, 0.0, settings.seed + 10_000)[0]
    return Problem(system["states"], truth, runs, other)


def f1(problem: Problem, found: list[set[str]]) -> float:
    """F1 of the terms of all right sides."""
    truth = [set(one) for one in coefficients(tuple(problem.states), problem.truth)]
    right = sum(len(true & own) for true, own in zip(truth, found, strict=True))
    return 2.0 * right / sum(len(true) + len(own) for true, own in zip(truth, found, strict=True))


def terms_of_symlaw(problem: Problem, settings: argparse.Namespace) -> list[set[str]]:
    """Expanded terms of the recommended system."""
    from symlaw import DynamicsRegressor

    model = DynamicsRegressor(time_budget=settings.seconds).fit(problem.runs, states=problem.states)
    own = coefficients(tuple(problem.states), [one.text() for one in model.system_.expressions])
    return [set(one) for one in own]


def fitted_peer(problem: Problem, threshold: float | None) -> Any:
    """pysindy with its defaults, or with a threshold over a library of degree 4."""
    import pysindy

    more: dict[str, Any] = {}
    if threshold is not None:
        more = {
            "optimizer": pysindy.STLSQ(threshold=threshold),
            "feature_library": pysindy.PolynomialLibrary(degree=_DEGREE),
        }
    model = pysindy.SINDy(**more)
    states = [np.column_stack([run[name] for name in problem.states]) for run in problem.runs]
    return model.fit(states, t=[run["t"] for run in problem.runs], feature_names=problem.states)


def terms_of_peer(problem: Problem, model: Any) -> list[set[str]]:
    """Terms of a model of pysindy that it prints: others far below its threshold have coefficients too."""
    names = [one.replace(" ", "*").replace("^", "**") for one in model.get_feature_names()]
    texts = [
        " + ".join(name for name, value in zip(names, row, strict=True) if abs(value) >= _PRINTED) or "0"
        for row in model.coefficients()
    ]
    return [set(one) - {"0"} for one in coefficients(tuple(problem.states), texts)]


def scanned(problem: Problem) -> Any:
    """The threshold's model that says the rates of the clean run best for its number of terms."""
    states = np.column_stack([problem.other[name] for name in problem.states])
    rates = np.gradient(states, problem.other["t"], axis=0, edge_order=2)
    best, least = None, np.inf
    for threshold in _THRESHOLDS:
        model = fitted_peer(problem, float(threshold))
        n, k = rates.size, int(np.count_nonzero(model.coefficients()))
        left = float(np.sum((model.predict(states) - rates) ** 2))
        criterion = n * np.log(max(left, 1e-300) / n) + 2 * k + 2 * k * (k + 1) / max(n - k - 1, 1)
        if k and criterion < least:
            best, least = model, criterion
    return best if best is not None else fitted_peer(problem, None)


def trial(name: str, make: Any, settings: argparse.Namespace, *, scan: bool) -> dict[str, Any]:
    """F1 and seconds of each engine; one that fails has 0."""
    problem: Problem = make()
    engines = {
        "symlaw": lambda: terms_of_symlaw(problem, settings),
        "pysindy": lambda: terms_of_peer(problem, fitted_peer(problem, None)),
    }
    if scan:
        engines["scanned"] = lambda: terms_of_peer(problem, scanned(problem))
    record: dict[str, Any] = {"name": name, "f1": {}, "seconds": {}, "failed": {}}
    for engine, fit in engines.items():
        began = time.monotonic()
        record["f1"][engine] = 0.0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                record["f1"][engine] = f1(problem, fit())
        except ImportError:
            raise
        except Exception as error:
            record["failed"][engine] = f"{type(error).__name__}: {error}"
        record["seconds"][engine] = time.monotonic() - began
    return record


def problems(settings: argparse.Namespace) -> dict[str, Any]:
    """What makes each problem, by name."""
    odebench = json.loads(settings.odebench.read_text(encoding="utf-8"))
    chaotic = json.loads(settings.chaotic.read_text(encoding="utf-8"))["systems"]
    grid = np.linspace(*odebench["t_span"], 512)
    found: dict[str, Any] = {
        f"odebench {one['id']}": partial(from_odebench, one, grid, settings)
        for one in odebench["systems"]
        if is_polynomial(one)
    }
    found |= {name: partial(from_chaotic, chaotic[name], settings) for name in sorted(chaotic)}
    return found


def run(settings: argparse.Namespace) -> None:
    """Try the systems that the output lacks."""
    import pysindy

    every = problems(settings)
    names = list(every)
    chosen = [names[k] for k in drawn(len(names), settings.sample, settings.sample_seed)]
    scans = {names[k] for k in drawn(len(names), settings.scan or 0, settings.sample_seed)}
    run_cell(
        {name: partial(trial, name, every[name], settings, scan=name in scans) for name in chosen},
        settings.output,
        key="name",
        cell={"noise": settings.noise, "seed": settings.seed, "pysindy": pysindy.__version__},
        line=lambda record: f"{record['name']:>24} {record['f1']} {record['failed'] or ''}",
    )


def summary(path: Path) -> None:
    """How often each engine is not beaten by the other."""
    for cell, own in by_cell(path).items():
        for peer in ("pysindy", "scanned"):
            pairs = [(one["f1"]["symlaw"], one["f1"][peer]) for one in own if peer in one["f1"]]
            if not pairs:
                continue
            mine, theirs = np.array(pairs).T
            print(
                f"{cell}, {peer}: {len(pairs)} systems, mean F1 {mine.mean():.2f} and {theirs.mean():.2f},"
                f" symlaw wins or ties in {100 * np.mean(mine >= theirs):.0f}%, wins in"
                f" {100 * np.mean(mine > theirs):.0f}%"
            )


def main() -> None:
    """Run or sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--odebench", type=Path, help="the collection, a JSON file")
    parser.add_argument("--chaotic", type=Path, help="the chaotic systems, a JSON file")
    parser.add_argument("--output", type=Path, default=Path("peer.jsonl"))
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--sample", type=int, help="so many systems, drawn by a seed")
    parser.add_argument("--sample-seed", type=int, default=0)
    parser.add_argument("--scan", type=int, help="scan thresholds too on so many of all, drawn by that seed")
    settings = parser.parse_args()
    if settings.summary is not None:
        summary(settings.summary)
    else:
        run(settings)


if __name__ == "__main__":
    main()
