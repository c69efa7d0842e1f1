"""What a report says of a machine behind sequences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport
from symlaw.report.blocks import Block, Listing, Picture, Text
from symlaw.report.programs.tables import table_of

if TYPE_CHECKING:
    from symlaw.tasks.machines.result import FoundMachine


def sections_of(model: FoundMachine, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    right = f"Right on all {model.n_sequences} sequences; {model.bits:.0f} bits."
    return [
        ("Machine", [Listing(str(model)), Text(right, quiet=True)]),
        ("Table", table_of(model.table)),
        ("Diagram", _diagram(model)),
        ("What always holds", [Listing("\n".join(model.invariants))] if model.invariants else []),
        ("Use it", [Text("As Python:"), Listing(model.code.rstrip())]),
    ]


def _diagram(model: FoundMachine) -> list[Block]:
    try:
        return [Picture(model.diagram(), "States, and what is read and written between them.")]
    except CannotExport:
        return []
