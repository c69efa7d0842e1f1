"""What a report says of the rule of cells or nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport
from symlaw.report.blocks import Block, Listing, Text
from symlaw.report.programs.tables import table_of

if TYPE_CHECKING:
    from symlaw.tasks.automata.graph_result import GraphAutomaton
    from symlaw.tasks.automata.result import Automaton


def sections_of(model: Automaton | GraphAutomaton, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    return [
        ("Rule", [Listing(str(model)), Text(f"{model.bits:.0f} bits.", quiet=True)]),
        ("Table", table_of(model.table)),
        ("Use it", _use(model)),
    ]


def _use(model: Automaton | GraphAutomaton) -> list[Block]:
    try:
        return [Text("As Python:"), Listing(model.export("python").rstrip())]
    except CannotExport:
        return []
