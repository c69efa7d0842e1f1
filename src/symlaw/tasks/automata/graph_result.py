"""The rule of the nodes of a graph that was found: run it, read it, keep it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.errors import ParseError
from symlaw.language.later import Later
from symlaw.runs.files import save_record
from symlaw.search.automata.graphs import LOOKS, Graph, GraphRule, Question
from symlaw.tasks.automata.cells import coded, decoded
from symlaw.tasks.automata.graph_reading import graph_of
from symlaw.tasks.automata.saving import KEY, VERSION, states_from, table_from, table_record, whole

if TYPE_CHECKING:
    import pandas as pd

_export = Later("symlaw.tasks.automata.exports.export_of_graph")
_report = Later("symlaw.report.answers.report_model")
_view = Later("symlaw.report.answers.view_of")
# What is asked of neighbours, and how an answer to it is said.
_ASKED = {
    "nothing": "nothing of its neighbours",
    "count": "how many neighbours are {counted}",
    "at_least": "whether at least {needed} neighbours are {counted}",
    "share": "whether at least {needed} of the neighbours are {counted}",
    "above_share": "whether more than {needed} of the neighbours are {counted}",
    "most": "what most neighbours are",
    "most_with_itself": "what most of itself and its neighbours are",
}
_HEADS = {
    "nothing": "", "count": "neighbours that are {counted}", "at_least": "at least {needed} are {counted}",
    "share": "at least {needed} are {counted}", "above_share": "more than {needed} are {counted}",
    "most": "most neighbours", "most_with_itself": "most, with itself",
}  # fmt: skip


@dataclass(frozen=True)
class GraphAutomaton:
    """The rule of the nodes of a graph.

    Attributes
    ----------
    rule : GraphRule
        What a node becomes.
    states : tuple
        States as they were given.
    graph : Graph
        On which it was found.
    n_nodes : int
        States after a step that were looked at.
    """

    # which question it is of, for runs and reports
    TASK: ClassVar[str] = "automaton"

    rule: GraphRule
    states: tuple[Any, ...]
    graph: Graph
    n_nodes: int

    @property
    def bits(self) -> float:
        """How many bits table and exceptions take."""
        return float(self.rule.bits)

    @property
    def errors(self) -> int:
        """Nodes that do otherwise: flipped by noise, or by something that the rule does not know."""
        return self.rule.errors

    def step(self, states: Any, graph: Any = None, *, directed: bool = False) -> np.ndarray[Any, Any]:
        """States one step later; -1 (None where states are no numbers) where that is not known.

        Parameters
        ----------
        states
            Of the nodes.
        graph, directed
            As `symlaw.automaton` takes them; by default the graph on which the rule was found.

        Raises
        ------
        DataError
            When a state was never seen, or the graph has other nodes.
        """
        cells = coded(np.asarray(states), self.states)
        own = graph_of(self.graph if graph is None else graph, len(cells), directed=directed)
        return decoded(self.rule.next_of(own.surroundings(cells, len(self.states))), self.states)

    def run(
        self, states: Any, steps: int, graph: Any = None, *, directed: bool = False
    ) -> np.ndarray[Any, Any]:
        """States and what they become in some steps, (steps + 1, n_nodes)."""
        frames = [np.asarray(states)]
        for _ in range(steps):
            frames.append(self.step(frames[-1], graph, directed=directed))
        return np.stack(frames)

    @property
    def table(self) -> pd.DataFrame:
        """What the rule was seen to do: what is asked of a node and its neighbours, and its next state."""
        import pandas as pd

        head = self._filled(_HEADS)
        names = [*(["node"] if self.rule.has_own else []), *([head] if head else []), "next"]
        rows = [
            [*(self.states[one] for one in key[: self.rule.has_own]),
             *([self._answer(key[-1])] if head else []), self.states[after]]
            for key, after in sorted(self.rule.table.items())
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=names, dtype=object)

    def _answer(self, answer: int) -> Any:
        look = self.rule.asked.look
        if look == "count":
            return answer
        if look in ("most", "most_with_itself"):
            return self.states[answer] if answer < len(self.states) else "a tie"
        return "yes" if answer else "no"

    @property
    def formula(self) -> str:
        """The rule in words: what each state and answer leads to; what leads to the most is what is left."""
        said: dict[Any, list[str]] = {}
        for row in self.table.to_dict("records"):
            after = row.pop("next")
            said.setdefault(after, []).append(", ".join(f"{name}: {value}" for name, value in row.items()))
        rest = max(said, key=lambda state: len(said[state]))
        parts = [f"{state} where {' or '.join(rows)}" for state, rows in said.items() if state != rest]
        return "; ".join([*parts, f"else {rest}" if parts else str(rest)])

    def _filled(self, words: dict[str, str]) -> str:
        asked = self.rule.asked
        return words[asked.look].format(
            counted=self.states[asked.counted], needed="/".join(map(str, asked.needed))
        )

    def export(self, form: str) -> str:
        """The rule for a consumer: ``"python"``, ``"csv"`` (its table) or ``"text"``.

        Raises
        ------
        CannotExport
            When the form is unknown.
        """
        return str(_export(self, form))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON, which `symlaw.Automaton.load` reads; no code is in it.

        Raises
        ------
        FileUnreadable
            When the file cannot be written.
        """
        save_record(Path(path), {KEY: VERSION, **self._record(), "edges": self._edges()}, "rule")

    def _edges(self) -> list[list[int]]:
        return [list(pair) for pair in zip(self.graph.seen.tolist(), self.graph.seeing.tolist(), strict=True)]

    def _record(self) -> dict[str, Any]:
        asked = self.rule.asked
        return {
            "look": asked.look, "counted": asked.counted, "needed": list(asked.needed),
            "has_own": self.rule.has_own, "table": table_record(self.rule.table),
            "states": list(self.states), "errors": self.errors, "bits": self.bits,
            "nodes": self.graph.n_nodes, "n_nodes": self.n_nodes,
        }  # fmt: skip

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> GraphAutomaton:
        """What `save` wrote.

        Raises
        ------
        ParseError
            When it is none.
        """
        states = states_from(record["states"], len(record["states"]))
        n, look, has_own = len(states), record["look"], bool(record["has_own"])
        needed = tuple(whole(one, 1, 10**6) for one in record["needed"])
        if look not in LOOKS or len(needed) != {"at_least": 1, "share": 2, "above_share": 2}.get(look, 0):
            raise ParseError(f"{look!r:.40} is nothing that is asked of neighbours")
        table = table_from(record["table"], 1 + has_own, n)
        if any(key[0] not in range(n) for key in table if has_own):
            raise ParseError("the table of the rule has a state that it does not have")
        rule = GraphRule(
            Question(look, whole(record["counted"], 0, n), needed), has_own, n, table,
            whole(record["errors"], 0, 10**12), float(record["bits"]),
        )  # fmt: skip
        graph = graph_of(record["edges"] or np.empty((0, 2)), record["nodes"], directed=True)
        return cls(rule, states, graph, int(record["n_nodes"]))

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        _report(self, path)

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        return {"text": str(self), "formula": self.formula, **self._record()}

    def outcome(self) -> dict[str, Any]:
        """Figures of the rule, for lists of runs."""
        share = self.errors / max(1, self.n_nodes)
        return {"complexity": round(self.bits, 1), "loss": share, "formula": self.formula}

    def summary(self) -> str:
        """The rule in words, for a terminal."""
        return str(self)

    def _repr_html_(self) -> str:
        return str(_view(self))

    def __str__(self) -> str:
        asked = self._filled(_ASKED)
        words = f"the node and {asked}" if self.rule.has_own else asked
        return (
            f"the next state by {words}; {self.errors} of {self.n_nodes} nodes do otherwise\n{self.formula}"
        )
