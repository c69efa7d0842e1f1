"""How many recursive functions are found that carry along a second value which is no result.

    python -m benchmarks.hidden --by-processor

Each has at most 12 examples, by hand or drawn by seed: small inputs with their rests or subtrees. It counts
when it is right on 200 random inputs of depth 10 to 14. The search was developed with the first ten
functions; what is said of the others stands where they are.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from benchmarks.machine import describe, facts
from benchmarks.recursion import Function, depth, labelled, labels, longer, measure, parser_of, tails

MOST = 12


def rests(
    seed: int, lengths: tuple[int, ...], low: int, high: int, *, fewest: int = 0
) -> list[tuple[Any, ...]]:
    """Random lists with their tails, without those that are too short."""
    r = random.Random(seed)
    found: list[Any] = []
    for n in lengths:
        found += [xs for xs in tails([r.randrange(low, high + 1) for _ in range(n)]) if xs not in found]
    return [(xs,) for xs in found if len(xs) >= fewest][:MOST]


def trees(seed: int) -> list[tuple[Any, ...]]:
    """Random trees with their subtrees, the small ones first."""
    r = random.Random(seed)
    found: list[Any] = [()]
    while len(found) < MOST:
        left, right = r.choice(found[-4:]), r.choice(found)
        one = (left, r.randrange(10), right) if r.random() < 0.5 else (right, r.randrange(10), left)
        if one not in found:
            found.append(one)
    return [(one,) for one in found]


# small trees with their subtrees, balanced or not on either side
_A = ((), 4, ())
_B, _C = (_A, 2, ()), ((), 7, _A)
_D, _F = (_B, 5, ()), ((), 1, _C)
_G, _H = (_B, 3, _A), (_A, 8, _C)
TREES: list[Any] = [(), _A, _B, _C, _D, _F, _G, _H, (_D, 0, _B), (_C, 6, _F), (_G, 2, _H), ((), 5, _G)]


def of_list(low: int, high: int) -> Callable[[random.Random], tuple[Any, ...]]:
    """Draws longer lists."""
    return lambda r: ([r.randrange(low, high + 1) for _ in range(longer(r))],)


def partly_sorted(r: random.Random) -> tuple[Any, ...]:
    """A longer list, sorted half of the time."""
    xs = [r.randrange(30) for _ in range(longer(r))]
    return (sorted(xs) if r.random() < 0.5 else xs,)


def with_runs(r: random.Random) -> tuple[Any, ...]:
    """A longer list whose last value comes several times."""
    xs = [r.randrange(4) for _ in range(longer(r))]
    return (xs + xs[-1:] * r.randrange(4),)


def second_largest(xs: list[int]) -> int:
    """The second largest of numbers that are not negative, 0 where there is none."""
    return sorted([0, 0, *xs])[-2]


def last_run(xs: list[int]) -> int:
    """How often the last value is there at the end."""
    n = 0
    while n < len(xs) and xs[-1 - n] == xs[-1]:
        n += 1
    return n


def is_balanced(tree: Any) -> bool:
    """Whether depths of the two sides differ by at most one everywhere."""
    if tree == ():
        return True
    left, _, right = tree
    return is_balanced(left) and is_balanced(right) and abs(depth(left) - depth(right)) <= 1


def filled(n: int, r: random.Random) -> Any:
    """A balanced tree of so many levels."""
    if n <= 0:
        return ()
    other = n - 1 if r.random() < 0.8 else n - 2
    return (filled(n - 1, r), r.randrange(10), filled(other, r))


def maybe_balanced(r: random.Random) -> tuple[Any, ...]:
    """A tree of six levels that is balanced, or has one part more."""
    tree = filled(6, r)
    return (tree if r.random() < 0.5 else (tree, 1, filled(r.randrange(3, 8), r)),)


def largest_stretch(xs: list[int]) -> int:
    """The largest sum of neighbours, 0 for none of them."""
    return max(sum(xs[a:b]) for a in range(len(xs) + 1) for b in range(a, len(xs) + 1))


def sum_of_depths(tree: Any) -> int:
    """Levels of all labels, added."""
    return 0 if tree == () else len(labels(tree)) + sum_of_depths(tree[0]) + sum_of_depths(tree[2])


FUNCTIONS: dict[str, Function] = {
    "average": Function(lambda xs: sum(xs) / len(xs), rests(1, (6, 5), 0, 20, fewest=1), of_list(-50, 50)),
    "is sorted": Function(
        lambda xs: xs == sorted(xs),
        [(xs,) for xs in [*tails([5, 1, 4, 7])[1:], *tails([2, 7, 3])[1:], *tails([9, 3, 6, 6])[1:]]],
        partly_sorted,
    ),
    "second largest": Function(
        second_largest, [(xs,) for xs in [*tails([5, 9, 3, 8, 8, 6]), *tails([7, 2, 4, 1])[1:]]],
        of_list(0, 99),
    ),
    "alternating sum": Function(
        lambda xs: sum(x if place % 2 == 0 else -x for place, x in enumerate(xs)), rests(4, (6, 4), -5, 9),
        of_list(-50, 50),
    ),
    "length of the last run": Function(
        last_run,
        [([],), ([3],), ([3, 3],), ([3, 3, 3],), ([3, 3, 3, 1],), ([3, 3, 3, 1, 1],), ([2],), ([2, 5],),
         ([2, 5, 5],), ([0],), ([0, 0],), ([0, 0, 4],)],
        with_runs,
    ),
    "count of the maximum": Function(
        lambda xs: xs.count(max(xs)),
        [(xs,) for xs in [*tails([2, 7, 2, 7, 7])[1:], *tails([8, 5, 6, 5, 5])[1:], [4], [9, 4]]],
        lambda r: ([r.randrange(-9, -5) for _ in range(longer(r))],),
    ),
    "place of the maximum": Function(
        lambda xs: xs.index(max(xs)), rests(7, (7, 6), -4, 4, fewest=1), of_list(-9, 9)
    ),
    "is balanced": Function(is_balanced, [(tree,) for tree in TREES], maybe_balanced),
    "largest sum of a stretch": Function(
        largest_stretch, [(xs,) for xs in [*tails([3, -2, 4, -5, 2, 1, -1]), *tails([2, -4, 3, 1])[1:]]],
        of_list(-50, 50),
    ),
    "sum of depths": Function(sum_of_depths, trees(10), lambda r: (labelled(r, longer(r)),)),
}  # fmt: skip


def is_heap(tree: Any) -> bool:
    """Whether no label is smaller than one below it."""
    return tree == () or (max(labels(tree)) == tree[1] and is_heap(tree[0]) and is_heap(tree[2]))


def heap(n: int, top: int, r: random.Random) -> Any:
    """A heap of so many levels."""
    if n == 0:
        return ()
    label = r.randrange(top // 2, top + 1)
    return (heap(n - 1, label, r), label, heap(r.randrange(min(n, 4)), label, r))


def maybe_heap(r: random.Random) -> tuple[Any, ...]:
    """A heap, or one with a label below it that is too large."""
    tree = heap(longer(r), 10**6, r)
    return (tree if r.random() < 0.5 else (tree, tree[1], ((), tree[1] + r.randrange(1, 9), ())),)


def longest_run(xs: list[int]) -> int:
    """Length of the longest run of ones."""
    return max(len(run) for run in "".join(map(str, xs)).split("0"))


_I, _J = ((), 4, ()), (((), 4, ()), 6, ())
_K, _L = ((), 3, ((), 4, ())), (((), 6, ()), 2, ())
_M = ((), 9, _J)
HEAPS: list[Any] = [(), _I, _J, _K, (_J, 8, _I), (_J, 5, _I), (_I, 5, _J), (_I, 7, _J), _M, (_K, 9, _I),
                    (_I, 9, _K), (_I, 4, ())]  # fmt: skip
# Written when the search was finished for the first time; 1 of them was found, and the search changed again.
SEEN: dict[str, Function] = {
    "larger than all behind": Function(
        lambda xs: sum(all(x > y for y in xs[place + 1 :]) for place, x in enumerate(xs)),
        [(xs,) for xs in [*tails([6, 2, 5, 3, 3, 1]), *tails([4, 7, 2, 9])[1:]]], of_list(0, 99),
    ),
    "is a heap": Function(is_heap, [(tree,) for tree in HEAPS], maybe_heap),
    "weighted by place from the end": Function(
        lambda xs: sum(x * (len(xs) - place) for place, x in enumerate(xs)),
        [(xs,) for xs in [*tails([4, 0, 7, 2, 5]), *tails([3, -1, 6])[1:]]], of_list(-50, 50),
    ),
    "largest less smallest": Function(
        lambda xs: max(xs) - min(xs),
        [(xs,) for xs in [*tails([4, 9, -2, 6, 1])[1:], *tails([3, 8, 5])[1:]]], of_list(-50, 50),
    ),
    "longest run of ones": Function(
        longest_run, [(xs,) for xs in [*tails([1, 1, 0, 1, 1, 1, 0, 1]), [0], [0, 0], [1, 0]]], of_list(0, 1)
    ),
}  # fmt: skip


def is_perfect(tree: Any) -> bool:
    """Whether all empty trees are equally deep."""
    return tree == () or (is_perfect(tree[0]) and is_perfect(tree[2]) and depth(tree[0]) == depth(tree[2]))


def full(n: int, r: random.Random) -> Any:
    """A perfect tree of so many levels."""
    return () if n == 0 else (full(n - 1, r), r.randrange(10), full(n - 1, r))


def maybe_perfect(r: random.Random) -> tuple[Any, ...]:
    """A perfect tree, or two of them together that are not equally deep, or one that has such."""
    n = r.randrange(4, 7)
    mixed = (full(n, r), 3, full(n - 1, r))
    return (full(n, r) if r.random() < 0.5 else r.choice([mixed, (mixed, 2, mixed)]),)


def largest_drop(xs: list[int]) -> int:
    """The most by which a later value is smaller, 0 where none is."""
    return max([0, *(x - y for place, x in enumerate(xs) for y in xs[place:])])


_P, _Q, _R = (_I, 2, _I), (((), 1, ()), 9, _I), (_I, 2, ())
PERFECT: list[Any] = [(), _I, ((), 1, ()), _P, _Q, _R, ((), 7, _I), (_P, 3, _Q), (_P, 5, _I), (_I, 1, _P),
                      (_R, 8, _R), (_R, 6, _P)]  # fmt: skip
# Written after that, and run once.
LATER: dict[str, Function] = {
    "sum at even places": Function(
        lambda xs: sum(xs[::2]), [(xs,) for xs in [*tails([3, 8, 1, 6, 2, 7]), *tails([5, 4, 9])[1:]]],
        of_list(-50, 50),
    ),
    "number from its bits": Function(
        lambda xs: sum(x << place for place, x in enumerate(reversed(xs))),
        [(xs,) for xs in [*tails([1, 0, 1, 1, 0]), *tails([1, 1, 0, 1])[2:], [0, 1]]][:MOST], of_list(0, 1),
    ),
    "is perfect": Function(is_perfect, [(tree,) for tree in PERFECT], maybe_perfect),
    "sum of what is above the last": Function(
        lambda xs: sum(x - xs[-1] for x in xs),
        [(xs,) for xs in [*tails([4, 7, 1, 5])[1:], *tails([2, 9, 3])[1:], [8], [6, 8]]], of_list(-50, 50),
    ),
    "largest drop": Function(
        largest_drop, [(xs,) for xs in [*tails([3, 9, 4, 6, 2, 5])[1:], *tails([1, 8, 8, 2])[1:]]],
        of_list(-50, 50),
    ),
}  # fmt: skip


def main() -> None:
    """Measure all, or those named."""
    arguments = parser_of(__doc__, {**FUNCTIONS, **SEEN, **LATER}).parse_args()
    print(describe(facts()))
    for functions in (FUNCTIONS, SEEN, LATER):
        measure([name for name in arguments.only if name in functions], functions, arguments)


if __name__ == "__main__":
    main()
