"""Runs of other questions than one about a table of numbers: systems, rules.

Their folders have the header, the journal and the control file of all runs, and in place of a front the
fitted model as it saves itself.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw._version import __version__
from symlaw.errors import RunError
from symlaw.runs.control import waited_for
from symlaw.runs.files import load_record, write_atomic
from symlaw.runs.journal import read_journal
from symlaw.runs.process import this_process
from symlaw.runs.records import HEADER_FILE, HEADER_KEY, JOURNAL_FILE, OUTCOME, TASK, VERSION
from symlaw.runs.store import State, alive_state
from symlaw.runs.writer import FolderWriter, say_warning

if TYPE_CHECKING:
    import threading

ANSWER_FILE = "answer.json"
# The kind of a line that holds what was worked out.
KEPT = "kept"


@dataclass(frozen=True)
class Asked:
    """The header of such a run.

    Parameters
    ----------
    task
        Name of the question, as `symlaw.tasks.answers.MODELS` has it.
    target
        What is sought, in a word: names of states, of a column.
    source
        Path of the data, the first of several; "" when they came from memory.
    settings
        Those that are not the default, as plain data.
    reading
        How the data are read again, as plain data.
    command
        The command line.
    model
        Arguments that make the model again, as plain data, for a run that can be resumed.
    """

    task: str
    target: str
    source: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    model: Mapping[str, Any] = field(default_factory=dict)
    created: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    symlaw: str = __version__
    process: Mapping[str, Any] = field(default_factory=this_process)

    def to_record(self) -> dict[str, Any]:
        """Plain values, with the names that headers of all runs share."""
        record = asdict(self)
        return {HEADER_KEY: VERSION, TASK: record.pop("task"), "target_name": record.pop("target"), **record}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Asked:
        """What `to_record` gave.

        Raises
        ------
        RunError
            When it is not that.
        """
        try:
            names = ("source", "settings", "reading", "command", "created", "symlaw", "process")
            given = {name: record[name] for name in names} | {"model": record.get("model", {})}
            return cls(record[TASK], record["target_name"], **given)
        except KeyError as error:
            raise RunError(f"the header of the run is damaged: {error} is missing") from None


@dataclass(frozen=True)
class Answer:
    """A stored run of such a question.

    Parameters
    ----------
    folder
        Where it lies; the folder's name is the run's id.
    asked
        What was asked.
    state
        As `symlaw.runs.store.Run` has it.
    outcome
        Once finished, its figures for lists of runs.
    notes
        Sentences written along the way.
    kept
        What was worked out before it was cut off, by key.
    used
        Seconds that it took for that.
    """

    folder: Path
    asked: Asked
    state: State
    outcome: Mapping[str, Any]
    notes: tuple[str, ...]
    kept: Mapping[str, Any] = field(default_factory=dict)
    used: float = 0.0

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.folder.resolve().name

    @property
    def model_file(self) -> Path:
        """Where the fitted model lies.

        Raises
        ------
        RunError
            When there is none yet.
        """
        path = self.folder / ANSWER_FILE
        if not path.is_file():
            raise RunError(
                f"run {self.id!r} is {self.state} and has no answer: wait for it, or start another"
            )
        return path


def task_of(folder: Path) -> str | None:
    """Which question a run is of; None for a formula of a table.

    Raises
    ------
    RunError
        When its header cannot be read.
    """
    task = load_record(folder / HEADER_FILE, HEADER_KEY, VERSION).get(TASK)
    return None if task is None else str(task)


def read_answer(folder: Path) -> Answer:
    """Read a run.

    Raises
    ------
    RunError
        When it is missing, damaged or of an unknown version.
    """
    record = load_record(folder / HEADER_FILE, HEADER_KEY, VERSION)
    asked = Asked.from_record(record)
    journal = read_journal(folder / JOURNAL_FILE)
    notes = tuple(str(one.get("text")) for one in journal if one.get("kind") == "note")
    outcome: Mapping[str, Any] = record.get(OUTCOME) or {}
    ended = bool(journal) and journal[-1].get("kind") == "end"
    alive = None if ended else alive_state(folder, asked.process)
    each = [one for one in journal if one.get("kind") == KEPT]
    kept = {one["key"]: one["record"] for one in each}
    used = max((float(one["seconds"]) for one in each), default=0.0)
    state: State = "finished" if outcome else alive or "interrupted"
    return Answer(folder, asked, state, outcome, notes, kept, used)


class AnswerWriter(FolderWriter):
    """Writes one run.

    Parameters
    ----------
    folder
        Where to; when it holds a run already, a free name beside it is taken.
    asked
        What is asked.
    warn
        Takes a sentence when something cannot be written.
    again
        Whether it goes on with the run that the folder holds.

    Raises
    ------
    RunError
        When the run to go on with is written by another process.
    """

    def __init__(
        self,
        folder: Path,
        asked: Asked,
        warn: Callable[[str], None] = say_warning,
        *,
        again: bool = False,
    ) -> None:
        super().__init__(folder, warn)
        self._asked = asked
        self._try(self._open_again if again else lambda: self._begin(asked.to_record()))

    def keep(self, key: str, record: Any, seconds: float) -> None:
        """Note what was worked out after so many seconds, for a run that goes on after it was cut off."""
        self._add({"kind": KEPT, "key": key, "record": record, "seconds": round(seconds, 3)})

    def _open_again(self) -> None:
        self._go_on()
        write_atomic(self.folder / HEADER_FILE, json.dumps(self._asked.to_record(), indent=1))
        self._add({"kind": "resumed"})

    def asks(self, stop: threading.Event) -> bool:
        """Whether another process wants the run to end; waits while one wants it to pause."""
        return self._journal is not None and waited_for(self.folder, stop)

    def finish(self, save: Callable[[Path], None], outcome: Mapping[str, Any]) -> None:
        """Write the model, and the figures that lists of runs show: ``reason``, ``seconds``, ``formula``, ...

        A ``target`` among them takes the place of what the header said before the data were read.
        """
        if self._journal is not None:
            self._try(lambda: save(self.folder / ANSWER_FILE))
            own = {key: value for key, value in outcome.items() if key != "target"}
            asked = replace(self._asked, target=str(outcome.get("target", self._asked.target)))
            header = {**asked.to_record(), OUTCOME: own}
            self._try(lambda: write_atomic(self.folder / HEADER_FILE, json.dumps(header, indent=1)))
        self._add({"kind": "end", "finished": True, "reason": outcome["reason"]})
        self._close()
