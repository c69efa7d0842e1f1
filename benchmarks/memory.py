"""Memory of fits in one process: the peak of the first, and whether later ones add to it.

``python -m benchmarks.memory``: default fits of one table after each other, with the resident memory after
each and the highest so far. Kernels are compiled beforehand by ``symlaw warmup``, in another process.
"""

from __future__ import annotations

import argparse
import gc
import resource
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.machine import describe, facts
from symlaw import SymbolicRegressor

_PAGE = resource.getpagesize()


def resident() -> float:
    """GiB of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**30


def highest() -> float:
    """GiB that it held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    add = parser.add_argument
    add("--rows", type=int, default=10_000, help="rows of the table")
    add("--columns", type=int, default=10, help="its columns")
    add("--fits", type=int, default=30, help="fits in the process")
    add("--seconds", type=float, default=10.0, help="time of each")
    add("--threads", type=int, default=2, help="threads of each")
    options = parser.parse_args(arguments)
    subprocess.run([sys.executable, "-m", "symlaw", "warmup"], check=True, stdout=subprocess.DEVNULL)
    print(describe(facts()))
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 3.0, (options.rows, options.columns))
    y = X[:, 0] * np.exp(-X[:, 1]) + np.sin(X[:, 2]) / X[:, 3] + 0.05 * rng.normal(size=options.rows)
    print(f"table: {(X.nbytes + y.nbytes) / 2**20:.1f} MiB; before the first fit {resident():.2f} GiB")
    for number in range(1, options.fits + 1):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = SymbolicRegressor(
                time_budget=options.seconds, n_jobs=options.threads, random_state=number
            ).fit(X, y)
        del model
        gc.collect()
        print(f"fit {number}: now {resident():.2f} GiB, highest {highest():.2f} GiB", flush=True)


if __name__ == "__main__":
    main()
