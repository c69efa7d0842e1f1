"""Machines with states as circuits: bits of a step and of the state give the next and what is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.errors import CannotExport
from symlaw.search.machines.states import States
from symlaw.tasks.logic.circuits import FoundCircuit, circuit_of_truths

if TYPE_CHECKING:
    from symlaw.tasks.machines.result import FoundMachine

# Circuits of more inputs are not looked for.
_MOST_INPUTS = 12


class Codes(NamedTuple):
    """How many states there are, and what is read and written; each is a number by its place.

    Attributes
    ----------
    n_states
        States.
    read, written
        Steps, and outputs or labels, in order.
    """

    n_states: int
    read: tuple[Any, ...]
    written: tuple[Any, ...]

    @property
    def widths(self) -> tuple[int, int, int]:
        """Bits of a step, of a state and of an output."""
        return _width(len(self.read)), _width(self.n_states), _width(len(self.written))


def _width(count: int) -> int:
    return max(1, (count - 1).bit_length())


def codes_of(found: FoundMachine) -> Codes:
    """The codes of a machine with states.

    Raises
    ------
    CannotExport
        When it has registers, whose numbers have any size.
    """
    machine = found.machine
    if not isinstance(machine, States):
        raise CannotExport("a machine with registers has no circuit, since its numbers have any size")
    steps = [step for own in machine.steps for step in own]
    said = machine.labels if found.is_label else [said for own in machine.steps for _, said in own.values()]
    outputs = tuple(sorted({one for one in said if one is not None}))
    return Codes(len(machine.steps), tuple(sorted(set(steps))), outputs)


def circuit_of(found: FoundMachine, moves: int | None, time_budget: float | None) -> FoundCircuit:
    """A circuit of one step: ``read_`` and ``state_`` give ``next_`` and ``written_``, high bits first."""
    machine, codes = found.machine, codes_of(found)
    assert isinstance(machine, States)
    read, state, written = codes.widths
    if read + state > _MOST_INPUTS:
        raise CannotExport(
            f"a circuit of the machine has {read + state} inputs, and at most {_MOST_INPUTS} are looked for"
        )
    rows = every_row(read + state)
    truths = np.zeros((len(rows), state + written), bool)
    asked = np.zeros(len(rows), bool)
    for place, row in enumerate(rows):
        step, here = _number(row[:read]), _number(row[read:])
        if here >= codes.n_states or step >= len(codes.read):
            continue
        after, said = machine.steps[here].get(codes.read[step], (None, None))
        if after is None:
            continue
        said = machine.labels[after] if found.is_label else said
        asked[place] = True
        truths[place, :state] = _bits(after, state)
        truths[place, state:] = _bits(0 if said is None else codes.written.index(said), written)
    inputs = _names("read", read) + _names("state", state)
    return circuit_of_truths(
        truths, asked, (inputs, _names("next", state) + _names("written", written)), moves, time_budget
    )


def blif_of(found: FoundMachine) -> str:
    """A circuit with latches that begin at 0, in Berkeley Logic Interchange Format; codes are comments."""
    codes = codes_of(found)
    circuit = circuit_of(found, 20_000, None)
    _, state, _ = codes.widths
    lines = [f"# read {code}: {found.read.decode(step)}" for code, step in enumerate(codes.read)]
    lines += [f"# written {code}: {found.write.decode(said)}" for code, said in enumerate(codes.written)]
    pairs = list(zip(_names("next", state), _names("state", state), strict=True))
    hidden = {one for pair in pairs for one in pair}
    for line in circuit.blif().splitlines():
        word = line.split(" ")[0]
        if word in (".inputs", ".outputs"):
            line = " ".join(one for one in line.split(" ") if one not in hidden)
        lines.append(line)
        if word == ".outputs":
            lines += [f".latch {after} {now} 0" for after, now in pairs]
    return "\n".join([*lines, ""])


def _names(word: str, width: int) -> tuple[str, ...]:
    return tuple(f"{word}_{place}" for place in reversed(range(width)))


def _number(bits: Any) -> int:
    return int("".join("01"[int(bit)] for bit in bits), 2)


def _bits(number: int, width: int) -> list[bool]:
    return [bool(number >> place & 1) for place in reversed(range(width))]
