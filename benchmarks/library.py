"""A library: formulas that a search tries until the law, with and without what was found on related data.

``python -m benchmarks.library FOLDER [--problems 20] [--evaluations 100000]``. Laws are drawn by a seed. A
related problem has the form of a law that was seen, other constants and other names of columns; an unrelated
one another law. Each is fitted without and with the library that the seen ones filled. FOLDER keeps the
library and a line for each fit, so that a run that was cut off goes on; without more time, fewer problems
are the first of the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine import describe, facts

OPERATORS = ["+", "-", "*", "/", "sqrt", "exp", "log"]
SEED, ROWS = 31, 300
# Parts of laws, of two columns and two constants.
PARTS: list[Any] = [
    lambda a, b, x, z: a * np.exp(-b * x) * z,
    lambda a, b, x, z: a * x / (b + x) + z,
    lambda a, b, x, z: a * np.sqrt(x + b * z),
    lambda a, b, x, z: a * x * z + b * np.log(x),
    lambda a, b, x, z: a * x / (z + b * x),
    lambda a, b, x, z: np.sqrt(a * x * x + b * z * z),
    lambda a, b, x, z: a * x * x / z + b,
    lambda a, b, x, z: a * np.exp(-b * x * z),
    lambda a, b, x, z: a * np.log(1 + b * x) * z,
    lambda a, b, x, z: a * (x - z) / (x + b * z),
    lambda a, b, x, z: a * np.sqrt(x) + b * z,
    lambda a, b, x, z: a * x * np.exp(-b * z),
    lambda a, b, x, z: a / (1 + b * x * x) + z,
    lambda a, b, x, z: a * z * (1 - np.exp(-b * x)),
]


# How a third column comes in.
JOINS: list[Any] = [lambda one, c, w: one + c * w, lambda one, c, w: one * w, lambda one, c, w: one / w]
LAWS = [(part, join) for join in JOINS for part in PARTS]


def table(form: Any, rng: np.random.Generator, names: str) -> tuple[pd.DataFrame, Any]:
    X = rng.uniform(0.4, 3.0, (ROWS, 3))
    part, join = form
    a, b, c = rng.uniform(0.5, 2.5, 3)
    return pd.DataFrame(X, columns=list(names)), join(part(a, b, X[:, 0], X[:, 1]), c, X[:, 2])


def spent(X: pd.DataFrame, y: Any, evaluations: int, library: Path | None) -> int:
    """Formulas tried until one is exact, or four times the limit where none is."""
    from symlaw import SymbolicRegressor

    model = SymbolicRegressor(
        operators=OPERATORS, max_evaluations=evaluations, time_budget=None, random_state=0, n_jobs=1,
        library=library, simplify=False, target_loss=1e-12,
    ).fit(X, y)  # fmt: skip
    return model.n_evaluations_ if model.front_["loss"].min() < 1e-12 else 4 * evaluations


class Known:
    """Numbers of fits that were made, in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.found = {name: number for name, number in map(json.loads, lines)}

    def number(self, name: str, fit: Callable[[], int]) -> int:
        """The number of a fit, made where it is not known."""
        if name not in self.found:
            self.found[name] = fit()
            with self.path.open("a") as file:
                file.write(json.dumps([name, self.found[name]]) + "\n")
            print(f"{name}: {self.found[name]:,}", flush=True)
        return self.found[name]


def helped(one: tuple[pd.DataFrame, Any], evaluations: int, library: Path) -> int:
    """With a copy of the library, so that problems do not learn of each other."""
    copy = library.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(library, copy)
    return spent(*one, evaluations, copy)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--problems", type=int, default=20)
    parser.add_argument("--evaluations", type=int, default=100_000)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    known, library = Known(given.folder / "fits.jsonl"), given.folder / "library"
    print(describe(facts()))
    order = np.random.default_rng(SEED).permutation(len(LAWS))
    seen, others = ([LAWS[k] for k in some[: given.problems]] for some in (order[::2], order[1::2]))

    def tables(kind: int, forms: list[Any], names: str) -> list[tuple[pd.DataFrame, Any]]:
        rngs = [np.random.default_rng([SEED, kind, place]) for place in range(len(forms))]
        return [table(form, rng, names) for form, rng in zip(forms, rngs, strict=True)]

    for place, one in enumerate(tables(0, seen, "xzw")):
        known.number(f"seen {place}", lambda one=one: spent(*one, given.evaluations, library))
    for word, kind, forms, names in (("related", 1, seen, "cab"), ("unrelated", 2, others, "xzw")):
        ratios = []
        for place, one in enumerate(tables(kind, forms, names)):
            alone = known.number(
                f"{word} {place} alone", lambda one=one: spent(*one, given.evaluations, None)
            )
            name = f"{word} {place} with the library of {given.problems}"
            with_it = known.number(name, lambda one=one: helped(one, given.evaluations, library))
            ratios.append(with_it / alone)
        told = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        print(f"{word}: median ratio {statistics.median(ratios):.3f} of {told}")


if __name__ == "__main__":
    main()
