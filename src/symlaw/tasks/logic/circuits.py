"""`symlaw.circuit`: a truth table or a circuit becomes a small circuit of conjunctions and inverters."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.data.logic.blif import read_network
from symlaw.data.logic.reading import read_truths, text_of_file
from symlaw.data.logic.truths import every_row
from symlaw.engine.bits.words import packed
from symlaw.errors import DataError, FileUnreadable, InvalidSetting
from symlaw.language.rules.circuits import FALSE, TRUE, AndGraph
from symlaw.runs.files import write_atomic
from symlaw.search.logic.compiling import compile_circuits
from symlaw.search.logic.exceptions import corrected
from symlaw.search.logic.four_inputs import looked_up
from symlaw.search.logic.resynthesis import resynthesised
from symlaw.search.logic.starting import by_count, counted, decided
from symlaw.search.watch import Watch
from symlaw.tasks.logic.boolean import boolean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.data.logic.truths import TruthRows

    Truths = NDArray[np.bool_]

# Rows in which a table may differ from one that counts its inputs; moves of a round.
_STRAY, _ROUND = 3, 20_000
# The share of time and moves for such a table without the rows in which it differs.
_FIRST = 0.8


@dataclass(frozen=True)
class FoundCircuit:
    """A circuit that was found, and checked in every row.

    Attributes
    ----------
    graph_ : AndGraph
        The circuit.
    inputs, outputs : tuple of str
        Names.
    n_rows : int
        Rows in which it is right, all that were asked.
    is_smallest : bool
        Whether all circuits of fewer nodes were gone through.
    """

    graph_: AndGraph
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    n_rows: int
    is_smallest: bool = False

    @property
    def n_nodes(self) -> int:
        """How many conjunctions it has."""
        return len(self.graph_.nodes)

    @property
    def status_(self) -> str:
        """What is known of it."""
        n = self.n_nodes
        known = "smallest found"
        if self.is_smallest:
            known = "proved smallest, by going through all circuits of fewer nodes"
        return (
            f"{n} node{'s' * (n != 1)}: {known}; right in all {self.n_rows} rows that were asked:"
            " checked one by one"
        )

    def predict(self, X: Any) -> Truths:
        """The outputs in rows of the inputs (n_rows, n_inputs), (n_rows, n_outputs).

        Raises
        ------
        InvalidSetting
            When the rows have another width.
        """
        rows = np.asarray(X)
        if rows.ndim != 2 or rows.shape[1] != len(self.inputs):
            raise InvalidSetting(
                f"X has shape {rows.shape}: give (n_rows, {len(self.inputs)}), a column for each input"
            )
        return self.graph_.truths(rows.astype(bool))

    def blif(self) -> str:
        """The circuit as BLIF."""
        return self.graph_.blif(self.inputs, self.outputs)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the circuit as a BLIF file.

        Raises
        ------
        FileUnreadable
            When it cannot be written.
        """
        try:
            write_atomic(Path(path), self.blif())
        except OSError as error:
            raise FileUnreadable(f"the circuit cannot be written to {str(path)!r}: {error}") from None

    def __str__(self) -> str:
        names = [*self.inputs, *(f"n{number + 1}" for number in range(self.n_nodes))]

        def literal(one: int) -> str:
            if one < 0:
                return "true" if one == TRUE else "false"
            return "not " * (one & 1) + names[one >> 1]

        lines = [
            f"{names[len(self.inputs) + number]} = {literal(one)} and {literal(other)}"
            for number, (one, other) in enumerate(self.graph_.nodes)
        ]
        ends = [
            f"{name} = {literal(one)}" for name, one in zip(self.outputs, self.graph_.outputs, strict=True)
        ]
        return "\n".join(lines + ends)


def circuit(
    source: Any,
    target: str | None = None,
    *,
    moves: int | None = None,
    time_budget: float | None = 60.0,
    random_state: int = 0,
) -> FoundCircuit:
    """Find a small circuit of conjunctions and inverters (an and-inverter graph) of a truth table.

    Full tables of up to four inputs are looked up.

    Parameters
    ----------
    source
        A truth table as `symlaw.boolean` takes it, of up to 16 inputs; or a BLIF file of one or several
        outputs, whose circuit is made smaller.
    target
        The column of outputs of a table; its last by default.
    moves
        How many changes are tried; None for as many as the time allows.
    time_budget
        Seconds, or None for no limit.
    random_state
        Seed of the draws.

    Raises
    ------
    DataError
        When the table is none of truths, or an output is the same in every row.
    InvalidSetting
        When neither moves nor seconds end the search.

    Examples
    --------
    >>> import symlaw
    >>> symlaw.circuit("01101001", moves=2000).n_nodes
    6
    """
    for name, value in (("moves", moves), ("time_budget", time_budget)):
        if value is not None and (isinstance(value, bool) or not value > 0):
            raise InvalidSetting(f"{name} is {value!r}: give a number above 0, or None")
    if moves is None and time_budget is None:
        raise InvalidSetting("moves and time_budget are both None: give one of them, which ends the search")
    watch = Watch(time_budget)
    compile_circuits(watch)
    if isinstance(source, (str, os.PathLike)) and Path(source).suffix.lower() == ".blif":
        network = read_network(text_of_file(source), str(source))
        rows = every_row(len(network.inputs))
        truths = network.graph.truths(rows)
        _check(truths, network.outputs)
        starts = [network.graph, decided(truths.T)]
        names = network.inputs, network.outputs
        mask = np.ones(len(rows), bool)
    else:
        table = read_truths(source, target)
        rows = every_row(len(table.names))
        mask, truths = _filled(table, watch)
        _check(truths, (table.target,))
        known = looked_up(truths[:, 0]) if mask.all() else None
        if known is not None:
            return FoundCircuit(known.graph, table.names, (table.target,), len(rows), known.is_smallest)
        starts = [
            *_by_count(truths[:, 0], rows, mask, _Effort(moves, random_state, watch)),
            decided(truths.T),
        ]
        names = table.names, (table.target,)
    best = _smallest(starts, packed(rows.T), packed(mask), _Effort(moves, random_state, watch))
    assert (best.truths(rows) == truths)[mask].all()  # no move changes what an output says
    return FoundCircuit(best, *names, int(mask.sum()))


def circuit_of_truths(
    truths: Truths,
    asked: Truths,
    names: tuple[tuple[str, ...], tuple[str, ...]],
    moves: int | None,
    time_budget: float | None,
) -> FoundCircuit:
    """A small circuit of several outputs, checked in every row that is asked.

    Parameters
    ----------
    truths
        Outputs in all rows of the inputs, (2^n_inputs, n_outputs).
    asked
        Which rows matter.
    names
        Of inputs and outputs.
    moves, time_budget
        As in `circuit`.
    """
    rows = every_row(len(names[0]))
    # outputs that are the same wherever it matters need no nodes
    varied = [place for place, column in enumerate(truths[asked].T) if column.any() and not column.all()]
    outputs = [TRUE if column.any() else FALSE for column in truths[asked].T]
    nodes: Any = ()
    if varied:
        mask = packed(asked)
        start = decided(truths[:, varied].T)
        best = _smallest([start], packed(rows.T), mask, _Effort(moves, 0, Watch(time_budget)))
        nodes = best.nodes
        for place, one in zip(varied, best.outputs, strict=True):
            outputs[place] = one
    graph = AndGraph(len(names[0]), nodes, tuple(outputs))
    assert (graph.truths(rows) == truths)[asked].all()  # no move changes what an output says
    return FoundCircuit(graph, *names, int(asked.sum()))


def _check(truths: Truths, names: Sequence[str]) -> None:
    for name, column in zip(names, truths.T, strict=True):
        if column.all() or not column.any():
            raise DataError(f"the output {name!r} is {int(column[0])} in every row: there is nothing to find")


def _filled(table: TruthRows, watch: Watch) -> tuple[Truths, Truths]:
    """Which of all rows are asked, and truths of all (2^n, 1), those of the others as a formula has them."""
    places = table.rows @ (1 << np.arange(len(table.names))[::-1])
    mask = np.zeros(2 ** len(table.names), bool)
    mask[places] = True
    if len(np.unique(places[table.truths])) + len(np.unique(places[~table.truths])) > np.count_nonzero(mask):
        raise DataError("rows of the table contradict each other: a circuit needs one output for each row")
    truths = np.zeros(len(mask), bool)
    if not mask.all():
        columns = {name: column for name, column in zip(table.names, table.rows.T.astype(int), strict=True)}
        law = boolean(
            {**columns, table.target: table.truths.astype(int)},
            table.target,
            time_budget=max(1.0, min(30.0, watch.left / 4)),
        )
        truths = law.predict(every_row(len(table.names)))
    truths[places] = table.truths
    return mask, truths[:, None]


class _Effort(NamedTuple):
    """How many changes are tried, the seed of the draws, and what ends the search."""

    moves: int | None
    seed: int
    watch: Watch


def _by_count(table: Truths, rows: Truths, mask: Truths, effort: _Effort) -> list[AndGraph]:
    """Circuits of a table that depends on how many inputs hold, but in a few rows.

    Where there are such rows, the table without them is made small first, and its circuit is corrected then.
    """
    near = by_count(table, _STRAY)
    if near is None:
        return []
    begun = counted(near)
    if not (near != table)[mask].any():
        return [begun]
    moves = None if effort.moves is None else int(_FIRST * effort.moves)
    first = _smallest(
        [begun, decided(near[None])],
        packed(rows.T),
        packed(np.ones(len(rows), bool)),
        _Effort(moves, effort.seed, effort.watch.shared(_FIRST)),
    )
    return [corrected(one, table, rows) for one in (begun, first)]


def _smallest(
    starts: Sequence[AndGraph],
    inputs: NDArray[np.uint64],
    mask: NDArray[np.uint64],
    effort: _Effort,
) -> AndGraph:
    """The smallest of circuits made smaller, in rounds that are for the ones that are smallest then."""
    own = list(starts)
    left, number = effort.moves, 0
    while not effort.watch.is_late() and (left is None or left > 0):
        # three rounds of four are for the smallest, which of equals comes first
        place = int(np.argmin([len(one.nodes) for one in own])) if number % 4 else number // 4 % len(own)
        now = _ROUND if left is None else min(_ROUND, left)
        own[place] = resynthesised(
            own[place],
            inputs,
            mask,
            moves=now,
            seed=effort.seed + 1_000_003 * number,
            borne=1 + number // 2 % 2,
            is_late=effort.watch.is_late,
        )
        left = None if left is None else left - now
        number += 1
    return min(own, key=lambda one: len(one.nodes))
