"""What formulas of a machine's registers read and write, in words."""

from __future__ import annotations

import re

from symlaw.engine.programs.machines import Machine
from symlaw.language.programs.steps import written


def names_of(machine: Machine) -> list[str]:
    """What formulas read and write, as identifiers."""
    inputs = ["x"] if machine.n_inputs == 1 else [f"x{place}" for place in range(1, machine.n_inputs + 1)]
    registers = [re.sub(r"\W", "_", register.name) for register in machine.registers]
    outputs = [f"output_{place}" for place in range(1, len(machine.outputs) + 1)]
    return [*inputs, "index", *registers, *outputs]


def update_of(machine: Machine, place: int, names: list[str]) -> str:
    """What a register becomes."""
    update = machine.registers[place].update
    if update is not None:
        return written(update, names)
    return next(names[source] for register, source in machine.after if register == place)
