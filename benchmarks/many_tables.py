"""Many small tables: five planted families of laws under 1% noise, a tenth of the tables pure noise.

``python -m benchmarks.many_tables [--tables 2000] [--jobs 2] [--folder DIR]``: 40 rows of two columns,
constants drawn for each; the subset is fixed by its number. With a folder a run that was cut off goes on. A
law counts as recommended where the formula, its constants fitted again on clean rows, has the law's values
on fresh rows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.machine import describe, facts

Array = NDArray[np.float64]
ROWS, NOISE, SEED = 40, 0.01, 25
OPERATORS = ["+", "-", "*", "/", "sqrt", "exp", "log", "sin"]
# Constants are of a size that tells in the ranges of the columns.
FAMILIES: list[Callable[[Array, Array, Array], Array]] = [
    lambda a, x, z: 3 * a[0] * np.exp(-a[1] * x) + a[2] * z,
    lambda a, x, z: 3 * a[0] * x / (a[1] + x) + a[2] * z,
    lambda a, x, z: 2 * a[0] * x * np.sqrt(z) + a[1],
    lambda a, x, z: a[0] * np.log(x) * z + a[1] * x,
    lambda a, x, z: 2 * a[0] * x * z / (x + a[1] * z),
]


def drawn(rng: np.random.Generator, n: int) -> Array:
    return rng.uniform(0.3, 4.0, (n, 2))


def tables(n: int) -> tuple[pd.DataFrame, list[int], Array]:
    """The tables one below the other, the family of each (-1 for noise), and the constants."""
    rng, frames = np.random.default_rng(SEED), []
    kinds, constants = [], rng.uniform(0.5, 2.0, (n, 3))
    for number in range(n):
        kind = -1 if number % 10 == 9 else number % 5
        X = drawn(rng, ROWS)
        y = rng.normal(size=ROWS)
        if kind >= 0:
            law = FAMILIES[kind](constants[number], X[:, 0], X[:, 1])
            y = law + NOISE * np.sqrt(np.mean(law**2)) * y
        frames.append(pd.DataFrame({"sensor": number, "x": X[:, 0], "z": X[:, 1], "y": y}))
        kinds.append(kind)
    return pd.concat(frames, ignore_index=True), kinds, constants


def is_law(expression: object, kind: int, constants: Array) -> bool:
    """Whether a formula, refitted to clean rows, is a family's law on fresh ones."""
    import symlaw

    rng = np.random.default_rng(SEED + 1)
    X, fresh = drawn(rng, 400), drawn(rng, 400)
    law, new = (FAMILIES[kind](constants, one[:, 0], one[:, 1]) for one in (X, fresh))
    refitted = symlaw.refit(expression, {"x": X[:, 0], "z": X[:, 1]}, law)  # type: ignore[arg-type]
    values = refitted.evaluate({"x": fresh[:, 0], "z": fresh[:, 1]})
    return bool(np.all(np.abs(values - new) <= 1e-6 * (np.abs(new) + np.std(new))))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    from symlaw.tasks.many.fitting import fit_many

    print(describe(facts()))
    data, kinds, constants = tables(given.tables)
    began, used = time.monotonic(), time.process_time()
    found = fit_many(
        data, "y", by="sensor", operators=OPERATORS, n_jobs=given.jobs, tell=print, folder=given.folder
    )
    seconds, work = time.monotonic() - began, time.process_time() - used
    frame = found.frame()
    right = [
        kind >= 0 and is_law(row.expression, kind, constants[number])
        for number, (kind, row) in enumerate(zip(kinds, frame.itertuples(), strict=True))
    ]
    n_laws = sum(kind >= 0 for kind in kinds)
    verdicts = zip(kinds, frame["verdict"], strict=True)
    called = sum(kind < 0 and verdict == "identified" for kind, verdict in verdicts)
    print(f"{given.tables} tables, {given.jobs} jobs: {seconds:.0f} s, {work:.0f} s of this process")
    n_noise = given.tables - n_laws
    print(f"laws recommended {sum(right)} of {n_laws}; noise called identified {called} of {n_noise}")
    print(f"{int(frame.searched.sum())} searched; one law: {found.one_law and found.one_law.sentence}")
    for formula, count in found.forms[:12]:
        print(f"  {count:5d}  {formula.shown(4)}")
    for kind in range(5):
        own = [one for one, other in zip(right, kinds, strict=True) if other == kind]
        print(f"  family {kind}: {sum(own)} of {len(own)}")


if __name__ == "__main__":
    main()
