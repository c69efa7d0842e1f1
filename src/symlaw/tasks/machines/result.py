"""A machine that was found: run it, read it, see it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symlaw.engine.programs.machines import Machine
from symlaw.errors import CannotExport
from symlaw.language.programs.steps import written
from symlaw.search.machines.states import States
from symlaw.tasks.machines.alphabet import Alphabet
from symlaw.tasks.machines.drawing import drawn

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class FoundMachine:
    """A machine found from sequences.

    Attributes
    ----------
    machine : Machine or States
        Registers with formulas, or states with a table.
    read, write : Alphabet
        How steps and outputs are numbers.
    is_label
        Whether it gives one label for a sequence.
    """

    machine: Machine | States
    read: Alphabet
    write: Alphabet
    is_label: bool

    def __call__(self, sequence: Sequence[Any]) -> Any:
        """Outputs of all steps, or the label; None where a state has no such step."""
        said = [
            self.write.decode(answer)
            for answer in self.machine.run([self.read.code(step) for step in sequence])
        ]
        return (said[-1] if said else None) if self.is_label else said

    @property
    def code(self) -> str:
        """A Python function of a sequence; texts are their numbers in it."""
        if isinstance(self.machine, States):
            return _code_of_states(self.machine, self.is_label)
        return _code_of_registers(self.machine, self.is_label)

    @property
    def table(self) -> pd.DataFrame:
        """States, what is read, the next state and what is written; of registers their formulas."""
        import pandas as pd

        if isinstance(self.machine, States):
            rows: list[tuple[Any, ...]] = [
                (state, self.read.decode(step), after, self._said(after, said))
                for state, steps in enumerate(self.machine.steps)
                for step, (after, said) in steps.items()
            ]
            return pd.DataFrame(
                rows, columns=["state", "read", "next", "label" if self.is_label else "written"]
            )
        names = _names(self.machine)
        rows = [
            (register.name, register.initial, _update(self.machine, place, names))
            for place, register in enumerate(self.machine.registers)
        ]
        rows += [
            (f"output_{place}", None, written(output, names))
            for place, output in enumerate(self.machine.outputs, 1)
        ]
        return pd.DataFrame(rows, columns=["name", "initial", "next"])

    def _said(self, after: int, said: Any) -> Any:
        assert isinstance(self.machine, States)
        return self.write.decode(self.machine.labels[after] if self.is_label else said)

    def diagram(self) -> str:
        """States and what leads from one to the other, as SVG.

        Raises
        ------
        CannotExport
            When the machine has registers, whose values are no finite set: `table` shows their formulas.
        """
        if not isinstance(self.machine, States):
            raise CannotExport("a machine with registers has no finite diagram: see its table or its code")
        arrows: dict[tuple[int, int], list[str]] = {}
        for state, steps in enumerate(self.machine.steps):
            for step, (after, said) in steps.items():
                text = str(self.read.decode(step))
                text += "" if self.is_label else f" / {self.write.decode(said)}"
                arrows.setdefault((state, after), []).append(text)
        said_at = self.machine.labels or (None,) * len(self.machine.steps)
        labels = [
            f"{state}: {self.write.decode(label)}" if self.is_label else str(state)
            for state, label in enumerate(said_at)
        ]
        return drawn(labels, arrows)

    def __str__(self) -> str:
        if isinstance(self.machine, States):
            return f"{len(self.machine.steps)} states"
        names = _names(self.machine)
        parts = [
            f"{register.name} = {register.initial} at first, then {_update(self.machine, place, names)}"
            for place, register in enumerate(self.machine.registers)
        ]
        return "; ".join([*parts, *(f"output {written(output, names)}" for output in self.machine.outputs)])


def _names(machine: Machine) -> list[str]:
    inputs = ["x"] if machine.n_inputs == 1 else [f"x{place}" for place in range(1, machine.n_inputs + 1)]
    registers = [re.sub(r"\W", "_", register.name) for register in machine.registers]
    outputs = [f"output_{place}" for place in range(1, len(machine.outputs) + 1)]
    return [*inputs, "index", *registers, *outputs]


def _update(machine: Machine, place: int, names: list[str]) -> str:
    update = machine.registers[place].update
    if update is not None:
        return written(update, names)
    return next(names[source] for register, source in machine.after if register == place)


def _code_of_registers(machine: Machine, is_label: bool) -> str:
    names = _names(machine)
    n = machine.n_inputs
    registers = names[n + 1 : n + 1 + len(machine.registers)]
    lines = ["import math", "", "", "def machine(sequence):"]
    for name, register in zip(registers, machine.registers, strict=True):
        initial = repr(register.initial) if register.initial == register.initial else "None"
        lines.append(f"    {name} = " + (f'float("{initial}")' if "inf" in initial else initial))
    lines += [
        "    outputs = []",
        f"    for index, {'x' if n == 1 else '(' + ', '.join(names[:n]) + ')'} in enumerate(sequence, 1):",
    ]
    lines += [
        f"        {name} = {written(register.update, names)}"
        for name, register in zip(registers, machine.registers, strict=True)
        if register.update is not None
    ]
    outputs = names[n + 1 + len(registers) :]
    lines += [
        f"        {name} = {written(output, names)}"
        for name, output in zip(outputs, machine.outputs, strict=True)
    ]
    lines.append(
        f"        outputs.append({outputs[0] if len(outputs) == 1 else '(' + ', '.join(outputs) + ')'})"
    )
    lines += [f"        {registers[place]} = {names[source]}" for place, source in machine.after]
    lines.append("    return outputs[-1]" if is_label else "    return outputs")
    return "\n".join([*lines, ""])


def _code_of_states(machine: States, is_label: bool) -> str:
    def plain(step: Any) -> Any:
        return step[0] if step is not None and len(step) == 1 else step

    steps = {
        (state, plain(step)): (after, plain(machine.labels[after] if is_label else said))
        for state, steps in enumerate(machine.steps)
        for step, (after, said) in steps.items()
    }
    rows = [f"    {key!r}: {value!r}," for key, value in steps.items()]
    return "\n".join(
        [
            "STEPS = {", *rows, "}", "", "", "def machine(sequence):", "    state, outputs = 0, []",
            "    for step in sequence:", "        state, output = STEPS[state, step]", "       "
            " outputs.append(output)",
            "    return outputs[-1]" if is_label else "    return outputs", "",
        ]
    )  # fmt: skip
