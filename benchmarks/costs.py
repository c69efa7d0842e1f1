"""Whether costs learned during the search find more recursive functions, or find them with less work.

    python -m benchmarks.costs --seed 0 --tasks 12 --most 20000

Functions are drawn at random from the rows of operators: of two numbers, of lists of numbers to a number or a
list, of lists of texts, of trees with labels to a number or a tree. Each is searched for twice, without and
with learning, by the same work: terms and conditions tried. A function counts as found when it is right on 30
larger inputs. ``work`` is what the search took until it ended. Second values are left out on both sides.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.machine import describe, facts
from symlaw.engine.recursion.interpret import NO_VALUE, Meter, run
from symlaw.language.recursion.program import Apply, Constant, Recursive, Scheme, Variable, nodes
from symlaw.language.recursion.table import OPERATORS, bound, filled
from symlaw.language.recursion.types import NUMBER, TEXT, TRUTH, Type
from symlaw.search.recursion.goals import Goal, World, world_of
from symlaw.search.recursion.search import find_recursive

CHECKS, MOST_EXAMPLES, LARGEST = 30, 12, 10**6
NUMBERS, TEXTS, TREE = ("list", NUMBER), ("list", TEXT), ("labelled", NUMBER)
# The arguments' types and the result's.
KINDS: dict[str, tuple[tuple[Type, ...], Type]] = {
    "integers": ((NUMBER, NUMBER), NUMBER),
    "list to number": ((NUMBERS,), NUMBER),
    "list to list": ((NUMBERS,), NUMBERS),
    "texts to list": ((TEXTS, TEXT), TEXTS),
    "tree to number": ((TREE,), NUMBER),
    "tree to tree": ((TREE,), TREE),
}
Row = tuple[Any, ...]


def term(r: random.Random, type_: Type, variables: list[tuple[int, Type]], depth: int) -> Recursive | None:
    """A random term of a type, or None where it came to a dead end."""
    leaves: list[Recursive] = [Variable(place) for place, other in variables if other == type_]
    leaves *= 3
    if type_ == NUMBER:
        leaves += [Constant(0), Constant(1)]
    if type_ == TRUTH:
        leaves = []
    if depth == 0 or (leaves and r.random() < 0.25):
        return r.choice(leaves) if leaves else None
    row = r.choice([row for row in OPERATORS.values() if bound(row.result, type_, {})])
    names: dict[str, Type] = {}
    bound(row.result, type_, names)
    for one in ("a", "b", "atom"):
        names.setdefault(one, r.choice([NUMBER, *(other for _, other in variables)]))
    parts = [term(r, filled(one, names), variables, depth - 1) for one in row.arguments]
    return None if any(part is None for part in parts) else Apply(row.name, tuple(p for p in parts if p))


def program(r: random.Random, types: tuple[Type, ...], target: Type) -> Recursive | None:
    """A random function: a term of numbers, or recursion over the first argument."""
    variables = list(enumerate(types))
    if types[0] == NUMBER:
        return term(r, target, variables, 4)
    subject, n = types[0], len(types)
    is_list = subject[0] == "list"
    parts: tuple[Type, ...] = (subject[1], subject) if is_list else (subject, subject[1], subject)
    own = range(n + 1 + len(parts), n + len(parts) + (2 if is_list else 3))
    within = [*variables[1:], *enumerate(parts, n + 1), *((place, target) for place in own)]
    small = term(r, target, variables[1:], 1)
    large = term(r, target, within, 3)
    if small is None or large is None:
        return None
    if not all(any(one == Variable(place) for one in nodes(large)) for place in own):
        return None
    return Scheme((subject[0],), (Variable(0),), (small, large))


def value(r: random.Random, type_: Type, size: int) -> Any:
    """A random value of a size."""
    if type_ == NUMBER:
        return r.randrange(-4, 10)
    if type_ == TEXT:
        return r.choice("abc")
    if type_[0] == "list":
        return tuple(value(r, type_[1], 0) for _ in range(size))
    if size == 0:
        return ()
    left = r.randrange(size)
    return (value(r, type_, left), value(r, type_[1], 0), value(r, type_, size - 1 - left))


def subvalues(one: Any, type_: Type) -> list[Any]:
    """A list with its rests, a tree with its subtrees."""
    if type_[0] == "list":
        return [one[start:] for start in range(len(one), -1, -1)]
    return [()] if one == () else [*subvalues(one[0], type_), *subvalues(one[2], type_), one]


def shown(r: random.Random, types: tuple[Type, ...]) -> list[Row]:
    """Small inputs, with their rests or subtrees."""
    found: list[Row] = []
    while len(found) < MOST_EXAMPLES:
        row = tuple(value(r, type_, 5) for type_ in types)
        rows = [row] if types[0] == NUMBER else [(one, *row[1:]) for one in subvalues(row[0], types[0])]
        found += [one for one in dict.fromkeys(rows) if one not in found]
    return found[:MOST_EXAMPLES]


def outputs(function: Recursive, rows: list[Row]) -> list[Any] | None:
    """What a function gives, or None where it has no value somewhere, or a large one."""
    found = []
    for row in rows:
        try:
            one = run(function, row, Meter(20_000))
        except NO_VALUE:
            return None
        if isinstance(one, int) and not -LARGEST < one < LARGEST:
            return None
        found.append(one)
    return found


def drawn(r: random.Random, kind: str) -> tuple[Recursive, Goal, list[Row]]:
    """A random function of a kind that says something, its examples, and larger inputs to check it on."""
    types, target = KINDS[kind]
    while True:
        function = program(r, types, target)
        if function is None:
            continue
        rows = shown(r, types)
        larger = [tuple(value(r, type_, 9) for type_ in types) for _ in range(CHECKS)]
        given, wanted = outputs(function, rows), outputs(function, larger)
        if given is None or wanted is None or len(set(map(repr, given))) < 6 or len(set(wanted)) < 10:
            continue
        if any(out in row for row, out in zip(larger, wanted, strict=True)):
            continue
        world: World = world_of((*types, target), [one for row in rows for one in row], given)
        return function, Goal(types, tuple(rows), target, tuple(given), world), larger


def searched(
    function: Recursive, goal: Goal, larger: list[Row], most: int, *, learns: bool
) -> dict[str, Any]:
    """Whether a function is found, and with how much work."""
    work = 0

    def is_late() -> bool:
        nonlocal work
        work += 1
        return work > most

    found = find_recursive(goal, is_late, learns=learns, carries=False)
    is_right = bool(found) and outputs(found[0].program, larger) == outputs(function, larger)
    return {"found": is_right, "work": work if is_right else most}


def compared(seed: int, n: int, most: int, tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Tasks of all kinds, with both searches."""
    lines = []
    for kind in KINDS:
        r = random.Random(f"{seed} {kind}")
        for _ in range(n):
            function, goal, larger = drawn(r, kind)
            without, learned = (searched(function, goal, larger, most, learns=on) for on in (False, True))
            lines.append({"kind": kind, "without": without, "with": learned})
            tell(json.dumps(lines[-1]))
    return lines


def summary(lines: list[dict[str, Any]]) -> str:
    """Shares found, the tasks on which the searches differ, and the work where both found it."""
    without, learned = (sum(line[arm]["found"] for line in lines) for arm in ("without", "with"))
    only = sum(line["with"]["found"] > line["without"]["found"] for line in lines)
    lost = sum(line["with"]["found"] < line["without"]["found"] for line in lines)
    both = [line for line in lines if line["with"]["found"] and line["without"]["found"]]
    work = [sum(line[arm]["work"] for line in both) for arm in ("without", "with")]
    return (
        f"{len(lines)} tasks: {without} found without, {learned} with; {only} only with, {lost} only without;"
        f" work where both found it: {work[0]} without, {work[1]} with"
    )


def cuts(path: Path, sample: int) -> str:
    """How often the search for programs of texts leaves something out, and whether that matters."""
    from benchmarks.programs import SHOWN, distinct, rows, tasks_of
    from symlaw.search.programs import search
    from symlaw.search.programs.bank import Bank, Task, inputs
    from symlaw.search.programs.extraction import extract, marks_of

    bitten = {"sources": 0, "work": 0, "cases": 0}
    right = {"with the limit": 0, "without": 0}
    tasks, limit = tasks_of(path, sample), search.MOST_SOURCES
    for _, given in tasks:
        pairs = distinct(given)
        seen = (*(row for row, _ in pairs[:SHOWN]), *(row for row, _ in pairs[SHOWN:][:30]))
        task = Task(seen, tuple(output for _, output in pairs[:SHOWN]))
        columns, marks = inputs(task), marks_of(task)
        bank, _ = search.fill(task, columns, marks, lambda: False)
        near = [one for column in columns for one in extract(column, marks, Bank(task))]
        bitten["work"] += bank.work > search.MOST_WORK
        bitten["cases"] += len(bank.cheapest()) > search.MOST_CHEAP
        if len(near) > limit:
            bitten["sources"] += 1
            for arm, most in (("with the limit", limit), ("without", len(near))):
                search.MOST_SOURCES = most
                right[arm] += rows(given, 1000.0).get("right", False)
            search.MOST_SOURCES = limit
    return (
        f"{len(tasks)} tasks; those in which a limit leaves something out: {bitten};"
        f" where sources are left out, right on the rest: {right}"
    )


def main() -> None:
    """Compare on tasks of one seed or several."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="*", default=[0])
    parser.add_argument("--tasks", type=int, default=5, help="of each kind and seed")
    parser.add_argument("--most", type=int, default=20_000, help="work of each search")
    parser.add_argument("--cuts", type=Path, help="transformations.json: count limits that bite instead")
    parser.add_argument("--sample", type=int, default=40)
    arguments = parser.parse_args()
    print(describe(facts()))
    if arguments.cuts:
        print(cuts(arguments.cuts, arguments.sample))
        return
    lines: list[dict[str, Any]] = []
    for seed in arguments.seed:
        lines += compared(seed, arguments.tasks, arguments.most, lambda text: print(text, flush=True))
    for kind in KINDS:
        print(kind, "--", summary([line for line in lines if line["kind"] == kind]))
    print(summary(lines))


if __name__ == "__main__":
    main()
