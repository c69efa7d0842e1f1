"""The smallest circuit by satisfiability, and proofs that none is smaller.

Whether a circuit of r gates exists is written as clauses (Kojevnikov, Kulikov and Yaroslavtsev 2009; Knuth,
The Art of Computer Programming 7.2.2.2): which two signals each gate has, what it is on them, and the truth
of each gate in each row. Gates are 0 where both signals are; any circuit can be so, with its output inverted
or not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.errors import MissingDependency
from symlaw.search.logic.circuits import Circuit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]

# Solves, and writes proofs of what cannot be solved.
_SOLVER = "glucose4"


@dataclass(frozen=True)
class Asked:
    """Whether a circuit exists, as clauses.

    Attributes
    ----------
    n_inputs, n_gates
        Its size.
    clauses
        What has to hold of the variables 1, 2, ....
    selected
        The variable of each choice of signals, by gate.
    outputs
        For each gate the variables of its outputs on 01, 10 and 11.
    inverted
        The variable of an inverted output.
    """

    n_inputs: int
    n_gates: int
    clauses: tuple[tuple[int, ...], ...]
    selected: tuple[dict[tuple[int, int], int], ...]
    outputs: tuple[tuple[int, int, int], ...]
    inverted: int

    def dimacs(self) -> str:
        """The clauses in the form that solvers and checkers read."""
        most = max(abs(literal) for clause in self.clauses for literal in clause)
        lines = [" ".join(map(str, (*clause, 0))) for clause in self.clauses]
        return "\n".join([f"p cnf {most} {len(lines)}", *lines, ""])


class Answer(NamedTuple):
    """What a solver says.

    Attributes
    ----------
    circuit
        A circuit, or None.
    proof
        Lines of a refutation in DRUP form where there is none, else None; both are None where time ran out.
    """

    circuit: Circuit | None
    proof: tuple[str, ...] | None


class _Variables:
    """New variables and clauses."""

    def __init__(self) -> None:
        self.count = 0
        self.clauses: list[tuple[int, ...]] = []

    def new(self) -> int:
        self.count += 1
        return self.count


def ask(rows: Truths, truths: Truths, n_gates: int, *, xor: bool) -> Asked:
    """Whether a circuit of so many gates gives the truths of rows, as clauses.

    Parameters
    ----------
    rows
        Different rows of the inputs, (n_rows, n_inputs).
    truths
        What is asked of each, (n_rows,).
    n_gates
        From 1 up.
    xor
        Whether gates may be exclusive or; else all are conjunctions, of signals or their opposites, or the
        opposites of such.
    """
    n = rows.shape[1]
    own = _Variables()
    inverted = own.new()
    outputs = tuple((own.new(), own.new(), own.new()) for _ in range(n_gates))
    selected = tuple(
        {pair: own.new() for pair in combinations(range(n + gate), 2)} for gate in range(n_gates)
    )
    values = [[own.new() for _ in rows] for _ in range(n_gates)]
    for gate in range(n_gates):
        _gate_is_one(own, outputs[gate], selected[gate], xor=xor)
        for place, row in enumerate(rows):
            for (first, second), choice in selected[gate].items():
                signals = [_signal(row, values, place, one, n) for one in (first, second)]
                _gate_in_row(own, choice, values[gate][place], signals, outputs[gate])
    for gate in range(n_gates - 1):
        # every gate but the last is a signal of a later one
        users = [
            choice for later in selected[gate + 1 :] for pair, choice in later.items() if n + gate in pair
        ]
        own.clauses.append(tuple(users))
    for place, truth in enumerate(truths):
        last = values[-1][place]
        own.clauses += (
            [(last, inverted), (-last, -inverted)] if truth else [(last, -inverted), (-last, inverted)]
        )
    return Asked(n, n_gates, tuple(own.clauses), selected, outputs, inverted)


def _gate_is_one(
    own: _Variables, outputs: tuple[int, int, int], selected: dict[tuple[int, int], int], *, xor: bool
) -> None:
    """A gate has two signals, looks at both, and is an exclusive or only where that is allowed."""
    own.clauses.append(tuple(selected.values()))
    own.clauses += [(-one, -other) for one, other in combinations(selected.values(), 2)]
    second, first, both = outputs
    own.clauses += [(second, first, both), (-second, first, -both), (second, -first, -both)]
    if not xor:
        own.clauses.append((-second, -first, both))


def _signal(row: Truths, values: list[list[int]], place: int, signal: int, n: int) -> int | bool:
    return bool(row[signal]) if signal < n else values[signal - n][place]


def _gate_in_row(
    own: _Variables, choice: int, value: int, signals: list[int | bool], outputs: tuple[int, int, int]
) -> None:
    """In a row a gate is what its outputs are on its signals."""
    for a in (False, True):
        for b in (False, True):
            clause = [-choice]
            skip = False
            for signal, wanted in zip(signals, (a, b), strict=True):
                if isinstance(signal, bool):
                    skip |= signal != wanted
                else:
                    clause.append(-signal if wanted else signal)
            if skip:
                continue
            if not a and not b:
                own.clauses.append((*clause, -value))
                continue
            output = outputs[2] if a and b else outputs[1] if a else outputs[0]
            own.clauses += [(*clause, -output, value), (*clause, output, -value)]


def solve(asked: Asked, seconds: float) -> Answer:
    """A circuit, a refutation, or neither within a time.

    Raises
    ------
    MissingDependency
        When python-sat is not installed.
    """
    with _solvers().Solver(name=_SOLVER, bootstrap_with=asked.clauses, with_proof=True) as solver:
        timer = threading.Timer(max(0.0, seconds), solver.interrupt)
        timer.start()
        try:
            found = solver.solve_limited(expect_interrupt=True)
        finally:
            timer.cancel()
        if found is None:
            return Answer(None, None)
        if not found:
            return Answer(None, tuple(solver.get_proof()))
        true = {literal for literal in solver.get_model() if literal > 0}
    gates = []
    for selected, outputs in zip(asked.selected, asked.outputs, strict=True):
        first, second = next(pair for pair, choice in selected.items() if choice in true)
        gates.append((first, second, (outputs[0] in true, outputs[1] in true, outputs[2] in true)))
    return Answer(Circuit(asked.n_inputs, tuple(gates), asked.inverted in true), None)


def _solvers() -> Any:
    try:
        from pysat import solvers
    except ImportError as error:
        raise MissingDependency(
            "proving needs the package 'python-sat': install it with pip install 'symlaw[logic]'"
        ) from error
    return solvers
