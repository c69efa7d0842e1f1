"""What hears of an estimator's search while it goes: the run folder, the user's callback, the screen."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.data import Table
from symlaw.runs.writer import RunWriter
from symlaw.tasks.commanded import header_of, result_of, target_of
from symlaw.tasks.fitting import figures, n_symbols
from symlaw.trust.selection import recommend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.archive import Entry
    from symlaw.search.portfolio import Progress
    from symlaw.tasks.settings import Settings


@contextmanager
def listeners(
    model: Any,
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    settings: Settings,
    weights: NDArray[np.float64] | None = None,
    label: int | None = None,
) -> Iterator[tuple[Callable[[Progress], None] | None, threading.Event]]:
    """Give a search its listener and the event that ends it, and close the run folder after it.

    Parameters
    ----------
    model
        Its ``run_folder``, ``callback`` and ``verbose`` say who listens.
    X, y, names, settings, weights
        What is searched, as `symlaw.tasks.fitting.fit_front` takes it.
    label
        Number of the output when there are several; each has its own folder.
    """
    stop = threading.Event()
    told: list[Callable[[Progress], None]] = []
    table = Table(X, y, tuple(names), "y" if label is None else f"y{label}", weights)
    with _recording(model.run_folder, table, settings, label) as recording:
        if recording is not None:
            told.append(recording)
        if model.verbose:
            told.append(Improvements(print, "" if label is None else f"output {label}: "))
        if model.callback is not None:
            told.append(_stopping(model.callback, stop))

        def listen(progress: Progress) -> None:
            for hear in told:
                hear(progress)

        yield (listen if told else None), stop


@contextmanager
def _recording(
    run_folder: Any, table: Table, settings: Settings, label: int | None
) -> Iterator[Callable[[Progress], None] | None]:
    """Keep a run while the search goes, and write its result when it ends without an error."""
    if run_folder is None:
        yield None
        return
    folder = Path(run_folder) if label is None else Path(run_folder) / f"output_{label}"
    writer = RunWriter(folder, header_of(table, settings))
    last: list[Progress] = []

    def listen(progress: Progress) -> None:
        last[:] = [progress]
        writer.listen(progress)

    try:
        yield listen
    except BaseException as error:
        writer.fail(f"ended by an error: {error or type(error).__name__}")
        raise
    if last and last[0].front:
        _finish(writer, last[0], table, settings)


def _finish(writer: RunWriter, progress: Progress, table: Table, settings: Settings) -> None:
    names, front = table.feature_names, progress.front
    rows = figures(front, table.X, target_of(table), names, table.weights)
    chosen = recommend(front, len(table.X), n_symbols(settings, names))
    writer.finish(result_of(rows, chosen, progress.stopping or "stopped by the user", progress.spent))


def _stopping(
    callback: Callable[[Progress], bool | None], stop: threading.Event
) -> Callable[[Progress], None]:
    """A listener that ends the search when the user's callback returns False."""

    def listen(progress: Progress) -> None:
        answer = callback(progress)
        if answer is not None and not answer:
            stop.set()

    return listen


class Improvements:
    """A listener that writes a plain line for each improvement of the front.

    Parameters
    ----------
    write
        Takes one line.
    prefix
        Put before each line.
    """

    def __init__(self, write: Callable[[str], object], prefix: str = "") -> None:
        self._write = write
        self._prefix = prefix
        self._known: set[int] = set()
        self._kept: tuple[Entry, ...] = ()

    def __call__(self, progress: Progress) -> None:
        """Write the entries of the front that were not there before."""
        for entry in progress.front:
            if id(entry) not in self._known:
                self._write(self._prefix + improvement(progress.spent.seconds, entry))
        # entries are kept alive, so that no new one gets the id of an old one
        self._kept = progress.front
        self._known = {id(entry) for entry in progress.front}


def improvement(seconds: float, entry: Entry) -> str:
    """One line about an entry that came to the front."""
    figures = f"{seconds:7.1f} s  complexity {entry.complexity:>3g}  loss {entry.loss:.3e}"
    return f"{figures}  {entry.expression.text(digits=6)}"
