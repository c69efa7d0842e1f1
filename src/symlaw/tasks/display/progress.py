"""What hears of an estimator's search while it goes: the user's callback and the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.tasks.display.notebook import NotebookView, in_notebook

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Progress


def listener(
    model: Any, stop: threading.Event, label: str | None = None
) -> Callable[[Progress], None] | None:
    """What an estimator's search tells its progress to; None when nobody listens.

    Parameters
    ----------
    model
        Its ``callback`` and ``verbose`` say who listens.
    stop
        Set when the callback asks for an end.
    label
        Name of the output when there are several.
    """
    told: list[Callable[[Progress], None]] = []
    name = "" if label is None else f"output {label}"
    if model.verbose and in_notebook():
        told.append(NotebookView(name))
    elif model.verbose:
        told.append(Improvements(print, f"{name}: " if name else ""))
    if model.callback is not None:
        told.append(stopping(model.callback, stop))

    def listen(progress: Progress) -> None:
        for hear in told:
            hear(progress)

    return listen if told else None


def stopping(
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
    return f"{figures}  {entry.expression.shown()}"
