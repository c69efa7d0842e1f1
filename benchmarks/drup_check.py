"""A second program that checks refutations: it uses nothing of symlaw, and no solver.

    python benchmarks/drup_check.py proof.cnf proof.drup

Each line of the proof adds a clause that has to follow from those before by unit propagation, or takes one
away; the last is the empty clause. Clauses are rows of one flat array, each in the lists of two of its
literals, and the loop over them is compiled. It says ``VERIFIED`` and ends with 0, or names the first line
that does not follow and ends with 1.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numba
import numpy as np

# What a step does, and what a check ends with.
ADD, DELETE = 0, 1
REFUTED, OPEN = -1, -2


@numba.njit(cache=False)
def propagate(lits, starts, heads, following, gone, truth, trail, ends):
    """Follow single literals from ``ends[0]`` to ``ends[1]`` of the trail; False where they contradict."""
    while ends[0] < ends[1]:
        false = trail[ends[0]] ^ 1
        ends[0] += 1
        before, at = -1, heads[false]
        while at >= 0:
            after, clause = following[at], at >> 1
            first = starts[clause]
            if gone[clause]:
                if before < 0:
                    heads[false] = after
                else:
                    following[before] = after
                at = after
                continue
            side = at & 1
            other = lits[first + 1 - side]
            moved = False
            if truth[other] != 1:
                for k in range(first + 2, starts[clause + 1]):
                    if truth[lits[k]] != -1:
                        lits[first + side], lits[k] = lits[k], lits[first + side]
                        own = lits[first + side]
                        if before < 0:
                            heads[false] = after
                        else:
                            following[before] = after
                        following[at] = heads[own]
                        heads[own] = at
                        moved = True
                        break
                if not moved:
                    if truth[other] == -1:
                        return False
                    truth[other], truth[other ^ 1] = 1, -1
                    trail[ends[1]] = other
                    ends[1] += 1
            if not moved:
                before = at
            at = after
    return True


@numba.njit(cache=False)
def attach(clause, lits, starts, heads, following, truth, trail, ends):
    """Put a clause into the lists of two literals that are not false; a single one becomes true."""
    first, end = starts[clause], starts[clause + 1]
    for side in range(min(2, end - first)):
        for k in range(first + side, end):
            if truth[lits[k]] != -1:
                lits[first + side], lits[k] = lits[k], lits[first + side]
                break
    if end == first or truth[lits[first]] == -1:
        return False
    if end - first > 1:
        for side in range(2):
            own = lits[first + side]
            following[2 * clause + side] = heads[own]
            heads[own] = 2 * clause + side
    if (end - first == 1 or truth[lits[first + 1]] == -1) and truth[lits[first]] == 0:
        own = lits[first]
        truth[own], truth[own ^ 1] = 1, -1
        trail[ends[1]] = own
        ends[1] += 1
    return True


@numba.njit(cache=False)
def checked(lits, starts, steps, n_given, heads, following, gone, truth, trail, ends):
    """The first step that does not follow, `REFUTED`, or `OPEN` where nothing contradicts in the end."""
    for clause in range(n_given):
        if not attach(clause, lits, starts, heads, following, truth, trail, ends):
            return REFUTED
        if not propagate(lits, starts, heads, following, gone, truth, trail, ends):
            return REFUTED
    for step in range(len(steps)):
        clause = steps[step, 1]
        if steps[step, 0] == DELETE:
            gone[clause] = 1
            continue
        # the opposite of the clause has to contradict; what is known before stays known
        known, follows = ends[1], False
        for k in range(starts[clause], starts[clause + 1]):
            own = lits[k] ^ 1
            if truth[own] == -1:
                follows = True
                break
            if truth[own] == 0:
                truth[own], truth[own ^ 1] = 1, -1
                trail[ends[1]] = own
                ends[1] += 1
        follows = follows or not propagate(lits, starts, heads, following, gone, truth, trail, ends)
        for k in range(known, ends[1]):
            truth[trail[k]], truth[trail[k] ^ 1] = 0, 0
        ends[0], ends[1] = known, known
        if not follows:
            return step
        if not attach(clause, lits, starts, heads, following, truth, trail, ends):
            return REFUTED
        if not propagate(lits, starts, heads, following, gone, truth, trail, ends):
            return REFUTED
    return OPEN


def check(clauses: list[list[int]], proof: list[str]) -> str:
    """What is to be said of a proof: nothing where it is right.

    Parameters
    ----------
    clauses
        Each of numbers of variables, negative for their opposites.
    proof
        Lines such as ``"1 -2 0"``, and ``"d 1 -2 0"``.
    """
    rows = [list(dict.fromkeys(clause)) for clause in clauses]
    places: dict[tuple[int, ...], list[int]] = {}
    for number, row in enumerate(rows):
        places.setdefault(tuple(sorted(row)), []).append(number)
    steps: list[tuple[int, int]] = []
    for line in proof:
        words = line.split()
        removed = words[:1] == ["d"]
        row = list(dict.fromkeys(int(word) for word in words[removed:] if word != "0"))
        known = places.setdefault(tuple(sorted(row)), [])
        if not removed:
            known.append(len(rows))
            steps.append((ADD, len(rows)))
            rows.append(row)
        elif known and len(row) > 1:
            steps.append((DELETE, known.pop()))
    lits = np.array([2 * abs(one) + (one < 0) for row in rows for one in row], np.int64)
    starts = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    n = 2 * (max((abs(one) for row in rows for one in row), default=0) + 1)
    found = checked(
        lits, starts, np.array(steps, np.int64).reshape(-1, 2), len(clauses),
        np.full(n, -1, np.int64), np.full(2 * len(rows), -1, np.int64), np.zeros(len(rows), np.int8),
        np.zeros(n, np.int8), np.zeros(n, np.int64), np.zeros(2, np.int64),
    )  # fmt: skip
    if found == REFUTED:
        return ""
    return (
        "nothing contradicts in the end"
        if found == OPEN
        else f"step {found + 1} of the proof does not follow"
    )


def main() -> int:
    """Check the two files that are named."""
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    clauses = [[int(word) for word in line.split()[:-1]] for line in lines if line and line[0] not in "pc"]
    wrong = check(clauses, Path(sys.argv[2]).read_text(encoding="utf-8").splitlines())
    print(f"NOT VERIFIED: {wrong}" if wrong else "VERIFIED")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
