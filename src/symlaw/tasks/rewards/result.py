"""A reward machine that was found: run it, read it, see it, keep it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from symlaw.engine.programs.rewards import LEAVE, Call, RewardStates, Rules
from symlaw.errors import ParseError
from symlaw.language.later import Later
from symlaw.runs.files import load_as, save_record
from symlaw.tasks.rewards.reading import coded_step, events_of
from symlaw.tasks.rewards.saving import machine_from, record_of
from symlaw.tasks.rewards.words import condition, whereto

if TYPE_CHECKING:
    import pandas as pd

_export = Later("symlaw.tasks.rewards.exports.export")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_KEY, _VERSION = "symlaw_reward_machine", 1
# A machine that was right on a smaller share of traces kept back is warned of.
_TRUSTED = 0.8


@dataclass(frozen=True)
class RewardMachine:
    """A reward machine found from traces.

    Attributes
    ----------
    machine : RewardStates
        States with rules, and parts that they call.
    events
        The names of all events of the traces; rules speak of those that matter.
    bits
        Of its description.
    n_states
        How many states it has without parts.
    is_smallest
        Whether all machines of fewer states were tried: none gives the rewards of all traces from the events
        that this one reads.
    n_traces
        How many traces it was found from; it is right on all of them.
    held_out
        Of the traces that were kept back once, how many a machine of the others is right on, and how many
        there were; None where there were too few.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "rewards"

    machine: RewardStates
    events: tuple[str, ...]
    bits: float
    n_states: int
    is_smallest: bool
    n_traces: int
    held_out: tuple[int, int] | None

    def __call__(self, trace: Iterable[Any]) -> list[float | None]:
        """The reward of each step, None once the episode has ended; events never seen make no difference.

        Raises
        ------
        DataError
            When a step is no name, names, or truths by name.
        """
        return self.machine.run(coded_step(events_of(step), self.events) for step in trace)

    @property
    def code(self) -> str:
        """A Python function of a list of steps."""
        return self.export("python")

    @property
    def table(self) -> pd.DataFrame:
        """Rules of each state, the first of which that holds is taken."""
        import pandas as pd

        rows = self._rows("", self.machine.states)
        for number, part in enumerate(self.machine.parts, 1):
            rows += self._rows(f"part {number}", part)
        table = pd.DataFrame(rows, columns=["part", "state", "if", "next", "reward"])
        return table if self.machine.parts else table.drop(columns="part")

    def _rows(self, part: str, states: Iterable[Rules | Call]) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = []
        for state, here in enumerate(states):
            if isinstance(here, Call):
                rows.append((part, state, f"part {here.part + 1} is left", whereto(here.after), here.reward))
                continue
            for rule in here:
                reward = None if rule.after == LEAVE else rule.reward
                rows.append((part, state, condition(rule, self.events), whereto(rule.after), reward))
        return rows

    def diagram(self) -> str:
        """States and what leads from one to the other, as SVG."""
        return self.export("svg")

    def export(self, form: str) -> str:
        """The machine for a consumer: ``"python"``, ``"csv"`` (its table) or ``"svg"`` (its diagram).

        Raises
        ------
        CannotExport
            When the form is unknown.
        """
        return str(_export(self, form))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `RewardMachine.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        record = {
            _KEY: _VERSION,
            "machine": record_of(self.machine),
            "events": list(self.events),
            "bits": float(self.bits),
            "n_states": self.n_states,
            "is_smallest": self.is_smallest,
            "n_traces": self.n_traces,
            "held_out": None if self.held_out is None else list(self.held_out),
        }
        save_record(Path(path), record, "machine")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RewardMachine:
        """Read what `save` wrote. Nothing in the file is run but by the interpreter of reward machines.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), _KEY, _VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> RewardMachine:
        events = tuple(map(str, record["events"]))
        held_out = record["held_out"]
        if held_out is not None and [type(one) for one in held_out] != [int, int]:
            raise ParseError(f"{held_out!r:.60} does not say how many traces it is right on")
        return cls(
            machine_from(record["machine"], len(events)), events, float(record["bits"]),
            int(record["n_states"]), bool(record["is_smallest"]), int(record["n_traces"]),
            None if held_out is None else (held_out[0], held_out[1]),
        )  # fmt: skip

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {
            "text": str(self), "bits": self.bits, "is_smallest": self.is_smallest, "held_out": self.held_out,
            "warning": self.warning, "code": self.code, "events": self.events,
            "machine": record_of(self.machine),
        }  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        """Figures of the machine, for lists of runs."""
        return {"complexity": round(self.bits, 1), "loss": 0.0, "formula": str(self)}

    @property
    def warning(self) -> str:
        """Why the machine may be right on its own traces only; empty where nothing speaks for that."""
        if self.held_out is None or self.is_smallest:
            return ""
        right, kept = self.held_out
        if right >= _TRUSTED * kept:
            return ""
        return (
            "Do not trust it on other traces: a machine of three quarters of the traces was right on"
            f" {right} of the other {kept}, and nothing is proved. Give more traces, or name other events."
        )

    @property
    def trust(self) -> str:
        """What is known of it, in words."""
        said = [f"right on all {self.n_traces} traces"]
        if self.is_smallest:
            said.append("proved: no machine of fewer states is")
        if self.held_out is not None:
            right, kept = self.held_out
            said.append(f"a machine of three quarters of them was right on {right} of the other {kept}")
        return "; ".join(said)

    def summary(self) -> str:
        """The machine, its rules and what is known of it, for a terminal."""
        lines = [str(self), "", self.table.to_string(index=False, na_rep=""), "", self.trust]
        return "\n".join([*lines, *filter(None, [self.warning])])

    def _repr_html_(self) -> str:
        return str(_view(self))

    def __str__(self) -> str:
        machine = self.machine
        said = f"{len(machine.states)} state{'s' * (len(machine.states) != 1)}"
        if machine.parts:
            said += f", {len(machine.parts)} part{'s' * (len(machine.parts) != 1)} that come again"
        read = sorted({
            self.events[event]
            for rules in (*machine.states, *(one for part in machine.parts for one in part))
            if not isinstance(rules, Call) for rule in rules for event in (*rule.needs, *rule.bars)
        })  # fmt: skip
        return f"{said}; reads {', '.join(read)}" if read else said
