"""Whether what is said of found systems holds: conserved quantities, and how often intervals cover the truth.

``conserved``: six systems with conserved quantities and six without, from one run each with noise of 1% of
each state's standard deviation. A quantity counts where it stays the same along the *true* solution from
another first state, to 2% of its standard deviation over the states visited; of the dissipative ones none
may be claimed.

``coverage``: how often 90% intervals of constants hold the true ones, and 90% bands of forecasts the true
states, over noise seeds of three systems; only fits with the true terms have such constants.

``noisy``: how often the terms of Lorenz's system are found from one run of ten time units and 1,000 rows,
with noise of 30% of each state's root mean square; first states are drawn by the seed too.

    python -m benchmarks.dynamics_trust --part noisy --noise 0.3 --seeds 20 --output trust.jsonl
    python -m benchmarks.dynamics_trust --part conserved --output trust.jsonl
    python -m benchmarks.dynamics_trust --part coverage --seeds 20 --output trust.jsonl
    python -m benchmarks.dynamics_trust --summary trust.jsonl

Lines are written as they come; a run goes on where its file ends.
"""

from __future__ import annotations

import argparse
import time
import warnings
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp
from scipy.stats import norm

from benchmarks.resuming import by_cell, run_cell


class Truth(NamedTuple):
    """A system: right sides in states and ``t``, first states of a fit and of a check, span, rows."""

    states: tuple[str, ...]
    equations: tuple[str, ...]
    first: tuple[float, ...]
    other: tuple[float, ...]
    span: float
    rows: int = 200

    def rates(self) -> Any:
        """Rates for SciPy."""
        import sympy

        names = sympy.symbols(self.states)
        given = [sympy.sympify(text, locals={str(n): n for n in names}) for text in self.equations]
        function = sympy.lambdify(names, given, "numpy")
        return lambda t, x: np.array(function(*x), dtype=float)

    def solved(self, first: Any, times: np.ndarray) -> np.ndarray:
        """States (n_times, n_states)."""
        rates = self.rates()
        span = (times[0], times[-1])
        return solve_ivp(rates, span, first, "LSODA", times, rtol=1e-10, atol=1e-12).y.T

    def measured(self, noise: float, seed: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Noisy columns, and the clean states."""
        times = np.linspace(0.0, self.span, self.rows)
        clean = self.solved(self.first, times)
        generator = np.random.default_rng(seed)
        states = clean + noise * clean.std(axis=0) * generator.standard_normal(clean.shape)
        return {"t": times, **dict(zip(self.states, states.T, strict=True))}, clean


XY, XV, XYZ = ("x", "y"), ("x", "v"), ("x", "y", "z")
KEEPING = {
    "harmonic": Truth(XV, ("v", "-1.7*x"), (1.0, 0.0), (0.5, 0.6), 15.0),
    "anharmonic": Truth(XV, ("v", "-x - 0.8*x**3"), (1.5, 0.0), (0.7, 0.5), 15.0),
    "pendulum": Truth(XV, ("v", "-2.3*sin(x)"), (2.4, 0.0), (1.0, 0.5), 20.0, 300),
    "kepler": Truth(
        ("x", "y", "u", "w"), ("u", "w", "-x/(x**2 + y**2)**1.5", "-y/(x**2 + y**2)**1.5"),
        (1.0, 0.0, 0.0, 0.8), (1.1, 0.1, 0.0, 0.8), 12.0, 300,
    ),
    "prey": Truth(XY, ("1.1*x - 0.4*x*y", "0.1*x*y - 0.4*y"), (8.0, 4.0), (5.0, 3.0), 30.0, 300),
    "body": Truth(XYZ, ("0.8*y*z", "-1.2*x*z", "0.5*x*y"), (1.0, 0.2, 0.8), (0.6, 0.5, 0.7), 20.0, 300),
}  # fmt: skip
LOSING = {
    "damped": Truth(XV, ("v", "-0.2*v - 2.3*sin(x)"), (2.4, 0.0), (1.0, 0.5), 20.0, 300),
    "van der pol": Truth(XY, ("y", "1.2*(1 - x**2)*y - x"), (0.5, 0.0), (2.0, 1.0), 20.0, 300),
    "lorenz": Truth(
        XYZ, ("10*(y - x)", "x*(28 - z) - y", "x*y - 8*z/3"), (-8.0, 7.0, 27.0), (1.0, 2.0, 20.0), 8.0, 800
    ),
    "competition": Truth(
        XY, ("x*(1 - x - 0.6*y)", "0.8*y*(1 - y - 0.5*x)"), (0.1, 0.2), (1.5, 1.2), 15.0
    ),
    "nerve": Truth(
        XY, ("x - x**3/3 - y + 0.5", "0.08*(x + 0.7 - 0.8*y)"), (-1.0, 1.0), (1.0, 0.0), 80.0, 400
    ),
    "two decays": Truth(XY, ("-1.0*x", "-0.4*y + 0.3*x"), (2.0, 1.0), (1.0, 2.0), 6.0),
}  # fmt: skip
COVERED = {
    "prey": KEEPING["prey"],
    "damped": LOSING["damped"],
    "logistic": Truth(("x",), ("1.3*x - 0.2*x**2",), (0.3,), (3.0,), 6.0, 80),
}
LORENZ = LOSING["lorenz"]._replace(span=10.0, rows=1000)
LEVEL = 0.9


def conserved_trial(name: str, truth: Truth, settings: argparse.Namespace) -> dict[str, Any]:
    """What one system is said to keep, and whether it does."""
    from symlaw import DynamicsRegressor

    data, clean = truth.measured(settings.noise, settings.seed)
    began = time.monotonic()
    model = DynamicsRegressor(time_budget=settings.seconds).fit(data, states=list(truth.states))
    found = model.conserved_
    other = truth.solved(truth.other, np.linspace(0.0, truth.span, 200))
    right = []
    for one in found:
        along, visited = (
            one.quantity.evaluate(dict(zip(truth.states, states.T, strict=True)))
            for states in (other, clean * np.linspace(0.5, 1.5, len(clean))[:, None])
        )
        right.append(bool(np.std(along) < 0.02 * np.std(visited)))
    return {
        "name": name, "keeps": name in KEEPING, "found": [one.quantity.shown(5) for one in found],
        "right": right, "system": model.system_.lines(), "seconds": time.monotonic() - began,
    }  # fmt: skip


def coverage_trial(name: str, truth: Truth, seed: int, settings: argparse.Namespace) -> dict[str, Any]:
    """How often intervals and bands of one fit hold the truth."""
    from symlaw import DynamicsRegressor

    data, _ = truth.measured(settings.noise, seed)
    began = time.monotonic()
    model = DynamicsRegressor(time_budget=settings.seconds).fit(data, states=list(truth.states))
    record: dict[str, Any] = {"name": f"{name} {seed}", "system": model.system_.lines(), "held": []}
    true = coefficients(truth.states, truth.equations)
    own = coefficients(truth.states, [one.text() for one in model.system_.expressions])
    record["same"] = [sorted(one) for one in own] == [sorted(one) for one in true]
    if record["same"]:
        wide = norm.ppf(0.5 + 0.5 * LEVEL)
        for state, value, error in model.system_.constants():
            truths = true[truth.states.index(state)].values()
            nearest = min(truths, key=lambda one, value=value: abs(one - value))
            record["held"].append(bool(abs(value - nearest) < wide * error))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ahead = model.forecast(0.3 * truth.span, points=7, level=LEVEL)
        times = np.concatenate([[0.0], ahead["t"].to_numpy()])
        later = truth.solved(truth.first, times)[2:]
        inside = [
            (ahead[f"{s}_low"].to_numpy()[1:] <= later[:, k])
            & (later[:, k] <= ahead[f"{s}_high"].to_numpy()[1:])
            for k, s in enumerate(truth.states)
        ]
        record["forecast"] = np.concatenate(inside).tolist()
    record["seconds"] = time.monotonic() - began
    return record


def noisy_trial(seed: int, settings: argparse.Namespace) -> dict[str, Any]:
    """Whether the terms are found of a chaotic system in much noise."""
    from symlaw import DynamicsRegressor

    generator = np.random.default_rng([30, seed])
    around = LORENZ._replace(first=tuple(generator.normal((0.0, 0.0, 25.0), 5.0)))
    on = around.solved(around.first, np.linspace(0.0, 10.0, 50))[-1]
    times = np.linspace(0.0, LORENZ.span, LORENZ.rows)
    clean = LORENZ.solved(on, times)
    sizes = np.sqrt(np.mean(clean**2, axis=0))
    noisy = clean + settings.noise * sizes * generator.standard_normal(clean.shape)
    data = {"t": times, **dict(zip(LORENZ.states, noisy.T, strict=True))}
    began = time.monotonic()
    model = DynamicsRegressor(time_budget=settings.seconds).fit(data, states=list(LORENZ.states))
    own = coefficients(LORENZ.states, [one.text() for one in model.system_.expressions])
    true = coefficients(LORENZ.states, LORENZ.equations)
    same = [sorted(one) for one in own] == [sorted(one) for one in true]
    return {"name": f"lorenz {seed}", "system": model.system_.lines(), "terms": same,
            "seconds": time.monotonic() - began}  # fmt: skip


def coefficients(states: tuple[str, ...], texts: Any) -> list[dict[str, float]]:
    """Coefficients of sums of terms, by the term."""
    import sympy

    names = {name: sympy.Symbol(name) for name in states}
    return [
        {str(term): float(value) for term, value in sympy.sympify(text, locals=names).expand()
         .as_coefficients_dict().items()}
        for text in texts
    ]  # fmt: skip


def run(settings: argparse.Namespace) -> None:
    """Try what the output lacks."""
    if settings.part == "conserved":
        trials = {n: partial(conserved_trial, n, t, settings) for n, t in {**KEEPING, **LOSING}.items()}
    elif settings.part == "noisy":
        trials = {f"lorenz {seed}": partial(noisy_trial, seed, settings) for seed in range(settings.seeds)}
    else:
        trials = {
            f"{name} {seed}": partial(coverage_trial, name, truth, seed, settings)
            for seed in range(settings.seeds) for name, truth in COVERED.items()
        }  # fmt: skip
    cell = {"part": settings.part, "noise": settings.noise}
    run_cell(trials, settings.output, key="name", cell=cell, line=_line)


def _line(record: dict[str, Any]) -> str:
    said = record.get("found", record.get("held", record.get("terms")))
    return f"{record['name']:>15} {record['seconds']:6.1f} s  {said}  {'; '.join(record['system'])}"


def summary(path: Path) -> None:
    """What came of each part."""
    for cell, own in by_cell(path).items():
        if "terms" in own[0]:
            print(f"{cell}: the true terms in {sum(one['terms'] for one in own)} of {len(own)}")
        elif "keeps" in own[0]:
            good = [one for one in own if one["keeps"] and one["right"] and all(one["right"])]
            bad = [one for one in own if not all(one["right"])]
            false = [one for one in own if not one["keeps"] and one["found"]]
            keeping = sum(one["keeps"] for one in own)
            print(f"{cell}: {len(good)} of {keeping} kept quantities found, {len(bad)} with a wrong one,"
                  f" {len(false)} of {len(own) - keeping} false claims")  # fmt: skip
        else:
            held = [one for record in own for one in record["held"]]
            ahead = [one for record in own for one in record.get("forecast", ())]
            same = sum(record["same"] for record in own)
            print(
                f"{cell}: the true terms in {same} of {len(own)}; of these {100 * np.mean(held):.0f}% of"
                f" {len(held)} intervals and {100 * np.mean(ahead):.0f}% of {len(ahead)} forecasts hold"
            )


def main() -> None:
    """Run or sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=("conserved", "coverage", "noisy"), default="conserved")
    parser.add_argument("--output", type=Path, default=Path("trust.jsonl"))
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--noise", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60.0)
    settings = parser.parse_args()
    if settings.summary is not None:
        summary(settings.summary)
    else:
        run(settings)


if __name__ == "__main__":
    main()
