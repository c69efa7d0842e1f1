"""Searches for other answers than formulas of a table: followed, stopped and kept as runs."""

from __future__ import annotations

import shlex
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from symlaw.runs.answers import Answer, Asked
    from symlaw.search.watch import Watch
    from symlaw.tasks.answers import Model


def this_command() -> str:
    """The command line."""
    return shlex.join(["symlaw", *sys.argv[1:]])


def say_summary(text: str) -> None:
    """Write what an answer says of itself, wrapped on a terminal."""
    from symlaw.cli.output.terminal import console, say_answer

    say_answer(console(), text.rstrip("\n"))


def found_as_run(
    asked: Asked,
    runs: Path,
    seconds: float | None,
    find: Callable[[Watch], Any],
    *,
    quiet: bool,
    keeping: Keeping | None = None,
) -> Any:
    """Search, show how far it is, and keep the answer as a run.

    Parameters
    ----------
    asked
        What is asked.
    runs
        The folder of runs.
    seconds
        After which the search ends.
    find
        Reads the data, searches and gives the fitted model. Input that is refused leaves no run.
    quiet
        Whether nothing is said on the way.
    keeping
        What the search keeps and recalls; of a run that was cut off the search goes on with that run.
    """
    from symlaw.cli.output.terminal import console, is_plain, say

    screen = console(stderr=True)
    shown = not quiet and not is_plain(screen)
    with screen.status("reading the data") if shown else nullcontext() as status:
        following = _Following(asked, runs, status, keeping)
        watch = following.watch(seconds)
        try:
            model: Model = find(watch)
        except BaseException as error:
            following.fail(str(error) or type(error).__name__)
            raise
    folder = following.finish(model, watch)
    if not quiet:
        say(screen, f"Ended by: {watch.ended_by}, after {watch.used:.1f} s. Run {folder.name} keeps it:")
        say(screen, "symlaw show last, symlaw report last, symlaw export last --format NAME")
    return model


class Keeping:
    """What a search works out, noted in its run, and what it recalls of a run that was cut off.

    Parameters
    ----------
    earlier
        That run, if there is one.
    """

    def __init__(self, earlier: Answer | None = None) -> None:
        self.earlier = earlier
        self.write: Callable[[str, Any], None] = lambda _key, _record: None

    @property
    def used(self) -> float:
        """Seconds that what is recalled took."""
        return 0.0 if self.earlier is None else self.earlier.used

    def recall(self, key: str) -> Any:
        """The record of a key, or None."""
        return None if self.earlier is None else self.earlier.kept.get(key)

    def keep(self, key: str, record: Any) -> None:
        """Keep a record."""
        self.write(key, record)


class _Following:
    """The run of a search, begun when the search begins."""

    def __init__(self, asked: Asked, runs: Path, status: Any, keeping: Keeping | None) -> None:
        self._asked, self._runs, self._status, self._keeping = asked, runs, status, keeping
        self._writer: Any = None

    def watch(self, seconds: float | None) -> Watch:
        from symlaw.search.watch import Watch

        before = self._keeping.used if self._keeping is not None else 0.0
        watch = Watch(None if seconds is None else max(seconds - before, 0.0), self._asks, self._tells)
        if self._keeping is not None:
            self._keeping.write = lambda key, record: self._opened().keep(key, record, before + watch.used)
        return watch

    def fail(self, reason: str) -> None:
        if self._writer is not None:
            self._writer.fail(reason)

    def finish(self, model: Model, watch: Watch) -> Path:
        writer = self._opened()
        outcome = {"reason": watch.ended_by, "seconds": round(watch.used, 3), **model.outcome()}
        writer.finish(model.save, outcome)
        folder: Path = writer.folder
        return folder

    def _asks(self, stop: threading.Event) -> bool:
        return self._writer is not None and bool(self._writer.asks(stop))

    def _tells(self, said: str) -> None:
        self._opened().note(said)
        if self._status is not None:
            self._status.update(said)

    def _opened(self) -> Any:
        from symlaw.cli.searching import warning
        from symlaw.runs.answers import AnswerWriter
        from symlaw.runs.writer import new_run_id

        if self._writer is None:
            earlier = self._keeping.earlier if self._keeping is not None else None
            folder = self._runs / new_run_id() if earlier is None else earlier.folder
            self._writer = AnswerWriter(folder, self._asked, warning(), again=earlier is not None)
        return self._writer


def refuse_options(folder: Path, given: Mapping[str, Any]) -> None:
    """Refuse options that only formulas of a table have; those that are None or False were not given."""
    for name, value in given.items():
        if value is not None and value is not False:
            raise InvalidSetting(
                f"{name} is for formulas of a table, and run {folder.resolve().name!r} is of"
                " another question: leave it out"
            )


def model_in(folder: Path) -> Model | None:
    """The fitted model of a run, or None where the run is of a formula of a table."""
    from symlaw.runs.answers import task_of

    if task_of(folder) is None:
        return None
    from symlaw.tasks.answers import answered

    return answered(folder)[1]
