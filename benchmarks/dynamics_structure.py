"""Systems that are not polynomial, drawn by chance: how often each right side is exactly the law.

Right sides are sums of a linear term and of one or two mechanisms drawn from families that many fields share:
saturations and Hill terms, inhibitions, exponentials, waves with a constant inside, couplings by a
difference, products of these with another state. Numbers are drawn too. Systems whose solution from the first
state is unbounded, settles at once or hardly moves are drawn anew. Exact is what `benchmarks.dynamics` calls
so.

    python -m benchmarks.dynamics_structure --systems 20 --noise 0.01 --output structure.jsonl
    python -m benchmarks.dynamics_structure --summary structure.jsonl

Lines are written as they come; a run goes on where its file ends.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.dynamics import summary, trial
from benchmarks.resuming import run_cell

# Mechanisms of a state u, a state w and a number k; the last ones do without a product in front.
_MECHANISMS = (
    "{u}/({k} + {u})", "{u}**2/({k} + {u}**2)", "{w}*{u}/({k} + {u})", "1/({k} + {u}**2)",
    "{w}/({k} + {u}**2)", "exp(-{k}*{u})", "{w}*exp(-{k}*{u})", "sin({k}*{u})", "cos({k}*{u})",
    "sin({u} - {w})", "tanh({k}*{u})", "{u}*{w}/({k} + {u} + {w})", "sqrt({u})", "log({k} + {u})",
)  # fmt: skip
_PLAIN = ("1", "{u}*{w}", "{u}**2")
_SPAN, _STEPS, _LARGEST, _DRAWS = 10.0, 400, 30.0, 2000


def drawn_system(number: int, seed: int) -> dict[str, Any]:
    """System ``number`` of a seed, as those of `benchmarks.dynamics`."""
    generator = np.random.default_rng((seed, number))
    for _ in range(_DRAWS):
        count = int(generator.choice([1, 2, 2]))
        names = [f"x_{k}" for k in range(count)]
        texts = [_right_side(names, k, generator) for k in range(count)]
        init = np.round(generator.uniform(0.3, 3.0, (2, count)), 2).tolist()
        system = {"id": number, "kind": "drawn", "dim": count, "substituted": [texts], "init": init}
        if _moves(system):
            return system
    raise RuntimeError(f"no system of seed {seed} and number {number} moves and stays bounded")


def _right_side(names: list[str], own: int, generator: np.random.Generator) -> str:
    """A linear term of the own state, a mechanism, and at times another one or a plain term."""
    parts = [f"{_number(generator, signed=True)}*{names[own]}", _part(_MECHANISMS, names, generator)]
    if generator.random() < 0.4:
        parts.append(_part(_MECHANISMS if generator.random() < 0.5 else _PLAIN, names, generator))
    return " + ".join(parts)


def _part(forms: tuple[str, ...], names: list[str], generator: np.random.Generator) -> str:
    form = forms[int(generator.integers(len(forms)))]
    u = names[int(generator.integers(len(names)))]
    others = [name for name in names if name != u]
    if not others and "{w}" in form:
        return _part(forms, names, generator)
    w = others[int(generator.integers(len(others)))] if others else u
    return f"{_number(generator, signed=True)}*" + form.format(u=u, w=w, k=_number(generator))


def _number(generator: np.random.Generator, *, signed: bool = False) -> str:
    """A number of two digits between 0.3 and 3."""
    value = float(np.round(np.exp(generator.uniform(np.log(0.3), np.log(3.0))), 2))
    return str(-value if signed and generator.random() < 0.5 else value)


def _moves(system: dict[str, Any]) -> bool:
    """Whether both solutions stay bounded, and the first moves on for a third of the span in each state."""
    states = _followed(system["substituted"][0], np.array(system["init"]))
    if states is None:
        return False
    first = states[:, 0]
    spread, late = np.ptp(first, axis=0), np.ptp(first[len(first) // 3 :], axis=0)
    return bool(np.all(spread > 0.3 * np.mean(np.abs(first), axis=0)) and np.all(late > 0.05 * spread))


def _followed(texts: list[str], starts: np.ndarray) -> np.ndarray | None:
    """Solutions (n_times, n_starts, n_states) by equal steps of Runge and Kutta; None where one is lost."""
    names = [f"x_{k}" for k in range(len(texts))]
    codes = [compile(text, "right side", "eval") for text in texts]
    known = {name: getattr(np, name) for name in ("exp", "sin", "cos", "tanh", "sqrt", "log")}

    def rates(states: np.ndarray) -> np.ndarray:
        columns = dict(zip(names, states.T, strict=True))
        return np.column_stack([eval(code, known, columns) * np.ones(len(states)) for code in codes])

    found, now, step = [starts], starts, _SPAN / _STEPS
    for _ in range(_STEPS):
        with np.errstate(all="ignore"):
            first = rates(now)
            second = rates(now + 0.5 * step * first)
            third = rates(now + 0.5 * step * second)
            now = now + step / 6.0 * (first + 2.0 * second + 2.0 * third + rates(now + step * third))
        if not np.all(np.abs(now) < _LARGEST):
            return None
        found.append(now)
    return np.array(found)


def run(settings: argparse.Namespace) -> None:
    """Try the systems that the output lacks."""
    grid = np.linspace(0.0, _SPAN, settings.points)
    numbers = settings.only or range(settings.systems)
    systems = {number: drawn_system(number, settings.draw) for number in numbers}
    run_cell(
        {number: partial(trial, one, grid, settings) for number, one in systems.items()},
        settings.output,
        key="id",
        cell={name: getattr(settings, name) for name in ("draw", "noise", "seed", "points")},
        line=lambda record: _line(systems[record["id"]], record),
    )


def _line(system: dict[str, Any], record: dict[str, Any]) -> str:
    said = record.get("error") or "; ".join(record["found"])
    truth = "; ".join(system["substituted"][0])
    verdict = "exact " if record.get("exact") else "missed"
    figures = f"{record['r2']:8.4f} {record['seconds']:6.1f} s"
    return f"{record['id']:>3} {verdict} {figures}  {said}\n      of {truth}"


def main() -> None:
    """Run or sum up."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path("structure.jsonl"))
    parser.add_argument("--summary", type=Path)
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--only", type=int, nargs="*")
    parser.add_argument("--draw", type=int, default=0, help="seed that systems are drawn by")
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=40.0)
    settings = parser.parse_args()
    settings.drop = 0.0
    if settings.summary is not None:
        summary(settings.summary)
    else:
        run(settings)


if __name__ == "__main__":
    main()
