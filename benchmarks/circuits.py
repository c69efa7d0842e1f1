"""Circuits of conjunctions and inverters: majorities, and functions of four inputs.

    python -m benchmarks.circuits majority --time 60
    python -m benchmarks.circuits classes
    python -m benchmarks.circuits anew --time 600

``majority`` finds circuits for the majority of 5, 7, 9 and 11 inputs, of which none is stored, and for the
same tables with one row changed, drawn by seed. ``classes`` looks up all 222 classes of functions of four
inputs, and checks every row. ``anew`` draws 20 of the classes and proves their circuits smallest by
refutations (python-sat), without the table. ``--out FILE`` takes a line of JSON for each answer; what it
holds already is not done again. What all answers come to is said at the end.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import symlaw
from symlaw.data.logic.truths import every_row
from symlaw.search.logic.enumerating import classes_of_all
from symlaw.search.logic.four_inputs import looked_up

SIZES, DRAWN = (5, 7, 9, 11), 20
# Nodes of majorities at most.
BARS = (10, 22, 36, 54)


Done = Callable[[str], bool]


def majority(seconds: float, done: Done) -> Iterator[dict[str, Any]]:
    """Nodes of majorities, and of the same with one row changed."""
    for n in SIZES:
        rows = every_row(n)
        for changed in (False, True):
            key = f"majority {n} {changed} {seconds:g}"
            if done(key):
                continue
            table = rows.sum(axis=1) > n // 2
            if changed:
                table[np.random.default_rng([41, n]).integers(len(table))] ^= True
            began = time.perf_counter()
            found = symlaw.circuit(table.astype(int).tolist(), time_budget=seconds)
            taken = round(time.perf_counter() - began, 1)
            right = bool((found.predict(rows)[:, 0] == table).all())
            yield {
                "key": key, "inputs": n, "changed": changed, "nodes": found.n_nodes, "right": right,
                "seconds": taken,
            }  # fmt: skip


def classes(seconds: float, done: Done) -> Iterator[dict[str, Any]]:
    """All classes by look-up."""
    if done("classes"):
        return
    _, first = classes_of_all()
    rows = every_row(4)
    began, sizes, proved, right = time.perf_counter(), [], 0, 0
    for function in first.tolist():
        table = (function >> np.arange(16)) & 1 == 1
        if not table.any():
            right, proved = right + 1, proved + 1
            continue
        known = looked_up(table)
        assert known is not None
        sizes.append(len(known.graph.nodes))
        proved += known.is_smallest
        right += bool((known.graph.truths(rows)[:, 0] == table).all())
    taken = round(time.perf_counter() - began, 2)
    by_nodes = {str(n): sizes.count(n) for n in sorted(set(sizes))}
    yield {
        "key": "classes", "classes": len(first), "right": right, "proved": proved, "by_nodes": by_nodes,
        "seconds": taken,
    }  # fmt: skip


def anew(seconds: float, done: Done) -> Iterator[dict[str, Any]]:
    """Classes drawn by seed, proved by refutations."""
    _, first = classes_of_all()
    for function in np.random.default_rng(26).choice(first[1:], DRAWN, replace=False).tolist():
        key = f"anew {function} {seconds:g}"
        if done(key):
            continue
        table = (function >> np.arange(16)) & 1
        known = looked_up(table == 1)
        assert known is not None
        began = time.perf_counter()
        claim = symlaw.boolean(table.tolist(), prove=True, exclusive_or=False, time_budget=seconds).circuit_
        assert claim is not None
        yield {
            "key": key, "function": function, "known": len(known.graph.nodes),
            "refuted": len(claim.certificates), "proved": claim.is_smallest,
            "seconds": round(time.perf_counter() - began, 1),
        }  # fmt: skip


def verdict(answers: list[dict[str, Any]]) -> Iterator[str]:
    """What answers come to, beside the bars."""
    plain = {one["inputs"]: one["nodes"] for one in answers if one.get("changed") is False}
    more = {one["inputs"]: one["nodes"] for one in answers if one.get("changed") is True}
    for n, bar in zip(SIZES, BARS, strict=True):
        if n in plain:
            yield f"majority of {n}: {plain[n]} nodes (bar {bar})"
        if n in plain and n in more:
            yield f"  with one row changed: {more[n] - plain[n]} more (bar 3)"
    for one in answers:
        if one["key"] == "classes":
            yield f"classes: {one['right']} of {one['classes']} right, {one['proved']} proved smallest"
    drawn: dict[int, bool] = {}
    for one in answers:
        if one["key"].startswith("anew"):
            # a class may have been tried with several times
            drawn[one["function"]] = drawn.get(one["function"], False) or one["proved"]
    if drawn:
        proved = sum(drawn.values())
        yield f"proved smallest anew: {proved} of {len(drawn)} classes (bar: {DRAWN} of {DRAWN})"


GROUPS = {"majority": majority, "classes": classes, "anew": anew}


def main() -> None:
    """Run a group; each answer is a line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("group", choices=GROUPS)
    asked.add_argument("--time", type=float, default=60.0, help="seconds for each")
    asked.add_argument("--out", type=Path, help="file of answers, to which is added")
    asked.add_argument("--most", type=int, default=10**9, help="answers at most")
    given = asked.parse_args()
    print(
        f"# symlaw {symlaw.__version__}, Python {platform.python_version()}, {platform.machine()}", flush=True
    )
    answers: list[dict[str, Any]] = []
    if given.out is not None and given.out.exists():
        answers = [json.loads(line) for line in given.out.read_text().splitlines()]
    known = {answer["key"] for answer in answers}
    for answer in itertools.islice(GROUPS[given.group](given.time, known.__contains__), given.most):
        answers.append(answer)
        line = json.dumps(answer)
        print(line, flush=True)
        if given.out is not None:
            with given.out.open("a") as file:
                file.write(line + "\n")
    print("\n".join(verdict(answers)))


if __name__ == "__main__":
    main()
