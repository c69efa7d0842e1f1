"""The search for a machine: registers, quantities made of them, outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.engine.programs.machines import Machine, Register
from symlaw.language.programs.program import Call, Input, Literal, Program
from symlaw.language.programs.steps import step_call
from symlaw.search.machines.outputs import Found, Quantities, formula_of
from symlaw.search.machines.registers import MOST_DELAYS, Kept, Sequences, registers

Array = NDArray[np.float64]
_Listed = tuple[Array, Program, float]


class MachineFound(NamedTuple):
    """A machine, and the bits of its description."""

    bits: float
    machine: Machine


def find_machine(
    sequences: Sequences, *, is_deep: bool = True, is_late: Callable[[], bool] = lambda: False
) -> MachineFound | None:
    """The shortest machine found that gives all outputs; None where one has no formula."""
    kept = registers(sequences)
    quantities = _quantities(sequences, kept)
    formulas: list[Found] = []
    for output in sequences.outputs:
        found = formula_of(quantities, output[sequences.asked], is_deep=is_deep, is_late=is_late)
        if found is None:
            return None
        formulas.append(found)
    return MachineFound(
        sum(found.bits for found in formulas),
        _assembled(len(sequences.inputs), kept, [one.program for one in formulas]),
    )


def _quantities(sequences: Sequences, kept: list[Kept]) -> Quantities:
    """Inputs, the index, registers, and sums and changes over the last steps; each behaviour once."""
    n = len(sequences.inputs)
    n_sequences, n_steps = sequences.asked.shape
    index = np.broadcast_to(np.arange(1.0, n_steps + 1), (n_sequences, n_steps))
    listed: list[_Listed] = [(values, Input(place), 1.5) for place, values in enumerate(sequences.inputs)]
    listed += [
        (np.abs(values), step_call("magnitude", Input(place)), 3.0)
        for place, values in enumerate(sequences.inputs)
        if np.any(values < 0)
    ]
    listed.append((index, Input(n), 2.5))
    listed += [(one.values, Input(n + 1 + place), 1.5 + one.bits) for place, one in enumerate(kept)]
    for place in range(n):
        listed += _windows(sequences, kept, place)
    if n == 1:
        listed += _read(sequences, kept)
    if n == 2:
        both = step_call("plus", Input(0), Input(1))
        listed += [
            (sequences.inputs[0] + sequences.inputs[1] + before, step_call("plus", both, program), bits + 4.0)
            for before, program, bits in _carried(kept, n)
        ]
    seen: dict[bytes, tuple[Array, Program, float]] = {}
    for values, program, bits in listed:
        rows = np.ascontiguousarray(values[sequences.asked], dtype=float)
        known = seen.get(rows.tobytes())
        if known is None or bits < known[2]:
            seen[rows.tobytes()] = (rows, program, bits)
    chosen = list(seen.values())
    return Quantities(
        np.array([rows for rows, *_ in chosen]), tuple(program for _, program, _ in chosen),
        np.array([bits for *_, bits in chosen]),
    )  # fmt: skip


def _windows(sequences: Sequences, kept: list[Kept], place: int) -> list[_Listed]:
    """Sums of the last inputs, and of how often they changed."""
    n = len(sequences.inputs)
    values, program = sequences.inputs[place], Input(place)
    names = {one.name: where for where, one in enumerate(kept)}
    found: list[_Listed] = []
    total: Program = program
    changes: Program | None = None
    summed, changed, last, at = values.copy(), np.zeros_like(values), values, program
    for steps in range(1, MOST_DELAYS + 1):
        where = names[f"input{place + 1}_{steps}_before"]
        earlier, what = kept[where].values, Input(n + 1 + where)
        summed = summed + earlier
        total = step_call("plus", total, what)
        found.append((summed, total, 3.0 + 1.2 * steps))
        if np.any(earlier < 0):
            found.append((np.abs(earlier), step_call("magnitude", what), 3.0 + 0.5 * steps))
        differs = step_call("differ", at, what)
        changed = changed + (last != earlier)
        changes = differs if changes is None else step_call("plus", changes, differs)
        found.append((changed.copy(), changes, 4.0 + 2.0 * steps))
        last, at = earlier, what
    return found


def _read(sequences: Sequences, kept: list[Kept]) -> list[_Listed]:
    """The remainder as it was, with one digit more: what a long division divides."""
    found: list[_Listed] = []
    for place, one in enumerate(kept):
        if one.name.startswith("remainder_") and one.source is not None:
            base = int(one.name.split("_")[1])
            program = step_call("plus", step_call("product", Input(2 + place), base), Input(0))
            found.append((base * one.values + sequences.inputs[0], program, one.bits + 4.0))
    return found


def _carried(kept: list[Kept], n: int) -> list[_Listed]:
    """Carries as they were before the step: what has to be added to the digits."""
    found: list[_Listed] = []
    for place, one in enumerate(kept):
        if one.name.startswith("carry_") and one.source is not None:
            found.append((one.values, Input(n + 1 + place), one.bits))
    return found


def _assembled(n: int, kept: list[Kept], outputs: list[Program]) -> Machine:
    """A machine of the registers that outputs need."""
    used: list[Kept] = []
    for output in outputs:
        for place in _places(output):
            if place > n:
                _add(kept[place - n - 1], used)
    where = {id(one): n + 1 + place for place, one in enumerate(used)}
    made = []
    for one in used:
        reads = [*range(n + 1), *(where[id(need)] for need in one.needs), where[id(one)]]
        made.append(
            Register(one.name, one.initial, None if one.update is None else _renamed(one.update, reads))
        )
    final = [_renamed(output, {place: place if place <= n else where[id(kept[place - n - 1])] for place in
    _places(output)})
             for output in outputs]  # fmt: skip
    return Machine(n, tuple(made), tuple(final), _after(n, used, where))


def _add(one: Kept, used: list[Kept]) -> None:
    """A register after those that it reads."""
    for need in one.needs:
        _add(need, used)
    if isinstance(one.source, Kept):
        _add(one.source, used)
    if all(one is not other for other in used):
        used.append(one)


def _after(n: int, used: list[Kept], where: dict[int, int]) -> tuple[tuple[int, int], ...]:
    """What is taken over after each step; the oldest first, so that it reads what was there before."""
    pairs = []
    for one in reversed(used):
        if isinstance(one.source, Kept):
            pairs.append((where[id(one)] - n - 1, where[id(one.source)]))
        elif one.source is not None:
            kind, place = one.source
            pairs.append((where[id(one)] - n - 1, place if kind == "input" else n + 1 + len(used) + place))
    return tuple(pairs)


def _places(program: Program) -> list[int]:
    if isinstance(program, Input):
        return [program.place]
    if isinstance(program, Call):
        return [place for argument in program.arguments for place in _places(argument)]
    return []


def _renamed(program: Program, places: list[int] | dict[int, int]) -> Program:
    if isinstance(program, Input):
        return Input(places[program.place])
    if isinstance(program, Literal) or not isinstance(program, Call):
        return program
    return Call(program.name, tuple(_renamed(argument, places) for argument in program.arguments))
