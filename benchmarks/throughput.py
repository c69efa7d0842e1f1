"""Speed of evaluation: the same random trees in symlaw, pyoperon and NumPy, on one thread.

    python -m benchmarks.throughput [--repeats 7] [--rows 100 1000 10000 100000]

Prints node·rows per second and the ratio to pyoperon (float32, through ``EvaluateTrees``), and what values
with the Jacobian of all constants cost against values alone. Every figure is a median over repeats, the
engines taking turns.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.differentiate import differentiate_tape
from symlaw.engine.evaluate import evaluate_tape, stack_space
from symlaw.engine.program import workspace
from symlaw.engine.tape import CONSTANT, operators_of, to_tape
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

NAMES = ("a", "b", "c", "d", "e")
SETS = {
    "arithmetic": ("+", "-", "*", "/"),
    "full": ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "asin", "acos", "tanh"),
}
N_TREES = 1000


def random_tree(rng: random.Random, operators: Sequence[Operator], size: int) -> list[Node]:
    """Postfix nodes of a random tree of at most ``size`` nodes."""
    fitting = [row for row in operators if row.arity < size]
    if not fitting:
        return [Constant(rng.gauss(0, 1)) if rng.random() < 0.2 else Variable(rng.choice(NAMES))]
    row = rng.choice(fitting)
    if row.arity == 1:
        return [*random_tree(rng, operators, size - 1), row]
    nodes: list[Node] = []
    left = size - 1
    for others in range(row.arity - 1, 0, -1):
        own = rng.randrange(1, left - others + 1)
        nodes += random_tree(rng, operators, own)
        left -= own
    return [*nodes, *random_tree(rng, operators, left), row]


def random_trees(names: Sequence[str], count: int, seed: int = 0) -> list[Expression]:
    """Random trees of 3 to 31 nodes."""
    rng, rows = random.Random(seed), [operator(name) for name in names]
    return [Expression(tuple(random_tree(rng, rows, rng.randrange(3, 32)))) for _ in range(count)]


def symlaw_values(trees: Sequence[Expression], X: NDArray[np.float64], real: str) -> Callable[[], Any]:
    """A call that evaluates all trees."""
    operators = operators_of(trees)
    tape, table = to_tape(trees, operators, NAMES), kernel_table(operators, derivatives=False, real=real)
    columns = np.ascontiguousarray(X.T.astype(real))
    out = np.empty((len(trees), len(X)), dtype=real)
    space = stack_space(tape, real)

    def call() -> NDArray[Any]:
        evaluate_tape(tape, table.arity, table.forward, columns, out, *space)
        return out

    return call


def symlaw_jacobian(trees: Sequence[Expression], X: NDArray[np.float64]) -> Callable[[], Any]:
    """A call that evaluates all trees and the slopes by all their constants."""
    operators = operators_of(trees)
    tape, table = to_tape(trees, operators, NAMES), kernel_table(operators)
    columns = np.ascontiguousarray(X.T)
    values = np.empty((len(trees), len(X)))
    slopes = np.empty((int(np.sum(tape.codes == CONSTANT)), len(X)))
    work = workspace()
    return lambda: differentiate_tape(tape, table, columns, CONSTANT, values, slopes, work)


def operon_values(trees: Sequence[Expression], X: NDArray[np.float64]) -> Callable[[], Any]:
    """A call that evaluates the same trees in pyoperon."""
    import pyoperon

    numbers = np.asfortranarray(X, dtype=np.float32)
    data = pyoperon.Dataset(numbers)
    ordered = sorted(data.Variables, key=lambda v: v.Index)
    hashes = dict(zip(NAMES, (v.Hash for v in ordered), strict=True))
    theirs = [_operon_tree(tree, hashes) for tree in trees]
    span = pyoperon.Range(0, len(X))
    out = np.zeros((len(trees), len(X)), dtype=np.float32)

    # the data set does not own its numbers: keeping them as a default keeps them alive
    def call(_alive: Any = numbers) -> NDArray[Any]:
        pyoperon.EvaluateTrees(theirs, data, span, out.reshape(-1), 1)
        return out

    return call


_THEIR_NAMES = {"+": "Add", "-": "Sub", "*": "Mul", "/": "Div"}


def _operon_tree(tree: Expression, hashes: dict[str, int]) -> Any:
    import pyoperon

    def convert(part: Expression) -> list[Any]:
        root = part.nodes[-1]
        if isinstance(root, Variable):
            node = pyoperon.Node.Variable(1.0)
            node.HashValue = hashes[root.name]
            return [node]
        if isinstance(root, Constant):
            return [pyoperon.Node.Constant(root.value)]
        kind = getattr(pyoperon.NodeType, _THEIR_NAMES.get(root.name, root.name.capitalize()))
        # their postfix order has the first argument last
        arguments = [node for argument in reversed(part.arguments()) for node in convert(argument)]
        return [*arguments, pyoperon.Node(kind)]

    return pyoperon.Tree(convert(tree)).UpdateNodes()


def numpy_values(trees: Sequence[Expression], X: NDArray[np.float64]) -> Callable[[], Any]:
    """A call that evaluates the same trees with NumPy."""
    columns = dict(zip(NAMES, np.ascontiguousarray(X.T), strict=True))
    return lambda: [reference.values(tree, columns) for tree in trees]


def medians(calls: Sequence[Callable[[], Any]], repeats: int) -> list[float]:
    """Median seconds of each call, taking turns; short calls are repeated within a turn."""
    loops = []
    for call in calls:
        call()
        start = time.perf_counter()
        call()
        loops.append(max(1, int(0.02 / max(time.perf_counter() - start, 1e-6))))
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(repeats):
        for call, count, kept in zip(calls, loops, times, strict=True):
            start = time.perf_counter()
            for _ in range(count):
                call()
            kept.append((time.perf_counter() - start) / count)
    return [float(np.median(kept)) for kept in times]


def agreement(trees: Sequence[Expression], X: NDArray[np.float64]) -> float:
    """Share of trees whose pyoperon values agree with ours, so that the trees are the same."""
    ours = symlaw_values(trees, X, "float64")()
    theirs = operon_values(trees, X)()
    with np.errstate(all="ignore"):
        close = np.isclose(ours, theirs, rtol=1e-2, atol=1e-2) | ~np.isfinite(ours) | ~np.isfinite(theirs)
    return float(np.mean(close.mean(axis=1) > 0.9))


def value_table(rows: Sequence[int], repeats: int) -> None:
    """Print throughput by operator set and rows, and the mean ratio to pyoperon."""
    print(f"{'set':<11}{'rows':>8}{'symlaw f64':>12}{'symlaw f32':>12}{'pyoperon':>10}{'numpy':>8}"
          f"{'ratio f64':>11}{'ratio f32':>11}   (1e9 node·rows/s)")  # fmt: skip
    ratios = []
    for name, operators in SETS.items():
        for count in rows:
            trees = random_trees(operators, max(20, min(N_TREES, 10_000_000 // count)))
            X = np.random.default_rng(1).uniform(-3, 3, size=(count, len(NAMES)))
            few = trees[:20]
            calls = [
                symlaw_values(trees, X, "float64"),
                symlaw_values(trees, X, "float32"),
                operon_values(trees, X),
                numpy_values(few, X),
            ]
            double, single, theirs, plain = medians(calls, repeats)
            work = sum(len(tree.nodes) for tree in trees) * count / 1e9
            plain_work = sum(len(tree.nodes) for tree in few) * count / 1e9
            print(f"{name:<11}{count:>8}{work / double:>12.2f}{work / single:>12.2f}{work / theirs:>10.2f}"
                  f"{plain_work / plain:>8.2f}{theirs / double:>11.2f}{theirs / single:>11.2f}")  # fmt: skip
            if count <= 10_000:
                ratios.append(theirs / double)
    print(f"geometric mean of the float64 ratio up to 10,000 rows: {np.exp(np.mean(np.log(ratios))):.2f}")
    X = np.random.default_rng(1).uniform(-3, 3, size=(100, len(NAMES)))
    for name, operators in SETS.items():
        print(f"trees on which both agree, {name}: {agreement(random_trees(operators, 200), X):.0%}")


def jacobian_table(rows: Sequence[int], repeats: int) -> None:
    """Print what the Jacobian costs, on trees with 1 to 5 constants."""
    print(f"\n{'set':<11}{'rows':>8}{'value and Jacobian / value':>28}")
    for name, operators in SETS.items():
        trees = [t for t in random_trees(operators, 2 * N_TREES, seed=2) if 1 <= len(t.constants) <= 5]
        for count in rows:
            X = np.random.default_rng(1).uniform(-3, 3, size=(count, len(NAMES)))
            few = trees[: max(20, min(N_TREES, 3_000_000 // count))]
            value, both = medians([symlaw_values(few, X, "float64"), symlaw_jacobian(few, X)], repeats)
            print(f"{name:<11}{count:>8}{both / value:>28.2f}")


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    options = parser.parse_args()
    print(describe(facts()))
    value_table(options.rows, options.repeats)
    jacobian_table([r for r in options.rows if r <= 10_000], options.repeats)


if __name__ == "__main__":
    main()
