"""What each searcher tried, what came of it, and where the time went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.archive import Entry
    from symlaw.search.searchers.base import Proposals


@dataclass
class Tally:
    """One searcher's account in a search.

    Attributes
    ----------
    searcher
        Its name.
    asks
        How often it was asked.
    proposed
        Formulas it brought to be scored on all rows.
    accepted
        Entries that came to the front from them, scale and offset variants included.
    on_front
        Entries on the front at the end.
    evaluations, distinct
        Formulas it scored on the probe rows, and those of them that were new.
    work
        Node values it computed.
    seconds
        Wall time of asking it.
    confirming
        Wall time of scoring what it brought on all rows.
    aside
        Why it took no part; empty when it did.
    remarks
        What it found out about the data, in words.
    """

    searcher: str
    asks: int = 0
    proposed: int = 0
    accepted: int = 0
    on_front: int = 0
    evaluations: int = 0
    distinct: int = 0
    work: int = 0
    seconds: float = 0.0
    confirming: float = 0.0
    aside: str = ""
    remarks: list[str] = field(default_factory=list)

    def add(self, proposals: Proposals, accepted: Sequence[Entry], seconds: float, confirming: float) -> None:
        """Add one ask."""
        self.asks += 1
        brought = proposals.genomes, proposals.formulas, proposals.entries, proposals.doubtful
        self.proposed += sum(len(some) for some in brought)
        self.accepted += len(accepted)
        for name in ("evaluations", "distinct", "work"):
            setattr(self, name, getattr(self, name) + proposals.counters.get(name, 0))
        self.remarks += proposals.remarks
        self.seconds += seconds
        self.confirming += confirming


def finalised(tallies: Sequence[Tally], front: Sequence[Entry]) -> tuple[Tally, ...]:
    """The accounts with the entries of the final front credited to their searchers."""
    for tally in tallies:
        tally.on_front = sum(entry.source == tally.searcher for entry in front)
    return tuple(tallies)
