"""A library: formulas that a search tries until the law, with and without what was found on related data.

``python -m benchmarks.library [--problems 10] [--evaluations 60000]``. Laws are drawn by a seed. A related
problem has the form of a law, other constants and other names of columns; an unrelated one another
law. Each is fitted without and with a library that was filled by the seen ones.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine import describe, facts

OPERATORS = ["+", "-", "*", "/", "sqrt", "exp", "log"]
SEED, ROWS = 31, 200
# Parts of laws, of two columns and two constants.
PARTS: list[Any] = [
    lambda a, b, x, z: a * np.exp(-b * x) * z,
    lambda a, b, x, z: a * x / (b + x) + z,
    lambda a, b, x, z: a * np.sqrt(x + b * z),
    lambda a, b, x, z: a * x * z + b * np.log(x),
    lambda a, b, x, z: a * x / (z + b * x),
    lambda a, b, x, z: np.sqrt(a * x * x + b * z * z),
    lambda a, b, x, z: a * x * x / z + b,
]


# How a third column comes in.
JOINS: list[Any] = [lambda one, c, w: one + c * w, lambda one, c, w: one * w, lambda one, c, w: one / w]
LAWS = [(part, join) for join in JOINS for part in PARTS]


def table(form: Any, rng: np.random.Generator, names: str) -> tuple[pd.DataFrame, Any]:
    X = rng.uniform(0.4, 3.0, (ROWS, 3))
    part, join = form
    a, b, c = rng.uniform(0.5, 2.5, 3)
    return pd.DataFrame(X, columns=list(names)), join(part(a, b, X[:, 0], X[:, 1]), c, X[:, 2])


def spent(X: pd.DataFrame, y: Any, evaluations: int, library: str | None) -> int:
    """Formulas tried until one is exact, or four times the limit where none is."""
    from symlaw import SymbolicRegressor

    model = SymbolicRegressor(
        operators=OPERATORS, max_evaluations=evaluations, time_budget=None, random_state=0, n_jobs=1,
        searchers=["sparse", "evolution"], library=library, simplify=False, target_loss=1e-12,
    ).fit(X, y)  # fmt: skip
    return model.n_evaluations_ if model.front_["loss"].min() < 1e-12 else 4 * evaluations


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--problems", type=int, default=10)
    parser.add_argument("--evaluations", type=int, default=60_000)
    given = parser.parse_args()
    print(describe(facts()))
    rng = np.random.default_rng(SEED)
    order = rng.permutation(len(LAWS))
    seen, others = ([LAWS[k] for k in some[: given.problems]] for some in (order[::2], order[1::2]))
    with tempfile.TemporaryDirectory() as library:
        for form in seen:
            spent(*table(form, rng, "xzw"), given.evaluations, library)
        for word, forms, names in (("related", seen, "cab"), ("unrelated", others, "xzw")):
            tables = [table(form, rng, names) for form in forms]
            alone = [spent(*one, given.evaluations, None) for one in tables]
            with tempfile.TemporaryDirectory() as copy:
                helped = []
                for one in tables:
                    shutil.copy(f"{library}/forms.json", copy)
                    helped.append(spent(*one, given.evaluations, copy))
            ratio = [b / a for a, b in zip(alone, helped, strict=True)]
            print(f"{word}: alone {alone}, with the library {helped}")
            print(f"  median ratio {statistics.median(ratio):.2f}")


if __name__ == "__main__":
    main()
