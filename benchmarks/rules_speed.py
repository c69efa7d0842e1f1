"""How fast rules are: truths in words beside numbers, and the first rule of a table.

    python -m benchmarks.rules_speed

Random trees of 3 to 31 nodes over five columns of 100,000 rows, of ``and``, ``or``, ``xor`` and ``not`` on
words and of ``+``, ``-``, ``*`` and ``/`` on float64, by the same interpreter on one thread; medians of
repeats in turns, as node·rows per second. Then a table of 10,000 rows and 30 columns, a tenth of the labels
flipped: how long a fit takes that may search for 3 seconds, and what its rule is worth, after a fit of
another table.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

import symlaw
from benchmarks.machine import describe, facts
from benchmarks.throughput import NAMES, SETS, random_trees, symlaw_values
from symlaw.engine.bits.words import packed, word_table
from symlaw.engine.evaluate import evaluate_tape, stack_space
from symlaw.engine.tape import operators_of, to_tape

LOGIC = ("and", "or", "xor", "not")
ROWS, TREES = 100_000, 200


def throughput(repeats: int) -> None:
    """Words beside numbers."""
    rng = np.random.default_rng(0)
    logical, numeric = random_trees(LOGIC, TREES), random_trees(SETS["arithmetic"], TREES)
    truths = packed(rng.random((len(NAMES), ROWS)) < 0.5)
    operators = operators_of(logical)
    tape, table = to_tape(logical, operators, NAMES), word_table(operators)
    tape = tape._replace(values=np.where(tape.values != 0, ~np.uint64(0), np.uint64(0)))  # type: ignore[arg-type]
    out, space = np.zeros((TREES, truths.shape[1]), np.uint64), stack_space(tape, "uint64")

    def words() -> None:
        evaluate_tape(tape, table.arity, table.forward, truths, out, *space)

    numbers = symlaw_values(numeric, rng.normal(size=(ROWS, len(NAMES))), "float64")
    took: dict[str, list[float]] = {"words": [], "numbers": []}
    for repeat in range(repeats + 1):
        for name, call in (("words", words), ("numbers", numbers)):
            began = time.perf_counter()
            call()
            if repeat:
                took[name].append(time.perf_counter() - began)
    nodes = {
        "words": sum(len(tree.nodes) for tree in logical),
        "numbers": sum(len(tree.nodes) for tree in numeric),
    }
    rates = {name: nodes[name] * ROWS / float(np.median(seconds)) for name, seconds in took.items()}
    for name, rate in rates.items():
        print(f"{name}: {rate:.3g} node·rows per second")
    print(f"words over numbers: {rates['words'] / rates['numbers']:.1f} (bar 10)")


def first_rule() -> None:
    """A rule for many rows in little time."""
    rng = np.random.default_rng(1)

    def rows(count: int) -> tuple[np.ndarray, np.ndarray]:
        X = rng.normal(size=(count, 30))
        return X, (X[:, 3] > 0.5) & ((X[:, 11] < 0.0) | (X[:, 20] > 1.0))

    warm, wanted = rows(500)
    symlaw.RuleClassifier(random_state=0, max_literals=2).fit(warm, wanted)
    X, y = rows(10_000)
    flipped = y ^ (rng.random(len(y)) < 0.1)
    fresh, true = rows(10_000)
    for budget in (3.0, 60.0):
        began = time.perf_counter()
        model = symlaw.RuleClassifier(random_state=0, time_budget=budget).fit(X, flipped)
        taken = time.perf_counter() - began
        right = float(np.mean(model.predict(fresh) == true))
        print(
            f"10,000 rows, 30 columns, at most {budget:g} s: {taken:.1f} s, {100 * right:.1f}% right: {model}"
        )


def main() -> None:
    """Measure both."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--repeats", type=int, default=7)
    given = asked.parse_args()
    print(describe(facts()))
    throughput(given.repeats)
    first_rule()


if __name__ == "__main__":
    main()
