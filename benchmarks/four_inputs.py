"""Makes the table of the smallest circuits of all 222 classes of functions of four inputs.

    python -m benchmarks.four_inputs --most 7 --out src/symlaw/search/logic/four_inputs.json

All circuits of conjunctions and inverters of up to ``--most`` nodes are gone through in one order: a class
that none of fewer nodes has is thereby proved to need as many as the first circuit found for it. Classes that
need more get the smallest circuit that a search finds, which is proved smallest where it has one node more.
``--check FILE`` computes each circuit's table anew, and compares classes with the file, without going through
circuits.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.engine.bits.words import packed
from symlaw.language.rules.circuits import AndGraph
from symlaw.search.logic.enumerating import bits_of_rows, classes_of_all, enumerated, nodes_of
from symlaw.search.logic.resynthesis import resynthesised
from symlaw.search.logic.starting import decided

MOVES, SEEDS = 20_000, 4


def made(most: int) -> dict[str, object]:
    """The table, circuits of up to so many nodes gone through."""
    classes, first = classes_of_all()
    sizes, chains = np.full(len(first), -1, np.int64), np.full((len(first), most), -1, np.int64)
    rows = every_row(4)
    # constants, and a single input
    sizes[[classes[0], classes[bits_of_rows(rows[:, 0])]]] = 0
    for n in range(1, most + 1):
        began = time.perf_counter()
        enumerated(n, classes, sizes, chains, lambda: False)
        print(f"# {n} nodes: {np.sum(sizes == n)} classes, {time.perf_counter() - began:.1f} s", flush=True)
    circuits = {}
    for number, function in enumerate(first.tolist()):
        table = (function >> np.arange(16)) & 1 == 1
        if function == 0:
            continue
        graph = of_chain(chains[number, : sizes[number]].tolist()) if sizes[number] > 0 else searched(table)
        graph = moved_to(graph, function)
        circuits[str(function)] = [graph.nodes, graph.outputs[0]]
    return {"seen": most, "circuits": circuits}


def of_chain(codes: list[int]) -> AndGraph:
    """The circuit that was gone through."""
    nodes, output = nodes_of(codes)
    return AndGraph(4, tuple(nodes), (output,))


def searched(table: np.ndarray) -> AndGraph:
    """The smallest circuit found of a table."""
    begun, inputs, mask = decided(table[None]), packed(every_row(4).T), packed(np.ones(16, bool))
    found = [
        resynthesised(begun, inputs, mask, moves=MOVES, seed=seed, borne=1 + seed % 2)
        for seed in range(SEEDS)
    ]
    return min(found, key=lambda one: len(one.nodes))


def moved_to(graph: AndGraph, function: int) -> AndGraph:
    """A circuit of the same class with inputs exchanged and inverted so that it gives a function."""
    from symlaw.search.logic.enumerating import transforms
    from symlaw.search.logic.four_inputs import moved

    moves = transforms()
    images = bits_of_rows(graph.truths(every_row(4))[:, 0][moves])
    both = np.concatenate([images, 0xFFFF ^ images])
    place = int(np.flatnonzero(both == function)[0])
    back = np.argsort(moves[place % len(moves)])
    return moved(graph.nodes, graph.outputs[0], 4, back, place >= len(moves))


def check(path: Path) -> None:
    """Compute each circuit's table, and compare it with its class."""
    record = json.loads(path.read_text(encoding="utf-8"))
    _, first = classes_of_all()
    assert set(record["circuits"]) == {str(one) for one in first.tolist() if one}
    sizes: dict[int, int] = {}
    for name, (nodes, output) in record["circuits"].items():
        graph = AndGraph(4, tuple((a, b) for a, b in nodes), (output,))
        assert int(bits_of_rows(graph.truths(every_row(4))[:, 0])) == int(name)
        sizes[len(nodes)] = sizes.get(len(nodes), 0) + 1
    print(f"{len(first) - 1} circuits are right; by nodes: {dict(sorted(sizes.items()))}")


def main() -> None:
    """Make the table, or check one."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--most", type=int, default=7, help="nodes of circuits that are gone through")
    asked.add_argument("--out", type=Path, help="file to write")
    asked.add_argument("--check", type=Path, help="file to check")
    given = asked.parse_args()
    if given.check is not None:
        check(given.check)
        return
    record = made(given.most)
    if given.out is not None:
        given.out.write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
        check(given.out)


if __name__ == "__main__":
    main()
