"""A machine that was found: run it, read it, see it, keep it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from symlaw.engine.programs.machines import Machine
from symlaw.language.later import Later
from symlaw.language.programs.steps import written
from symlaw.runs.files import load_as, save_record
from symlaw.search.machines.states import States
from symlaw.tasks.machines.alphabet import Alphabet
from symlaw.tasks.machines.invariants import invariants_of
from symlaw.tasks.machines.naming import names_of, update_of
from symlaw.tasks.machines.saving import alphabet_from, alphabet_record, machine_from, record_of

if TYPE_CHECKING:
    import pandas as pd

    from symlaw.tasks.logic.circuits import FoundCircuit

_circuit = Later("symlaw.tasks.machines.bits.circuit_of")
_export = Later("symlaw.tasks.machines.exports.export")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_KEY, _VERSION = "symlaw_machine", 1


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
    bits
        Of its description.
    n_sequences
        How many sequences it was found from; it is right on all of them.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "machine"

    machine: Machine | States
    read: Alphabet
    write: Alphabet
    is_label: bool
    bits: float
    n_sequences: int

    def __call__(self, sequence: Sequence[Any]) -> Any:
        """Outputs of all steps, or the label; None where there is no value, as for a step never seen."""
        said = [
            self.write.decode(answer)
            for answer in self.machine.run([self.read.code(step) for step in sequence])
        ]
        return (said[-1] if said else None) if self.is_label else said

    @property
    def code(self) -> str:
        """A Python function of a sequence."""
        return self.export("python")

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
        names = names_of(self.machine)
        rows = [
            (register.name, register.initial, update_of(self.machine, place, names))
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
        return self.export("svg")

    @property
    def invariants(self) -> list[str]:
        """What its table proves for all sequences, in words; nothing where the machine has registers."""
        machine = self.machine
        return invariants_of(machine, self.read.decode) if isinstance(machine, States) else []

    def circuit(self, *, moves: int | None = 20_000, time_budget: float | None = None) -> FoundCircuit:
        """A small Boolean circuit of one step, as `symlaw.circuit` finds it.

        Parameters
        ----------
        moves, time_budget
            As in `symlaw.circuit`.

        Returns
        -------
        FoundCircuit
            Its inputs ``read_1, read_0`` are the place of a step among those of the table in order, high
            bit first, and ``state_1, state_0`` the state; outputs are ``next_..`` and ``written_..``.

        Raises
        ------
        CannotExport
            When the machine has registers, or more than 12 such bits.
        """
        found: FoundCircuit = _circuit(self, moves, time_budget)
        return found

    def export(self, form: str) -> str:
        """The machine as ``"python"``, ``"csv"`` (its table), ``"svg"`` (diagram) or ``"blif"`` (circuit).

        Raises
        ------
        CannotExport
            When the form is unknown, or the machine has no diagram or circuit.
        """
        return str(_export(self, form))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `FoundMachine.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        record = {
            _KEY: _VERSION,
            "machine": record_of(self.machine),
            "read": alphabet_record(self.read),
            "write": alphabet_record(self.write),
            "is_label": self.is_label,
            "bits": float(self.bits),
            "n_sequences": self.n_sequences,
        }
        save_record(Path(path), record, "machine")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FoundMachine:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of machines.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), _KEY, _VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> FoundMachine:
        return cls(
            machine_from(record["machine"]), alphabet_from(record["read"]), alphabet_from(record["write"]),
            bool(record["is_label"]), float(record["bits"]), int(record["n_sequences"]),
        )  # fmt: skip

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {"text": str(self), "bits": self.bits, "code": self.code, "machine": record_of(self.machine)}

    def outcome(self) -> dict[str, Any]:
        """Figures of the machine, for lists of runs."""
        return {"complexity": round(self.bits, 1), "loss": 0.0, "formula": str(self)}

    def summary(self) -> str:
        """The machine, its code and what it is right on, for a terminal."""
        said = f"right on all {self.n_sequences} sequences, {self.bits:.0f} bits"
        return "\n".join([str(self), "", said, "", self.code.rstrip()])

    def _repr_html_(self) -> str:
        return str(_view(self))

    def __str__(self) -> str:
        if isinstance(self.machine, States):
            return f"{len(self.machine.steps)} states"
        names = names_of(self.machine)
        parts = [
            f"{register.name} = {register.initial} at first, then {update_of(self.machine, place, names)}"
            for place, register in enumerate(self.machine.registers)
        ]
        return "; ".join([*parts, *(f"output {written(output, names)}" for output in self.machine.outputs)])
