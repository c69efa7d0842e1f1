"""Are the least losses of short formulas those of plain NumPy enumeration?

    python -m benchmarks.proved [--tables 20] [--symbols 5] [--seconds 10] [--operators + - * / sqrt exp]

Each published table of ours is cut to its first two inputs and 200 rows. symlaw enumerates formulas without
constants for so many seconds; NumPy makes every formula of up to ``--symbols`` symbols, leaves
none out, takes none for another, and fits scale and offset to each. Printed for each table: the symbols that
symlaw enumerated in full, and whether the smallest loss of each number of symbols is the same to 1e-9.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.engines import OPERATORS
from benchmarks.machine import describe, facts
from benchmarks.real_sets import RealSet, load
from symlaw.language.operators import operator
from symlaw.search.exhaustive.proof import Effort, least_losses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language import Operator

    Array = NDArray[np.float64]

COLUMNS, ROWS = 2, 200
_CHUNK = 1000


def least_by_numpy(X: Array, y: Array, rows: Sequence[Operator], symbols: int) -> list[float]:
    """Smallest share of the variance that formulas of up to 1, 2, ... symbols leave."""
    made: list[Array] = [np.zeros((0, len(y))), np.ascontiguousarray(X.T)]
    least = [min(map(_left, [made[1]], [y]))]
    for size in range(2, symbols + 1):
        kept, best = [], least[-1]
        for values in _of_size(size, made, rows):
            best = min(best, _left(values, y))
            if size < symbols:
                kept.append(values)
        made.append(np.concatenate(kept) if kept else made[0])
        least.append(best)
    return least


def _of_size(size: int, made: list[Array], rows: Sequence[Operator]) -> Iterator[Array]:
    for row in rows:
        if row.arity == 1:
            for begin in range(0, len(made[size - 1]), _CHUNK):
                yield row.numpy_function(made[size - 1][begin : begin + _CHUNK])
            continue
        for left in range(1, size - 1):
            right = made[size - 1 - left]
            for values in made[left]:
                for begin in range(0, len(right), _CHUNK):
                    yield row.numpy_function(values[None, :], right[begin : begin + _CHUNK])


def _left(values: Array, y: Array) -> float:
    """Smallest share of the variance that one of some formulas leaves."""
    largest = np.max(np.abs(values), axis=1)
    values = values[np.isfinite(largest)] / largest[np.isfinite(largest), None]
    deviation, target = values - values.mean(axis=1, keepdims=True), y - y.mean()
    moving = np.sqrt(np.mean(deviation**2, axis=1)) > 1e-10
    if not moving.any():
        return np.inf
    deviation = deviation[moving]
    scale = deviation @ target / np.sum(deviation**2, axis=1)
    rest = target - scale[:, None] * deviation
    return float(np.min(np.sum(rest**2, axis=1)) / np.sum(target**2))


def compared(table: RealSet, rows: Sequence[Operator], symbols: int, seconds: float) -> tuple[bool, str]:
    """Whether both agree on a table, and a line that says so."""
    X, y = table.X[:ROWS, :COLUMNS], table.y[:ROWS]
    begin = time.process_time()
    proof = least_losses(X, y, rows, effort=Effort(seconds=seconds))
    used = time.process_time() - begin
    common = min(symbols, len(proof.losses))
    with np.errstate(all="ignore"):
        expected = least_by_numpy(X, y, rows, common)
    found = np.minimum.accumulate(proof.losses[:common])
    equal = bool(np.allclose(found, expected, rtol=1e-9, atol=1e-14))
    verdict = "equal" if equal else f"differs: {found} {expected}"
    line = f"{table.name:20} {X.shape[1]} columns {len(y):4d} rows  {len(proof.losses)} symbols"
    return equal, f"{line}, {proof.n_formulas:9,} formulas, {used:5.1f} s  {verdict} up to {common}"


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--symbols", type=int, default=5, help="that NumPy enumerates")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--operators", nargs="+", default=list(OPERATORS))
    options = parser.parse_args()
    print(describe(facts()))
    rows, hits = [operator(name) for name in options.operators], 0
    # those of two columns first
    tables = sorted(load(), key=lambda one: -min(len(one.inputs), COLUMNS))[: options.tables]
    for table in tables:
        equal, line = compared(table, rows, options.symbols, options.seconds)
        hits += equal
        print(line, flush=True)
    print(f"{hits} of {len(tables)} equal")


if __name__ == "__main__":
    main()
