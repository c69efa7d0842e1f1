"""Machines with registers: read a number or several, step, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.language.programs.program import Program
from symlaw.language.programs.steps import evaluated

# Numbers of more bits are no longer computed with.
_MOST_BITS = 100_000


@dataclass(frozen=True)
class Register:
    """A number that a machine keeps.

    Attributes
    ----------
    name
        What it is called.
    initial
        Its value before the first step.
    update
        Its next value, of the quantities of `Machine`; None where it changes after outputs only.
    """

    name: str
    initial: Any
    update: Program | None


@dataclass(frozen=True)
class Machine:
    """Registers and outputs.

    Formulas read quantities by their place: the inputs of the step, the index of the step from 1, the
    registers in
    their order, and the outputs. Updates are made in order, each reading what is there then; outputs are
    written after
    them; then registers take over quantities as they are.

    Attributes
    ----------
    n_inputs
        Numbers read in each step.
    registers
        What is kept.
    outputs
        What is written.
    after
        Pairs of a register and the place of a quantity that it takes over when the outputs are written, in
        order.
    """

    n_inputs: int
    registers: tuple[Register, ...]
    outputs: tuple[Program, ...]
    after: tuple[tuple[int, int], ...] = ()

    def run(self, steps: Sequence[Sequence[Any]]) -> list[tuple[Any, ...] | None]:
        """Outputs of all steps of one sequence; None from the first on that has no value, or a huge one."""
        values = [register.initial for register in self.registers]
        written: list[tuple[Any, ...] | None] = []
        for index, given in enumerate(steps, 1):
            try:
                answer, values = self._step(given, index, values)
            except (ArithmeticError, ValueError):
                break
            if any(isinstance(one, int) and one.bit_length() > _MOST_BITS for one in (*answer, *values)):
                break
            written.append(answer)
        return [*written, *[None] * (len(steps) - len(written))]

    def _step(self, given: Sequence[Any], index: int, values: list[Any]) -> tuple[tuple[Any, ...], list[Any]]:
        """Outputs of a step, and the registers after it."""
        offset = self.n_inputs + 1
        known = [*given, index, *values]
        for place, register in enumerate(self.registers):
            if register.update is not None:
                known[offset + place] = evaluated(register.update, known)
        answer = tuple(evaluated(output, known) for output in self.outputs)
        known += answer
        for place, source in self.after:
            known[offset + place] = known[source]
        return answer, known[offset : offset + len(values)]
