"""Circuits of conjunctions and inverters: majorities, and functions of four inputs.

    python -m benchmarks.circuits majority --time 60
    python -m benchmarks.circuits classes
    python -m benchmarks.circuits anew --time 600

``majority`` finds circuits for the majority of 5, 7, 9 and 11 inputs, of which none is stored, and for the
same tables with one row changed, drawn by seed. ``classes`` looks up all 222 classes of functions of four
inputs, and checks every row. ``anew`` draws 20 of the classes and proves their circuits smallest by
refutations (python-sat), without the table.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

import symlaw
from symlaw.data.logic.truths import every_row
from symlaw.search.logic.enumerating import classes_of_all
from symlaw.search.logic.four_inputs import looked_up

SIZES, DRAWN = (5, 7, 9, 11), 20


def majority(seconds: float) -> Iterator[dict[str, Any]]:
    """Nodes of majorities, and of the same with one row changed."""
    for n in SIZES:
        rows = every_row(n)
        for changed in (False, True):
            table = rows.sum(axis=1) > n // 2
            if changed:
                table[np.random.default_rng([41, n]).integers(len(table))] ^= True
            began = time.perf_counter()
            found = symlaw.circuit(table.astype(int).tolist(), time_budget=seconds)
            taken = round(time.perf_counter() - began, 1)
            right = bool((found.predict(rows)[:, 0] == table).all())
            yield {"inputs": n, "changed": changed, "nodes": found.n_nodes, "right": right, "seconds": taken}


def classes(seconds: float) -> Iterator[dict[str, Any]]:
    """All classes by look-up."""
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
    yield {"classes": len(first), "right": right, "proved": proved, "by_nodes": by_nodes, "seconds": taken}


def anew(seconds: float) -> Iterator[dict[str, Any]]:
    """Classes drawn by seed, proved by refutations."""
    _, first = classes_of_all()
    for function in np.random.default_rng(26).choice(first[1:], DRAWN, replace=False).tolist():
        table = (function >> np.arange(16)) & 1
        known = looked_up(table == 1)
        assert known is not None
        began = time.perf_counter()
        claim = symlaw.boolean(table.tolist(), prove=True, exclusive_or=False, time_budget=seconds).circuit_
        assert claim is not None
        yield {
            "function": function, "known": len(known.graph.nodes),
            "refuted": len(claim.certificates), "proved": claim.is_smallest,
            "seconds": round(time.perf_counter() - began, 1),
        }  # fmt: skip


GROUPS = {"majority": majority, "classes": classes, "anew": anew}


def main() -> None:
    """Run a group; each answer is a line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("group", choices=GROUPS)
    asked.add_argument("--time", type=float, default=60.0, help="seconds for each")
    given = asked.parse_args()
    print(
        f"# symlaw {symlaw.__version__}, Python {platform.python_version()}, {platform.machine()}", flush=True
    )
    for answer in GROUPS[given.group](given.time):
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
