"""The rule of cells that was found: run it, read it, keep it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.errors import InvalidSetting, ParseError
from symlaw.language.later import Later
from symlaw.runs.files import load_as, save_record
from symlaw.search.automata.rules import BOUNDARIES, Rule, patterns_of
from symlaw.tasks.automata.cells import block_patterns, coded, decoded
from symlaw.tasks.automata.graph_result import GraphAutomaton
from symlaw.tasks.automata.saving import KEY, VERSION, rule_from, rule_record, states_from

if TYPE_CHECKING:
    import pandas as pd

_export = Later("symlaw.tasks.automata.exports.export")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
_KINDS = {
    "table": "the pattern of {n} cells", "sum": "the sum of {n} cells",
    "counts": "the cell, and how many of its {m} neighbours are {counted}",
}  # fmt: skip


@dataclass(frozen=True)
class Automaton:
    """The rule of a cellular automaton.

    Attributes
    ----------
    rule : Rule
        What a cell becomes.
    states : tuple
        States as they were given; cells are their places.
    boundary : str or None
        ``"wrap"``, ``"zero"`` or ``"edge"``; None where single neighbourhoods were given.
    errors : int
        Cells that do otherwise: flipped by noise, or by something that the rule does not know.
    n_cells : int
        Cells that were looked at.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "automaton"

    rule: Rule
    states: tuple[Any, ...]
    boundary: str | None
    errors: int
    n_cells: int

    @property
    def bits(self) -> float:
        """How many bits table and exceptions take."""
        return float(self.rule.bits)

    def step(self, grid: Any) -> np.ndarray[Any, Any]:
        """The grid one step later; -1 (None where states are no numbers) where a pattern was never seen.

        Of sums and counts that were never seen the nearest one is taken.

        Raises
        ------
        InvalidSetting
            When only single neighbourhoods were given, so that the boundary is not known.
        DataError
            When a state was never seen.
        """
        if self.boundary is None:
            raise InvalidSetting(
                "the rule was found from single neighbourhoods: ask next_of for the next cell of others"
            )
        cells = coded(np.asarray(grid), self.states)
        after = self.rule.next_of(patterns_of(cells, self.rule.offsets, self.boundary))
        return decoded(after, self.states).reshape(cells.shape)

    def next_of(self, neighbourhoods: Any) -> np.ndarray[Any, Any]:
        """The next cell of neighbourhoods, (n, 3), (n, 3, 3) and so on."""
        blocks = coded(np.asarray(neighbourhoods), self.states)
        return decoded(self.rule.next_of(block_patterns(blocks, self.rule.offsets)), self.states)

    def run(self, grid: Any, steps: int) -> np.ndarray[Any, Any]:
        """The grid and what it becomes in some steps, (steps + 1, ...)."""
        frames = [np.asarray(grid)]
        for _ in range(steps):
            frames.append(self.step(frames[-1]))
        return np.stack(frames)

    @property
    def table(self) -> pd.DataFrame:
        """What the rule was seen to do: what is asked of a cell's surroundings, and its next state."""
        import pandas as pd

        rule = self.rule
        names = {
            "table": [str(offset[0] if len(offset) == 1 else offset) for offset in rule.offsets],
            "sum": ["sum"],
            "counts": ["cell", f"neighbours that are {self.states[rule.counted]}"],
        }[rule.kind]
        n_states = {"table": len(names), "sum": 0, "counts": 1}[rule.kind]
        rows = [
            [*(self.states[one] for one in key[:n_states]), *key[n_states:], self.states[after]]
            for key, after in sorted(rule.table.items())
        ]
        return pd.DataFrame(rows, columns=[*names, "next"])

    @property
    def formula(self) -> str:
        """The rule in words: by what each state comes about; the state of most rows is what is left."""
        counts = {
            state: list(self.rule.table.values()).count(state) for state in set(self.rule.table.values())
        }
        rest = max(sorted(counts), key=lambda state: counts[state])
        said = [
            f"{self.states[state]} where {self._where(state)}" for state in sorted(counts) if state != rest
        ]
        return "; ".join([*said, f"else {self.states[rest]}"])

    def _where(self, state: int) -> str:
        keys = sorted(key for key, after in self.rule.table.items() if after == state)
        if self.rule.kind == "sum":
            return "the sum is " + _listed(key[0] for key in keys)
        if self.rule.kind == "table":
            ordered = sorted(range(len(self.rule.offsets)), key=lambda place: self.rule.offsets[place])
            return "the cells are " + " or ".join(
                "".join(str(self.states[key[place]]) for place in ordered) for key in keys
            )
        cells = sorted({key[0] for key in keys})
        counted = self.states[self.rule.counted]
        return " or ".join(
            f"the cell is {self.states[cell]} and {_listed(key[1] for key in keys if key[0] == cell)}"
            f" neighbours are {counted}"
            for cell in cells
        )

    def export(self, form: str) -> str:
        """The rule for a consumer: ``"python"``, ``"csv"`` (its table) or ``"text"``.

        Raises
        ------
        CannotExport
            When the form is unknown, or nothing is known of borders.
        """
        return str(_export(self, form))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `Automaton.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        record = {
            KEY: VERSION, "rule": rule_record(self.rule), "states": list(self.states),
            "boundary": self.boundary, "errors": self.errors, "n_cells": self.n_cells,
        }  # fmt: skip
        save_record(Path(path), record, "rule")

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Automaton | GraphAutomaton:
        """Read what `save` wrote, here or of a rule on a graph.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        return load_as(Path(path), KEY, VERSION, cls._from)

    @classmethod
    def _from(cls, record: dict[str, Any]) -> Automaton | GraphAutomaton:
        if "edges" in record:
            return GraphAutomaton.from_record(record)
        rule, boundary = rule_from(record["rule"]), record["boundary"]
        if boundary is not None and boundary not in BOUNDARIES:
            raise ParseError(f"{boundary!r:.40} is no boundary")
        states = states_from(record["states"], rule.n_states)
        return cls(rule, states, boundary, int(record["errors"]), int(record["n_cells"]))

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {
            "text": str(self), "formula": self.formula, "bits": self.bits,
            "states": list(self.states), "boundary": self.boundary, "rule": rule_record(self.rule),
            "errors": self.errors, "n_cells": self.n_cells,
        }  # fmt: skip

    def outcome(self) -> dict[str, Any]:
        """Figures of the rule, for lists of runs."""
        share = self.errors / max(1, self.n_cells)
        return {"complexity": round(self.bits, 1), "loss": share, "formula": self.formula}

    def summary(self) -> str:
        """The rule in words, for a terminal."""
        return str(self)

    def _repr_html_(self) -> str:
        return str(_view(self))

    def __str__(self) -> str:
        n = len(self.rule.offsets)
        words = _KINDS[self.rule.kind].format(n=n, m=n - 1, counted=self.states[self.rule.counted])
        border = "" if self.boundary is None else f"; boundary: {self.boundary}"
        errors = f"{self.errors} of {self.n_cells} cells do otherwise"
        return f"the next state by {words}{border}; {errors}\n{self.formula}"


def _listed(values: Any) -> str:
    return " or ".join(str(value) for value in values)
