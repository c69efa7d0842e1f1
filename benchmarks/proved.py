"""Are the least losses of short formulas those of plain NumPy enumeration?

    python -m benchmarks.proved [--tables 20] [--made 0] [--first 0] [--symbols 7] [--seconds 10]
        [--threads 2] [--operators + - * / sqrt exp]

Each published table of ours is cut to its first two inputs and 200 rows. symlaw enumerates formulas without
constants of up to ``--symbols`` symbols in so many seconds; NumPy makes every such formula, leaves none out,
takes none for another, and fits scale and offset to each. What leaves another loss when it is computed with
more digits (``numpy.longdouble``) is made of rounding and is left out there. Printed for each table: the
symbols that symlaw enumerated in full, the time, whether the smallest loss of each number of symbols is the
same to 1e-9, and the best formula. ``--made N`` takes N made-up tables of two columns and 200 rows instead,
for which NumPy needs minutes each.
"""

from __future__ import annotations

import argparse
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple

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
# By what share of itself, and of the target's variance, what a formula leaves may depend on digits.
_SAME, _NOTHING = 1e-6, 1e-12


def least_by_numpy(X: Array, y: Array, rows: Sequence[Operator], symbols: int) -> list[float]:
    """Smallest share of the variance that formulas of up to 1, 2, ... symbols leave."""
    columns = np.ascontiguousarray(X.T)
    made = [_Made(columns[:0], []), _Made(columns, [(place,) for place in range(len(columns))])]
    least: list[float] = []
    for size in range(1, symbols + 1):
        best, kept = least[-1] if least else np.inf, []
        for some in [made[1]] if size == 1 else _of_size(size, made, rows):
            best = _less(some, columns, y, best)
            if 1 < size < symbols - 1:
                kept.append(some)
        if kept:
            names = [name for some in kept for name in some.names]
            made.append(_Made(np.concatenate([some.values for some in kept]), names))
        least.append(best)
    return least


class _Made(NamedTuple):
    """Some formulas' values (n, n_rows), and each as an operator and its arguments; a column by its place."""

    values: Array
    names: Sequence[Any]


def _of_size(size: int, made: list[_Made], rows: Sequence[Operator]) -> Iterator[_Made]:
    """All formulas of a size, some at a time; those of the size below are made again if not kept."""
    for below in made[size - 1 : size] or _of_size(size - 1, made, rows):
        for begin in range(0, len(below.names), _CHUNK):
            inner, names = below.values[begin : begin + _CHUNK], below.names[begin : begin + _CHUNK]
            for row in rows:
                if row.arity == 1:
                    yield _Made(row.numpy_function(inner), [(row, name) for name in names])
    for size_of_left in range(1, size - 1):
        left, right = made[size_of_left], made[size - 1 - size_of_left]
        for values, name in zip(left.values, left.names, strict=True):
            for begin in range(0, len(right.names), _CHUNK):
                others, names = right.values[begin : begin + _CHUNK], right.names[begin : begin + _CHUNK]
                for row in rows:
                    if row.arity == 2:
                        found = row.numpy_function(values[None, :], others)
                        yield _Made(found, [(row, name, other) for other in names])


def _less(some: _Made, columns: Array, y: Array, best: float) -> float:
    """The least that some formulas leave which are not made of rounding, if that is less than the best."""
    left = _left(some.values, y)
    for place in np.argsort(left, kind="stable"):
        if not left[place] < best:
            return best
        longer = _value(some.names[place], columns.astype(np.longdouble)).astype(float)
        if abs(_left(longer[None, :], y)[0] - left[place]) <= _SAME * left[place] + _NOTHING:
            return float(left[place])
    return best


def _value(formula: Any, columns: NDArray[Any]) -> NDArray[Any]:
    """Values of a formula in the precision of the columns."""
    if len(formula) == 1:
        return columns[formula[0]]
    return np.asarray(formula[0].numpy_function(*(_value(part, columns) for part in formula[1:])))


def _left(values: Array, y: Array) -> Array:
    """Share of the variance that each of some formulas leaves; inf where it is undefined or constant."""
    left, largest = np.full(len(values), np.inf), np.max(np.abs(values), axis=1)
    usable = np.flatnonzero(np.isfinite(largest) & (largest > 0.0))
    scaled = values[usable] / largest[usable, None]
    deviation, target = scaled - scaled.mean(axis=1, keepdims=True), y - y.mean()
    moving = np.sqrt(np.mean(deviation**2, axis=1)) > 1e-10
    usable, deviation = usable[moving], deviation[moving]
    scale = deviation @ target / np.sum(deviation**2, axis=1)
    rest = target - scale[:, None] * deviation
    left[usable] = np.sum(rest**2, axis=1) / np.sum(target**2)
    return left


def compared(
    table: RealSet, rows: Sequence[Operator], symbols: int, seconds: float, threads: int
) -> tuple[bool, str]:
    """Whether both agree on a table, all symbols enumerated in time, and a line that says so."""
    X, y = table.X[:ROWS, :COLUMNS], table.y[:ROWS]
    begin, clock = time.process_time(), time.monotonic()
    effort = Effort(size=symbols, formulas=np.inf, values=np.inf, seconds=seconds, threads=threads)
    proof = least_losses(X, y, rows, effort=effort, names=table.inputs[:COLUMNS])
    used, wall = time.process_time() - begin, time.monotonic() - clock
    reached = len(proof.losses)
    with np.errstate(all="ignore"):
        expected = least_by_numpy(X, y, rows, reached)
    found = np.array(proof.losses)
    equal = bool(np.allclose(found, expected, rtol=1e-9, atol=1e-14))
    verdict = "equal" if equal else f"differs: {found} {expected}"
    line = f"{table.name:20} {X.shape[1]} columns {len(y):4d} rows  {reached} symbols"
    line += f", {proof.n_formulas:9,} formulas, {wall:4.1f} s, {used:4.1f} s of the process  {verdict}"
    return equal and reached == symbols, f"{line}  {found[-1]:.4g} {proof.best[-1]}"


def made_table(seed: int) -> Any:
    """A table of 200 rows and two columns, the target of which is a wavy surface with noise."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(0.2, 3.0, (ROWS, COLUMNS))
    y = np.sin(X @ rng.normal(size=COLUMNS)) + X @ rng.normal(size=COLUMNS) + 0.1 * rng.normal(size=ROWS)
    return SimpleNamespace(name=f"made {seed}", inputs=("a", "b"), X=X, y=y)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--tables", type=int, default=20)
    parser.add_argument("--made", type=int, default=0, help="made-up tables of 200 rows instead")
    parser.add_argument("--first", type=int, default=0, help="tables that are passed over")
    parser.add_argument("--symbols", type=int, default=7, help="of the longest formulas")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--operators", nargs="+", default=list(OPERATORS))
    options = parser.parse_args()
    print(describe(facts()))
    rows, hits = [operator(name) for name in options.operators], 0
    # what was not compiled before is now
    least_losses(np.arange(12.0).reshape(6, 2), np.arange(6.0) ** 2, rows, effort=Effort(size=4))
    # those of two columns first
    tables = sorted(load(), key=lambda one: -min(len(one.inputs), COLUMNS))[: options.tables]
    if options.made > 0:
        tables = list(map(made_table, range(options.made)))
    for table in tables[options.first :]:
        equal, line = compared(table, rows, options.symbols, options.seconds, options.threads)
        hits += equal
        print(line, flush=True)
    print(f"{hits} of {len(tables) - options.first} equal")


if __name__ == "__main__":
    main()
