"""How many recursive functions are found from at most 12 examples: 20 on lists and trees, defined here.

    python -m benchmarks.recursion --results benchmarks/results/recursion.jsonl

Examples are small inputs with their tails or subtrees. A function counts when it is right on 200 random
inputs of depth 10 to 14. Trees of labels are ``()`` or ``(left, label, right)``; trees of leaves are a leaf
or ``(left, right)``; expressions are a number or ``(left, sign, right)``.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import describe, facts

CHECKS, SECONDS = 200, 10.0
Draw = Callable[[random.Random], tuple[Any, ...]]


def tails(xs: list[Any]) -> list[list[Any]]:
    """A list and all its tails, the shortest first."""
    return [xs[start:] for start in range(len(xs), -1, -1)]


def numbers(r: random.Random, n: int, top: int = 9) -> list[int]:
    """Small numbers."""
    return [r.randrange(top + 1) for _ in range(n)]


def longer(r: random.Random) -> int:
    """A length that no example has."""
    return r.randrange(10, 15)


def labelled(r: random.Random, depth: int) -> Any:
    """A tree of labels as deep as asked, along one random path."""
    if depth == 0:
        return ()
    parts = [labelled(r, depth - 1), labelled(r, r.randrange(min(depth, 4)))]
    r.shuffle(parts)
    return (parts[0], r.randrange(-9, 10), parts[1])


def leafy(r: random.Random, depth: int) -> Any:
    """A tree of leaves as deep as asked."""
    if depth == 0:
        return r.randrange(10)
    parts = [leafy(r, depth - 1), leafy(r, r.randrange(min(depth, 4)))]
    r.shuffle(parts)
    return (parts[0], parts[1])


def expression(r: random.Random, depth: int) -> Any:
    """An expression as deep as asked."""
    if depth == 0:
        return r.randrange(10)
    parts = [expression(r, depth - 1), expression(r, r.randrange(min(depth, 3)))]
    r.shuffle(parts)
    return (parts[0], r.choice("+-*"), parts[1])


def ordered(r: random.Random, depth: int, low: int = 0, high: int = 10**6) -> Any:
    """A search tree as deep as asked."""
    if depth == 0 or high - low < 2:
        return ()
    label = r.randrange(low + 1, high)
    left_is_deep = label - low > high - label
    other = r.randrange(min(depth, 4))
    left = ordered(r, depth - 1 if left_is_deep else other, low, label)
    return (left, label, ordered(r, other if left_is_deep else depth - 1, label, high))


def labels(tree: Any) -> list[Any]:
    """Labels from left to right."""
    return [] if tree == () else [*labels(tree[0]), tree[1], *labels(tree[2])]


def leaves(tree: Any) -> list[Any]:
    """Leaves from left to right."""
    return [*leaves(tree[0]), *leaves(tree[1])] if isinstance(tree, tuple) else [tree]


def depth(tree: Any) -> int:
    """Labels on the longest path."""
    return 0 if tree == () else 1 + max(depth(tree[0]), depth(tree[2]))


def mirror(tree: Any) -> Any:
    """Left and right exchanged everywhere."""
    return () if tree == () else (mirror(tree[2]), tree[1], mirror(tree[0]))


def inserted(tree: Any, x: Any) -> Any:
    """A search tree with one more label, unless it has it."""
    if tree == ():
        return ((), x, ())
    left, label, right = tree
    if x < label:
        return (inserted(left, x), label, right)
    return (left, label, inserted(right, x)) if x > label else tree


def value_of(tree: Any) -> int:
    """What an expression of sums, differences and products gives."""
    if not isinstance(tree, tuple):
        return int(tree)
    one, other = value_of(tree[0]), value_of(tree[2])
    return one + other if tree[1] == "+" else one - other if tree[1] == "-" else one * other


def levels(tree: Any) -> list[Any]:
    """Labels of each level."""
    found, row = [], [tree]
    while row := [one for one in row if one != ()]:
        found.append([one[1] for one in row])
        row = [part for one in row for part in (one[0], one[2])]
    return found


def path(tree: Any, x: Any) -> Any:
    """Turns to a leaf, 0 to the left and 1 to the right; None where there is no such leaf."""
    if not isinstance(tree, tuple):
        return [] if tree == x else None
    for turn in (0, 1):
        rest = path(tree[turn], x)
        if rest is not None:
            return [turn, *rest]
    return None


def without_doubles(xs: list[Any]) -> list[Any]:
    """The first of each kind."""
    return [x for place, x in enumerate(xs) if x not in xs[:place]]


@dataclass(frozen=True)
class Function:
    """One of the functions: what it is, small inputs, and how large ones are drawn."""

    rule: Callable[..., Any]
    shown: list[tuple[Any, ...]]
    draw: Draw


def alone(inputs: list[Any]) -> list[tuple[Any, ...]]:
    """Inputs of functions of one argument."""
    return [(one,) for one in inputs]


def of_list(r: random.Random) -> tuple[Any, ...]:
    """One list."""
    return (numbers(r, longer(r)),)


def list_and_number(r: random.Random) -> tuple[Any, ...]:
    """A list and a number that it may have."""
    return (numbers(r, longer(r)), r.randrange(10))


def pair_of_trees(r: random.Random) -> tuple[Any, ...]:
    """Two trees, equal half of the time, else with one label changed."""
    tree = labelled(r, longer(r))
    return (tree, tree if r.random() < 0.5 else changed(r, tree))


def changed(r: random.Random, tree: Any) -> Any:
    """A tree with another label or without a part somewhere."""
    left, label, right = tree
    if r.random() < 0.2:
        return (
            (left, label + 1, right)
            if r.random() < 0.5
            else ((), label, right)
            if left != ()
            else (tree, 0, ())
        )
    if left != () and (right == () or r.random() < 0.5):
        return (changed(r, left), label, right)
    return (left, label, changed(r, right)) if right != () else (left, label + 1, right)


# small trees, each with its subtrees
_A, _B = ((), 4, ()), ((), 7, ())
_C = (_A, 2, _B)
_D = ((), 5, _A)
_E = (_C, 3, _D)
_F = (_B, 9, ())
_G = (_E, 6, _F)
TREES: list[Any] = [(), _A, _B, _C, _D, _E, _F, _G]
_P, _Q = (3, 8), (5, 2)
_R = (_P, 6)
_S = (7, _Q)
LEAFY: list[Any] = [3, 8, 6, 5, 2, 7, _P, _Q, _R, _S, (_R, _S)]
_U, _V, _W, _X = (3, "+", 4), (2, "*", 5), (9, "-", 6), (8, "*", 3)
EXPRESSIONS: list[Any] = [3, 4, 2, 5, 9, 6, _U, _V, _W, (_U, "*", _W), (_V, "-", 4), (_U, "+", _V)]
_H, _I = ((), 3, ()), ((), 8, ())
_J = (_H, 5, _I)
_K = (((), 6, ()), 8, ())
SEARCHED: list[tuple[Any, ...]] = [
    ((), 4), (_H, 4), (((), 4, ()), 4), (_I, 4), (_J, 4), ((), 7), (_I, 7), (_J, 7), (_H, 3), (_J, 3),
    (_J, 5), (_H, 7),
]  # fmt: skip
_PATHS: list[tuple[Any, ...]] = [
    (3, 3), (8, 3), (6, 3), (_P, 3), (_R, 3), (3, 8), (8, 8), (_P, 8), (6, 8), (_R, 8), ((6, _P), 8), (_P, 6),
]  # fmt: skip
FUNCTIONS: dict[str, Function] = {
    "append": Function(
        lambda xs, ys: xs + ys,
        [(xs, [7, 2]) for xs in tails([4, 1, 9])] + [(xs, []) for xs in tails([5, 3])],
        lambda r: (numbers(r, longer(r)), numbers(r, longer(r))),
    ),
    "reverse": Function(lambda xs: xs[::-1], alone(tails([4, 1, 9, 5])), of_list),
    "flatten": Function(
        lambda rows: [x for row in rows for x in row],
        alone(tails([[4, 1], [], [9, 5, 3], [7]])),
        lambda r: ([numbers(r, r.randrange(12)) for _ in range(longer(r))],),
    ),
    "depth": Function(depth, alone(TREES), lambda r: (labelled(r, longer(r)),)),
    "size": Function(lambda tree: len(labels(tree)), alone(TREES), lambda r: (labelled(r, longer(r)),)),
    "maximum": Function(max, alone(tails([2, 5, 9, 1, 4])[1:]), of_list),
    "member": Function(
        lambda xs, x: x in xs,
        [(xs, 4) for xs in tails([3, 4, 1, 9])] + [(xs, 5) for xs in tails([5, 2])],
        list_and_number,
    ),
    "count": Function(
        lambda xs, x: xs.count(x),
        [(xs, 4) for xs in tails([4, 3, 4, 4, 1])] + [(xs, 5) for xs in tails([5, 2])],
        list_and_number,
    ),
    "zip": Function(
        lambda xs, ys: [(x, y) for x, y in zip(xs, ys, strict=False)],
        [([], []), ([1], []), ([], [2]), ([3], [5]), ([4, 3], [8, 5]), ([4, 3], [5]), ([9, 4, 3], [7, 8, 5])],
        lambda r: (numbers(r, longer(r)), numbers(r, longer(r))),
    ),
    "remove doubles": Function(without_doubles, alone(tails([1, 4, 2, 4, 4, 3, 1, 3])), of_list),
    "insert into a search tree": Function(
        inserted, SEARCHED, lambda r: (ordered(r, longer(r)), r.randrange(10**6))
    ),
    "in-order list": Function(labels, alone(TREES), lambda r: (labelled(r, longer(r)),)),
    "mirror": Function(mirror, alone(TREES), lambda r: (labelled(r, longer(r)),)),
    "sum of leaves": Function(lambda tree: sum(leaves(tree)), alone(LEAFY), lambda r: (leafy(r, longer(r)),)),
    "evaluate": Function(value_of, alone(EXPRESSIONS), lambda r: (expression(r, longer(r)),)),
    "prefix sums": Function(
        lambda xs: [sum(xs[: end + 1]) for end in range(len(xs))], alone(tails([4, 1, 9, 5])), of_list
    ),
    "insert sorted": Function(
        lambda xs, x: sorted([*xs, x]),
        [(xs, 5) for xs in tails([1, 4, 8, 9])] + [(xs, 7) for xs in tails([3, 6, 7])],
        lambda r: (sorted(numbers(r, longer(r), 99)), r.randrange(100)),
    ),
    "equal trees": Function(
        lambda one, other: one == other,
        [
            ((), ()), ((), _A), (_A, ()), (_A, _A), (_A, _B), (_B, _B), (_C, _C), (_C, _D), (_D, _C),
            (_C, (_B, 2, _B)), (_C, (_A, 3, _B)), (_C, (_A, 2, _A)),
        ],
        pair_of_trees,
    ),
    "level list": Function(levels, alone(TREES), lambda r: (labelled(r, longer(r)),)),
    "path to a leaf": Function(
        path, _PATHS, lambda r: (tree := leafy(r, longer(r)), r.choice([*leaves(tree), 11]))
    ),
}  # fmt: skip


def measured(
    name: str, functions: dict[str, Function], *, by_processor: bool = False, most: float = SECONDS
) -> dict[str, Any]:
    """Whether one function is found, and in how many seconds."""
    from symlaw.errors import DataError
    from symlaw.tasks.recursion.recursive import recursive

    function = functions[name]
    examples = [(*given, function.rule(*given)) for given in function.shown]
    assert len(examples) <= 12
    clock = time.process_time if by_processor else time.monotonic
    began = clock()
    try:
        found = recursive(examples, watch=_by_processor(most) if by_processor else None, time_budget=most)
    except DataError as error:
        return {"function": name, "right": None, "seconds": round(clock() - began, 2), "said": str(error)}
    seconds = clock() - began
    r = random.Random(10)
    inputs = [function.draw(r) for _ in range(CHECKS)]
    right = sum(found(*given) == function.rule(*given) for given in inputs)
    return {
        "function": name, "examples": len(examples), "right": right, "of": CHECKS,
        "seconds": round(seconds, 2), "program": str(found),
    }  # fmt: skip


def _by_processor(most: float) -> Any:
    """A watch whose seconds are those of the processor: for machines that have other work."""
    from symlaw.search.watch import Watch

    class ByProcessor(Watch):
        @property
        def used(self) -> float:
            return time.process_time() - start

    start = time.process_time()
    return ByProcessor(most)


def parser_of(said: str | None, functions: dict[str, Function]) -> argparse.ArgumentParser:
    """What the command of a list of functions takes."""
    parser = argparse.ArgumentParser(description=said)
    parser.add_argument("--results", type=Path)
    parser.add_argument("--only", nargs="*", default=list(functions))
    parser.add_argument("--by-processor", action="store_true", help="count seconds of the processor")
    return parser


def measure(names: list[str], functions: dict[str, Function], arguments: argparse.Namespace) -> None:
    """Measure some functions, and say how many are right."""
    exact = 0
    for name in names:
        line = measured(name, functions, by_processor=arguments.by_processor)
        exact += line["right"] == CHECKS
        print(json.dumps(line), flush=True)
        if arguments.results:
            with arguments.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps({**line, **facts()}) + "\n")
    print(f"{exact} of {len(names)} exact")


def main() -> None:
    """Measure all, or those named."""
    arguments = parser_of(__doc__, FUNCTIONS).parse_args()
    print(describe(facts()))
    measure(arguments.only, FUNCTIONS, arguments)


if __name__ == "__main__":
    main()
