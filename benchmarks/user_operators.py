"""Speed of users' operators: the same trees with a built-in operator and with a user's in its place.

    python -m benchmarks.user_operators [--repeats 9] [--rows 100 1000 10000]

Prints how fast trees are evaluated with a user's operator against the same trees with what it computes in
built-in ones: a copy of a built-in operator against that one, a formula against itself written out. Then how
long it takes from decorating a function to its first value: where the disk holds the evaluator and no
built-in operator, where it holds what ``symlaw warmup`` compiles, and where it holds the function's kernel
too. Trees have the operators of the full set of `benchmarks.throughput`; the user's stands in the place of
one of them.
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
from symlaw.knowledge.statements.enclosing import written_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
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


# In whose place a user's operator stands; of the first it is a copy.
PAIRS = (("logistic", copy_of_logistic), ("square", bump), ("sin", airmass))

# What a first process compiles: the evaluator alone, or what `symlaw warmup` compiles for least squares.
_EVALUATOR = """
import numpy as np
from benchmarks.user_operators import copy_of_logistic
from symlaw import operator
from symlaw.engine.evaluate import evaluate
from symlaw.language.expression import Expression, Variable
evaluate([Expression((Variable("x"), operator(copy_of_logistic)))], np.ones((4, 1)), ["x"])
"""
_WARM_UP = """
from symlaw.language.grammar import DEFAULT_OPERATORS
from symlaw.tasks.regression.recorded import warm_up
warm_up(DEFAULT_OPERATORS, losses=False)
"""
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
    return tree.map_nodes(lambda node: row if _name(node) == name else node)


def plain(tree: Expression, name: str, row: Operator) -> Expression:
    """The same in built-in operators."""
    return tree if row.name == f"copy_of_{name}" else written_out(replaced(tree, name, row))


def throughput_table(rows: Sequence[int], repeats: int) -> None:
    """Print the seconds that trees take with built-in operators and with the user's, and the ratio."""
    print(
        f"{'function':<18}{'in place of':<13}{'rows':>8}{'built-in':>10}{'user':>10}{'speed':>8}   (seconds)"
    )
    for name, function in PAIRS:
        row = operator(function)
        drawn = random_trees(list(dict.fromkeys((*SETS["full"], name))), 3 * N_TREES)
        trees = [tree for tree in drawn if any(name == _name(node) for node in tree.nodes)]
        for count in rows:
            few = trees[: max(20, min(N_TREES, 4_000_000 // count))]
            X = np.random.default_rng(1).uniform(0.1, 3.0, size=(count, len(NAMES)))
            calls = [
                symlaw_values([make(tree, name, row) for tree in few], X, "float64")
                for make in (plain, replaced)
            ]
            built_in, users = medians(calls, repeats)
            told = f"{built_in:>10.4f}{users:>10.4f}{built_in / users:>8.2f}"
            print(f"{function.__name__:<18}{name:<13}{count:>8}{told}")


def _name(node: object) -> str:
    return getattr(node, "name", "") if getattr(node, "arity", 0) else ""


def first_values() -> None:
    """Print the seconds from decoration to the first value, in processes of their own."""
    heads = ("nothing compiled", "built-ins compiled", "compiled before")
    print(f"\n{'function':<18}" + "".join(f"{head:>20}" for head in heads) + "   (seconds)")
    for function in (bump, airmass):
        times = []
        for first in (_EVALUATOR, _WARM_UP):
            with tempfile.TemporaryDirectory() as folder:
                environment = {**os.environ, "SYMLAW_CACHE_DIR": folder}
                _output(first, environment)
                times.append(_first_value(function.__name__, environment))
                again = _first_value(function.__name__, environment)
        print(f"{function.__name__:<18}" + "".join(f"{one:>20.2f}" for one in (*times, again)))


def _first_value(name: str, environment: dict[str, str]) -> float:
    return float(_output(_FIRST_VALUE.format(name=name), environment))


def _output(script: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, check=True, capture_output=True, text=True
    ).stdout


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
