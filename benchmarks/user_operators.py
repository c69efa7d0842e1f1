"""Speed of users' operators: the same trees with a built-in operator and with a user's in its place.

    python -m benchmarks.user_operators [--repeats 9] [--rows 100 1000 10000]

Prints node·rows per second with each, their ratio, and how long it takes from decorating a function to its
first value, with kernels that the disk holds already and with those it does not. Trees have the operators of
the full set of `benchmarks.throughput`; one of them is replaced. A user's copy of a built-in operator tells what
being a user's costs; the airmass formula, which is longer than any built-in one, stands in the place of sin.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.machine import describe, facts
from benchmarks.throughput import NAMES, SETS, medians, random_trees, symlaw_values
from symlaw import operator
from symlaw.language.expression import Expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.operators import Operator

N_TREES = 400


def copy_of_logistic(x: float) -> float:
    """What the table calls logistic."""
    return 1.0 / (1.0 + np.exp(-x))


def bump(x: float) -> float:
    """A user's rational function."""
    return x / (1.0 + x * x)


def airmass(z: float) -> float:
    """Kasten and Young's formula (1989), z in degrees."""
    return 1.0 / (np.cos(z * 0.017453292519943295) + 0.50572 * (96.07995 - z) ** -1.6364)


# What is replaced, and by what: the first two are the same function, and the third replaces what it is made of.
PAIRS = (("logistic", copy_of_logistic), ("square", bump), ("sin", bump), ("sin", airmass), ("exp", airmass))

_FIRST_VALUE = """
import time
import numpy as np
from benchmarks import user_operators as own
from symlaw import operator
from symlaw.engine.evaluate import evaluate
from symlaw.language import parse
from symlaw.language.expression import Expression, Variable
evaluate([parse("x + 1")], np.ones((4, 1)), ["x"])
began = time.perf_counter()
row = operator(own.{name})
evaluate([Expression((Variable("x"), row))], np.ones((4, 1)), ["x"])
print(time.perf_counter() - began)
"""


def replaced(tree: Expression, name: str, row: Operator) -> Expression:
    """A tree with one operator in the place of another."""
    return tree.map_nodes(lambda node: row if getattr(node, "arity", 0) and node.name == name else node)


def throughput_table(rows: Sequence[int], repeats: int) -> None:
    """Print what trees do in a second with the built-in and with the user's operator."""
    print(
        f"{'built-in':<10}{'user’s':<18}{'rows':>8}{'built-in':>10}{'user’s':>10}{'ratio':>8}   (1e9 node·rows/s)"
    )
    for name, function in PAIRS:
        row = operator(function)
        operators = dict.fromkeys((*SETS["full"], name))
        trees = [
            t for t in random_trees(list(operators), 3 * N_TREES) if any(name == _name(n) for n in t.nodes)
        ]
        for count in rows:
            few = trees[: max(20, min(N_TREES, 4_000_000 // count))]
            X = np.random.default_rng(1).uniform(0.1, 3.0, size=(count, len(NAMES)))
            calls = [
                symlaw_values(few, X, "float64"),
                symlaw_values([replaced(tree, name, row) for tree in few], X, "float64"),
            ]
            built_in, users = medians(calls, repeats)
            work = sum(len(tree.nodes) for tree in few) * count / 1e9
            print(
                f"{name:<10}{function.__name__:<18}{count:>8}{work / built_in:>10.2f}{work / users:>10.2f}"
                f"{built_in / users:>8.2f}"
            )


def _name(node: object) -> str:
    return getattr(node, "name", "") if getattr(node, "arity", 0) else ""


def first_values() -> None:
    """Print the seconds from decoration to the first value, in processes of their own."""
    print(
        f"\n{'function':<18}{'not compiled before':>22}{'compiled before':>18}   (seconds to the first value)"
    )
    for function in (bump, airmass):
        with tempfile.TemporaryDirectory() as folder:
            # everything but the user's kernel is compiled by a first process
            environment = {**os.environ, "SYMLAW_CACHE_DIR": folder}
            _first_value(copy_of_logistic.__name__, environment)
            cold = _first_value(function.__name__, environment)
            warm = _first_value(function.__name__, environment)
        print(f"{function.__name__:<18}{cold:>22.2f}{warm:>18.2f}")


def _first_value(name: str, environment: dict[str, str]) -> float:
    script = _FIRST_VALUE.format(name=name)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 1000, 10_000])
    options = parser.parse_args()
    print(describe(facts()))
    throughput_table(options.rows, options.repeats)
    first_values()


if __name__ == "__main__":
    main()
