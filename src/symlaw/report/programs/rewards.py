"""What a report says of a reward machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.report.blocks import Block, Listing, Picture, Text
from symlaw.report.programs.tables import table_of

if TYPE_CHECKING:
    from symlaw.tasks.rewards.result import RewardMachine


def sections_of(model: RewardMachine, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    said = f"{model.trust[0].upper()}{model.trust[1:]}; {model.bits:.0f} bits."
    machine: list[Block] = [Listing(str(model)), Text(said, quiet=True)]
    if model.warning:
        machine.insert(0, Text(model.warning))
    return [
        ("Machine", machine),
        ("Rules", table_of(model.table)),
        ("Diagram", [Picture(model.diagram(), "States, what happens between them, and the rewards.")]),
        ("Use it", [Text("As Python:"), Listing(model.code.rstrip())]),
    ]
