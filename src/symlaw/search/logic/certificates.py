"""Checking a refutation, by a program that has nothing to do with the one that found it.

Each line of a DRUP proof adds a clause that follows by unit propagation (reverse unit propagation), or takes
one away; the last is the empty clause (Goldberg and Novikov 2003; Heule, Hunt and Wetzler 2013).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence


class _Clauses:
    """Clauses, watched by two of their literals, and what follows from single literals."""

    def __init__(self) -> None:
        self.clauses: dict[int, list[int]] = {}
        self.numbers: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self.watching: dict[int, list[int]] = defaultdict(list)
        self.true: set[int] = set()
        self.count = 0
        self.contradicted = False

    def add(self, clause: Sequence[int]) -> None:
        own = list(dict.fromkeys(clause))
        self.count += 1
        self.clauses[self.count] = own
        self.numbers[tuple(sorted(own))].append(self.count)
        # literals that are not false are watched first
        own.sort(key=lambda literal: -literal in self.true)
        for literal in own[:2]:
            self.watching[literal].append(self.count)
        if not own or -own[0] in self.true:
            self.contradicted = True
        elif (len(own) == 1 or -own[1] in self.true) and own[0] not in self.true:
            self.contradicted |= self.propagate([own[0]]) is None

    def remove(self, clause: Sequence[int]) -> None:
        known = self.numbers.get(tuple(sorted(dict.fromkeys(clause))))
        # what single literals rest on stays, as checkers do
        if known and len(clause) > 1:
            del self.clauses[known.pop()]

    def propagate(self, given: Iterable[int]) -> list[int] | None:
        """The literals that become true, or None where they contradict; the caller may take them back."""
        trail: list[int] = []
        queue = list(given)
        while queue:
            literal = queue.pop()
            if -literal in self.true:
                self.undo(trail)
                return None
            if literal in self.true:
                continue
            self.true.add(literal)
            trail.append(literal)
            if not self._visit(-literal, queue):
                self.undo(trail)
                return None
        return trail

    def undo(self, trail: Iterable[int]) -> None:
        self.true.difference_update(trail)

    def _visit(self, false: int, queue: list[int]) -> bool:
        """Move the watches of a literal that became false; False where a clause has none left."""
        kept = []
        watchers = self.watching[false]
        for place, number in enumerate(watchers):
            clause = self.clauses.get(number)
            if clause is None:
                continue
            if clause[0] == false and len(clause) > 1:
                clause[0], clause[1] = clause[1], clause[0]
            other = clause[0]
            if other in self.true and other != false:
                kept.append(number)
                continue
            for at in range(2, len(clause)):
                if -clause[at] not in self.true:
                    clause[1], clause[at] = clause[at], clause[1]
                    self.watching[clause[1]].append(number)
                    break
            else:
                kept.append(number)
                if other == false or -other in self.true:
                    self.watching[false] = kept + watchers[place + 1 :]
                    return False
                queue.append(other)
        self.watching[false] = kept
        return True


def refutes(clauses: Iterable[Sequence[int]], proof: Iterable[str]) -> bool:
    """Whether a proof shows that clauses cannot all hold.

    Parameters
    ----------
    clauses
        Each of numbers of variables, negative for their opposites.
    proof
        Lines such as ``"1 -2 0"``, and ``"d 1 -2 0"`` for clauses that are no longer needed.

    Examples
    --------
    >>> refutes([(1, 2), (1, -2), (-1, 2), (-1, -2)], ["1 0", "0"])
    True
    >>> refutes([(1, 2), (1, -2), (-1, 2)], ["1 0", "0"])
    False
    """
    known = _Clauses()
    for clause in clauses:
        known.add(clause)
    for line in proof:
        words = line.split()
        removed = words[:1] == ["d"]
        clause = [int(word) for word in words[removed:] if word != "0"]
        if removed:
            known.remove(clause)
            continue
        if not known.contradicted:
            trail = known.propagate([-literal for literal in clause])
            if trail is not None:
                known.undo(trail)
                return False
        known.add(clause)
        if not clause:
            return True
    return known.contradicted
