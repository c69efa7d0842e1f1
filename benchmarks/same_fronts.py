"""Fronts of seeded searches to the last bit: a change that should change nothing is held against them.

``python -m benchmarks.same_fronts --write before.json`` on one version, and
``python -m benchmarks.same_fronts --against before.json`` on the other, on the same machine: 24 searches with
budgets of work (tables, units, statements, templates, groups, losses, searchers), made from seeds.
"""

from __future__ import annotations

import argparse
import json
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw import SymbolicRegressor

if TYPE_CHECKING:
    Array = np.ndarray[Any, np.dtype[np.float64]]

    Front = list[list[str]]

_EVALUATIONS = 40_000
_ROWS = 120


class Case(NamedTuple):
    """One search: its name, the function of the columns, what it is asked, and its noise."""

    name: str
    law: Callable[[Array], Array]
    settings: dict[str, Any]
    noise: float = 0.0


def _product(X: Array) -> Array:
    return 2.5 * X[:, 0] * X[:, 1] ** 2 / (1.0 + X[:, 2])


def _wave(X: Array) -> Array:
    return 1.7 * np.exp(-0.4 * X[:, 0]) * np.cos(3.0 * X[:, 1]) + 0.3


def _root(X: Array) -> Array:
    return np.sqrt(X[:, 0] / X[:, 1]) + 0.5 * X[:, 2]


def _steps(X: Array) -> Array:
    return np.where(X[:, 2] > 1.5, 2.0, 0.7) * np.exp(-X[:, 0]) + X[:, 1]


def _counts(X: Array) -> Array:
    return np.round(np.exp(0.8 * X[:, 0] - 0.3 * X[:, 1]) + 1.0)


def _labels(X: Array) -> Array:
    return (X[:, 0] * X[:, 1] > 2.0).astype(float)


CASES = (
    Case("product", _product, {}),
    Case("product, noise", _product, {}, 0.02),
    Case("wave", _wave, {}),
    Case("wave, noise", _wave, {"max_complexity": 20}, 0.05),
    Case("root", _root, {}),
    Case("arithmetic", _product, {"operators": ["+", "-", "*", "/"]}, 0.1),
    Case("evolution", _wave, {"searchers": ["evolution"]}),
    Case("bank", _root, {"searchers": ["bank"], "bank_memory": 64.0}),
    Case("sparse", _wave, {"searchers": ["sparse"]}, 0.01),
    Case("decomposition", _product, {"searchers": ["decomposition"]}),
    Case("tree", _root, {"searchers": ["tree_search"]}),
    Case("units", _product, {"units": {"a": "m", "b": "s", "c": ""}, "target_unit": "m*s**2"}),
    Case("units, noise", _root, {"units": {"a": "m", "b": "m", "c": ""}, "target_unit": ""}, 0.02),
    Case("units, free", _wave, {"units": {"a": "s", "b": "", "c": "kg"}, "target_unit": "kg",
                                "constant_units": "free"}),
    Case("statements", _product, {"constraints": ["increasing in b", "y >= 0"]}, 0.05),
    Case("statement with a price", _root, {"constraints": [{"that": "convex in a", "weight": 0.1}]}, 0.02),
    Case("integers", _product, {"constants": "integer"}),
    Case("template", _wave, {"template": "k * f(a) * g(b) + m"}),
    Case("template, noise", _product, {"template": "f(a, b) / (1 + c)"}, 0.02),
    Case("groups", _steps, {"groups": "c"}, 0.01),
    Case("absolute", _product, {"loss": "absolute"}, 0.05),
    Case("poisson", _counts, {"loss": "poisson"}),
    Case("logistic", _labels, {"loss": "logistic"}),
    Case("relative", _product, {"loss": "relative"}, 0.05),
)  # fmt: skip


def fronts(cases: Sequence[Case] = CASES) -> Iterator[tuple[str, Front]]:
    """Each case's front: complexity, loss and formula with every digit."""
    for number, case in enumerate(cases):
        yield case.name, front_of(case, number)


def front_of(case: Case, seed: int) -> Front:
    """The front of one search."""
    import pandas as pd

    rng = np.random.default_rng([11, seed])
    X = rng.uniform(0.5, 3.0, (_ROWS, 3))
    if case.name == "groups":
        X[:, 2] = rng.integers(1, 3, _ROWS)
    y = case.law(X)
    y = y + case.noise * np.std(y) * rng.normal(size=_ROWS)
    model = SymbolicRegressor(
        max_evaluations=_EVALUATIONS, time_budget=None, random_state=seed, n_jobs=2, **case.settings
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(pd.DataFrame(X, columns=["a", "b", "c"]), pd.Series(y, name="y"))
    rows = model.front_.itertuples()
    return [[f"{row.complexity:g}", float(row.loss).hex(), row.expression.text()] for row in rows]


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the fronts, or compare them with others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_fronts", description=__doc__)
    parser.add_argument("--write", type=Path, help="file to write the fronts to")
    parser.add_argument("--against", type=Path, help="file of another version's fronts")
    options = parser.parse_args(arguments)
    before = json.loads(options.against.read_text()) if options.against else {}
    found = {}
    for name, front in fronts():
        found[name] = front
        word = "" if name not in before else ("same" if before[name] == front else "OTHER")
        print(f"{name:<24} {len(front):>3} rows  {word}", flush=True)
    if options.write:
        options.write.write_text(json.dumps(found, indent=1))
    if before and (changed := [name for name in found if before.get(name) != found[name]]):
        raise SystemExit(f"other fronts: {', '.join(changed)}")


if __name__ == "__main__":
    main()
