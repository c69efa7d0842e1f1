"""Machines as JSON, and back; what is read is checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from symlaw.engine.programs.machines import Machine, Register
from symlaw.errors import ParseError
from symlaw.language.programs.steps import formula_from, formula_record
from symlaw.runs.files import number
from symlaw.search.machines.states import States, Step
from symlaw.tasks.machines.alphabet import Alphabet


def record_of(machine: Machine | States) -> dict[str, Any]:
    """A machine as JSON writes it."""
    if isinstance(machine, States):
        return {
            "steps": [
                [[list(step), after, _listed(said)] for step, (after, said) in steps.items()]
                for steps in machine.steps
            ],
            "labels": [_listed(label) for label in machine.labels],
        }
    registers = [
        [one.name, _initial_record(one.initial), None if one.update is None else formula_record(one.update)]
        for one in machine.registers
    ]
    outputs = [formula_record(output) for output in machine.outputs]
    after = [list(pair) for pair in machine.after]
    return {"n_inputs": machine.n_inputs, "registers": registers, "outputs": outputs, "after": after}


def machine_from(record: Mapping[str, Any]) -> Machine | States:
    """A machine from what `record_of` gave.

    Raises
    ------
    ParseError
        When it is none.
    """
    if "steps" in record:
        return _states(record)
    n_inputs, registers = _whole(record["n_inputs"], 1, 1000), record["registers"]
    n_known = n_inputs + 1 + len(registers)
    made = tuple(
        Register(str(name), _initial(initial), None if update is None else formula_from(update, n_known))
        for name, initial, update in registers
    )
    outputs = tuple(formula_from(output, n_known) for output in record["outputs"])
    if not outputs:
        raise ParseError("the machine has no outputs")
    after = tuple(
        (_whole(place, 0, len(made)), _whole(source, 0, n_known + len(outputs)))
        for place, source in record["after"]
    )
    return Machine(n_inputs, made, outputs, after)


def alphabet_record(alphabet: Alphabet) -> dict[str, Any]:
    """How steps are numbers, as JSON writes it."""
    return {"symbols": list(alphabet.symbols), "width": alphabet.width, "is_single": alphabet.is_single}


def alphabet_from(record: Mapping[str, Any]) -> Alphabet:
    """An alphabet from what `alphabet_record` gave."""
    symbols = tuple(str(symbol) for symbol in record["symbols"])
    return Alphabet(symbols, _whole(record["width"], 1, 1000), bool(record["is_single"]))


def _states(record: Mapping[str, Any]) -> States:
    n = len(record["steps"])
    if not n:
        raise ParseError("the machine has no states")
    steps = tuple(
        {_step(step): (_whole(after, 0, n), None if said is None else _step(said))
         for step, after, said in rows}
        for rows in record["steps"]
    )  # fmt: skip
    labels = tuple(None if label is None else _step(label) for label in record["labels"])
    if labels and len(labels) != n:
        raise ParseError(f"the machine has {n} states and {len(labels)} labels")
    return States(steps, labels)


def _listed(step: Step | None) -> list[Any] | None:
    return None if step is None else list(step)


def _step(record: Any) -> Step:
    if not isinstance(record, list) or not all(type(one) in (int, float) for one in record):
        raise ParseError(f"{record!r:.60} is no step")
    return tuple(record)


def _initial_record(value: Any) -> int | float | str:
    return value if type(value) is int else number(value)


def _initial(value: Any) -> int | float:
    if type(value) is int:
        return value
    read = float(value)
    if math.isnan(read):
        raise ParseError(f"{value!r:.60} is no number to begin with")
    return read


def _whole(value: Any, low: int, end: int) -> int:
    if type(value) is not int or value not in range(low, end):
        raise ParseError(f"{value!r:.60} is no whole number from {low} to {end - 1}")
    return value
