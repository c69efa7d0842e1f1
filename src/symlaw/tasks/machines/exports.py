"""Machines for their consumers: plain Python, tables, diagrams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.engine.programs.machines import Machine
from symlaw.errors import CannotExport
from symlaw.language.programs.steps import written
from symlaw.search.machines.states import States
from symlaw.tasks.forms import Form, exported, words_of
from symlaw.tasks.machines.bits import blif_of
from symlaw.tasks.machines.drawing import drawn
from symlaw.tasks.machines.naming import names_of

if TYPE_CHECKING:
    from symlaw.tasks.machines.result import FoundMachine


def forms() -> dict[str, str]:
    """What forms machines are exported to, and what each is."""
    return words_of(FORMS)


def python_of(found: FoundMachine) -> str:
    """A module with a function `machine` of a sequence, which needs the standard library alone."""
    if isinstance(found.machine, States):
        return _code_of_states(found, found.machine)
    return _code_of_registers(found, found.machine)


def diagram_of(found: FoundMachine) -> str:
    """States and what leads from one to the other, as SVG.

    Raises
    ------
    CannotExport
        When the machine has registers.
    """
    machine = found.machine
    if not isinstance(machine, States):
        raise CannotExport("a machine with registers has no finite diagram: see its table or its code")
    arrows: dict[tuple[int, int], list[str]] = {}
    for state, steps in enumerate(machine.steps):
        for step, (after, said) in steps.items():
            text = str(found.read.decode(step))
            text += "" if found.is_label else f" / {found.write.decode(said)}"
            arrows.setdefault((state, after), []).append(text)
    said_at = machine.labels or (None,) * len(machine.steps)
    labels = [
        f"{state}: {found.write.decode(label)}" if found.is_label else str(state)
        for state, label in enumerate(said_at)
    ]
    return drawn(labels, arrows)


FORMS = {
    "python": Form("a function of a sequence, of the standard library alone", python_of),
    "csv": Form("the table of states, or of registers", lambda found: found.table.to_csv(index=False)),
    "svg": Form("the diagram of states", diagram_of),
    "blif": Form("a circuit with latches, of states", blif_of),
}


def _code_of_registers(found: FoundMachine, machine: Machine) -> str:
    names, n = names_of(machine), machine.n_inputs
    registers = names[n + 1 : n + 1 + len(machine.registers)]
    outputs = names[n + 1 + len(registers) :]
    step = "step" if found.read.symbols else "x" if n == 1 else f"({', '.join(names[:n])})"
    lines = ["import math", "", *_symbols(found), "", "def machine(sequence):"]
    lines += [
        f"    {name} = {_initial(register.initial)}"
        for name, register in zip(registers, machine.registers, strict=True)
    ]
    lines += ["    outputs = []", f"    for index, {step} in enumerate(sequence, 1):"]
    if found.read.symbols:
        lines.append("        x = READ[step]")
    lines += [
        f"        {name} = {written(register.update, names)}"
        for name, register in zip(registers, machine.registers, strict=True)
        if register.update is not None
    ]
    lines += [
        f"        {name} = {written(output, names)}"
        for name, output in zip(outputs, machine.outputs, strict=True)
    ]
    said = outputs[0] if len(outputs) == 1 else f"({', '.join(outputs)})"
    lines.append(f"        outputs.append({f'WRITTEN.get({said})' if found.write.symbols else said})")
    lines += [f"        {registers[place]} = {names[source]}" for place, source in machine.after]
    lines.append("    return outputs[-1]" if found.is_label else "    return outputs")
    return "\n".join([*lines, ""])


def _symbols(found: FoundMachine) -> list[str]:
    """What texts are as numbers, where steps or outputs are texts."""
    lines = []
    if found.read.symbols:
        lines.append(f"READ = { {text: place for place, text in enumerate(found.read.symbols)} }")
    if found.write.symbols:
        lines.append(f"WRITTEN = {dict(enumerate(found.write.symbols))}")
    return [*lines, ""] if lines else lines


def _initial(value: Any) -> str:
    return f'float("{value}")' if isinstance(value, float) and "inf" in repr(value) else repr(value)


def _code_of_states(found: FoundMachine, machine: States) -> str:
    rows = [
        f"    ({state}, {found.read.decode(step)!r}):"
        f" ({after}, {found.write.decode(machine.labels[after] if found.is_label else said)!r}),"
        for state, steps in enumerate(machine.steps)
        for step, (after, said) in steps.items()
    ]
    return "\n".join(
        [
            "STEPS = {", *rows, "}", "", "", "def machine(sequence):", "    state, outputs = 0, []",
            "    for step in sequence:", "        state, output = STEPS[state, step]",
            "        outputs.append(output)",
            "    return outputs[-1]" if found.is_label else "    return outputs", "",
        ]
    )  # fmt: skip


def export(found: FoundMachine, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, FORMS)
