"""Reading runs: finished, still going, or cut off."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from symlaw.errors import RunError, SymlawError
from symlaw.runs.control import wished
from symlaw.runs.files import load_record
from symlaw.runs.journal import FrontSummary, read_journal
from symlaw.runs.process import is_alive
from symlaw.runs.records import (
    HEADER_FILE,
    HEADER_KEY,
    JOURNAL_FILE,
    RESULT_FILE,
    RESULT_KEY,
    TASK,
    VERSION,
    Formula,
    Header,
    Result,
    read_expression,
)
from symlaw.trust.selection.recommend import by_objective, recommend

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.search.archive import Entry
    from symlaw.trust.selection.recommend import Recommendation

State = Literal["finished", "running", "paused", "interrupted"]
DEFAULT_ROOT = Path(".symlaw", "runs")
_SHOWN = 5


@dataclass(frozen=True)
class Run:
    """A stored run.

    Parameters
    ----------
    folder
        Where it lies; the folder's name is the run's id.
    header
        What was asked.
    state
        ``"finished"``, ``"running"`` or ``"paused"`` when its process lives, or ``"interrupted"``.
    rows
        The front, by rising complexity; empty when nothing was found yet.
    recommended
        Row to recommend, or None when there is none.
    reason
        Why that one.
    stopped_by
        What ended the search, or None.
    counters
        What it had used when it last wrote: seconds, evaluations, epochs and so on.
    notes
        Sentences written along the way.
    """

    folder: Path
    header: Header
    state: State
    rows: tuple[Formula, ...]
    recommended: int | None
    reason: str
    stopped_by: str | None
    counters: Mapping[str, float]
    notes: tuple[str, ...] = ()
    searchers: tuple[Mapping[str, Any], ...] = ()
    doubts: tuple[str, ...] = ()
    finding: Mapping[str, Any] = field(default_factory=dict)
    noise: str = ""
    terms: tuple[Mapping[str, Any], ...] = ()
    proof: str = ""

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.folder.resolve().name

    def row(self, complexity: float | None = None) -> Formula:
        """The formula of a complexity, the recommended one by default.

        Raises
        ------
        RunError
            When the front has none such; the message lists those it has.
        """
        if self.recommended is None:
            raise RunError(f"run {self.id!r} has found no formula yet: wait for it, or start another")
        if complexity is None:
            return self.rows[self.recommended]
        for row in self.rows:
            if row.complexity == complexity:
                return row
        known = ", ".join(f"{row.complexity:g}" for row in self.rows)
        raise RunError(f"run {self.id!r} has no formula of complexity {complexity:g}: there are {known}")


def read_run(folder: str | Path) -> Run:
    """Read a run.

    Raises
    ------
    RunError
        When it is missing, damaged or of an unknown version.
    """
    told = FrontSummary()
    told.take(read_journal(Path(folder) / JOURNAL_FILE))
    return run_of(Path(folder), told)


def run_of(folder: Path, told: FrontSummary) -> Run:
    """A run whose journal was read; raises `RunError` as `read_run` does."""
    record = load_record(folder / HEADER_FILE, HEADER_KEY, VERSION)
    if TASK in record:
        raise RunError(
            f"run {folder.resolve().name!r} is of {record[TASK]}: symlaw show, report and export take it, and"
            " this is for formulas of a table"
        )
    header = Header.from_record(record)
    notes = tuple(told.notes)
    if (folder / RESULT_FILE).exists():
        result = Result.from_record(load_record(folder / RESULT_FILE, RESULT_KEY, VERSION))
        return Run(folder, header, "finished", result.rows, result.recommended, result.reason,
                   result.stopped_by, result.counters, notes, result.searchers, result.doubts,
                   result.finding, result.noise, result.terms, result.proof)  # fmt: skip
    rows = _front(told, header)
    chosen = _choose(rows, header)
    place, reason = (None, "") if chosen is None else (chosen.place, chosen.reason)
    return Run(folder, header, _state(folder, header, told.end), rows, place, reason, told.end.get("reason"),
               told.counters, notes)  # fmt: skip


def _choose(rows: Sequence[Formula], header: Header) -> Recommendation | None:
    """Which row of a front that is not final to recommend; None where there is none."""
    if not rows:
        return None
    # it needs of an entry no more than a formula has
    entries = cast("Sequence[Entry]", rows)
    return by_objective(entries)[1] if header.objective_name else recommend(entries, header.criteria)


def resolve_run(text: str, root: Path = DEFAULT_ROOT) -> Path:
    """Find a run by its id, the beginning of its id, its path, or ``"last"``.

    Raises
    ------
    RunError
        When there is none, or several begin so.
    """
    if (Path(text) / HEADER_FILE).is_file():
        return Path(text)
    runs = list_runs(root) if text else []
    if text == "last" and runs:
        return max(runs, key=_created)
    matching = [run for run in runs if run.name == text] or [run for run in runs if run.name.startswith(text)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise RunError(f"{text!r} begins several ids: {_listed(matching)}; give more of it")
    there = f"the runs there are {_listed(runs)}" if runs else "none is there: make one with symlaw fit"
    raise RunError(f"there is no run {text!r} in {str(root)!r}; {there}")


def list_runs(root: Path = DEFAULT_ROOT) -> list[Path]:
    """The folders of all runs there, by name."""
    return sorted(file.parent for file in root.glob(f"*/{HEADER_FILE}"))


def _listed(runs: list[Path]) -> str:
    names = [run.name for run in runs[-_SHOWN:]]
    return ", ".join(names) if len(runs) <= _SHOWN else f"..., {', '.join(names)} ({len(runs)} in all)"


def _created(folder: Path) -> str:
    try:
        return str(load_record(folder / HEADER_FILE, HEADER_KEY, VERSION).get("created", ""))
    except RunError:
        return ""


def _state(folder: Path, header: Header, end: Mapping[str, Any]) -> State:
    if end["kind"] == "end":
        return "finished" if end.get("finished") else "interrupted"
    return alive_state(folder, header.process) or "interrupted"


def alive_state(folder: Path, process: Mapping[str, Any]) -> State | None:
    """Whether a run is running or paused; None where its process is no more."""
    if not is_alive(process):
        return None
    return "paused" if wished(folder) == "pause" else "running"


def _front(told: FrontSummary, header: Header) -> tuple[Formula, ...]:
    """The front as the journal last has it."""
    if told.damage:
        raise RunError(f"the journal of the run is damaged: {told.damage}")
    try:
        return tuple(_formula(told.entries[place], header) for place in sorted(told.entries))
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, SymlawError):
            raise
        raise RunError(f"the journal of the run is damaged: {error}") from None


def _formula(entry: Mapping[str, Any], header: Header) -> Formula:
    loss = float(entry["loss"])
    squared = header.loss.shares_variance
    r2, rmse = (1.0 - loss, loss**0.5 * header.target_scale) if squared else (None, None)
    told = entry.get("objective")
    objective = None if told is None else float(told)
    expression = read_expression(entry["expression"])
    return Formula(expression, float(entry["complexity"]), loss, r2, rmse, objective=objective)
