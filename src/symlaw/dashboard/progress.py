"""How far a run has come: its best loss over time, and what it has used of what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.report.plots.search import improvements_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from symlaw.report.plots.search import Moment
    from symlaw.runs.records import Header

# Improvements that are kept of a run, however many there are.
MOST_MOMENTS = 120
_LIMITS = {"seconds": "time_budget", "evaluations": "max_evaluations", "target_loss": "target_loss",
           "patience": "patience"}  # fmt: skip


@dataclass
class Improvements:
    """The improvements of the smallest loss of a run, thinned out where there are many.

    Attributes
    ----------
    moments
        In order of time. The first and the latest are always there.
    """

    moments: list[Moment] = field(default_factory=list)

    def take(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Go on with further records of the journal."""
        for record in records:
            try:
                for moment in improvements_in(record, self._best):
                    self._keep(moment)
            except (KeyError, TypeError, ValueError):
                # what reads the front says that the journal is damaged
                continue

    @property
    def _best(self) -> float:
        return self.moments[-1].loss if self.moments else float("inf")

    def _keep(self, moment: Moment) -> None:
        self.moments.append(moment)
        if len(self.moments) > MOST_MOMENTS:
            self.moments = [*self.moments[:-1:2], self.moments[-1]]

    def record(self) -> dict[str, list[Any]]:
        """Plain values for the page, column by column."""
        names = ("seconds", "evaluations", "loss", "source")
        return {name: [getattr(moment, name) for moment in self.moments] for name in names}


def limits_of(header: Header) -> dict[str, Any]:
    """What may end a run: its seconds, evaluations, target loss and patience; None for no limit."""
    return {name: header.settings.get(setting) for name, setting in _LIMITS.items()}
