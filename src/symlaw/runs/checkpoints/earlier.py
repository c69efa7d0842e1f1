"""What a run left to go on from: its latest checkpoint, and the front that its journal has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symlaw.errors import RunError
from symlaw.runs.checkpoints.checkpoint import CHECKPOINT_FILE, Checkpoint, read_checkpoint
from symlaw.runs.journal import FrontSummary, read_journal
from symlaw.runs.records import JOURNAL_FILE, read_expression
from symlaw.search.archive import Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from symlaw.language.operators import Operator
    from symlaw.search.loop.saved_state import SavedState
    from symlaw.search.problem import Problem


@dataclass(frozen=True)
class Earlier:
    """A search that was cut off.

    Parameters
    ----------
    checkpoint
        Where it was when it last wrote that down; None where it begins again, and comes the same way.
    front
        Entries of the journal's front. They are on the front in the end even where the clock makes the search
        go another way.
    """

    checkpoint: Checkpoint | None = None
    front: tuple[Entry, ...] = ()

    def kept(self, problem: Problem) -> SavedState | None:
        """The search of a problem made anew."""
        return None if self.checkpoint is None else self.checkpoint.kept(problem)


def read_earlier(folder: Path, operators: Sequence[Operator] = (), *, anew: bool = False) -> Earlier:
    """What a run left.

    Parameters
    ----------
    folder
        Of the run.
    operators
        The user's operators that its formulas may use.
    anew
        Whether to leave the checkpoint aside.

    Raises
    ------
    RunError
        When a file is damaged, or of an unknown version.
    """
    path = folder / CHECKPOINT_FILE
    checkpoint = read_checkpoint(path) if path.exists() and not anew else None
    told = FrontSummary()
    told.take(read_journal(folder / JOURNAL_FILE))
    return Earlier(checkpoint, _front(told, operators))


def _front(told: FrontSummary, operators: Sequence[Operator]) -> tuple[Entry, ...]:
    if told.damage:
        raise RunError(f"the journal of the run is damaged: {told.damage}")
    try:
        return tuple(_entry(record, operators) for record in told.entries.values())
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"the journal of the run is damaged: {error}") from None


def _entry(record: Mapping[str, Any], operators: Sequence[Operator]) -> Entry:
    whole, inner = (
        read_expression(record[name]).with_operators(operators) for name in ("expression", "inner")
    )
    told = record.get("objective")
    objective = None if told is None else float(told)
    return Entry(
        whole, float(record["complexity"]), float(record["loss"]), inner, str(record["source"]),
        objective=objective,
    )  # fmt: skip
