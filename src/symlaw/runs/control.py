"""Asking a run of another process to pause, to go on or to stop: a word in a file of its folder."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

from symlaw.errors import RunError
from symlaw.runs.files import write_atomic

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable
    from pathlib import Path

    from symlaw.search.loop.budget import Spent

CONTROL_FILE = "control"
Wish = Literal["pause", "stop"]
_WISHES = ("pause", "stop")
_LOOK_SECONDS = 0.2


def wish(folder: Path, what: Wish) -> None:
    """Ask the process of a run to pause or to stop after its present epoch.

    Raises
    ------
    RunError
        When the folder cannot be written.
    """
    try:
        write_atomic(folder / CONTROL_FILE, what)
    except OSError as error:
        raise RunError(f"run {folder.name!r} cannot be asked to {what}: {error}") from None


def take_back(folder: Path) -> None:
    """Let a run go on that was asked to pause."""
    (folder / CONTROL_FILE).unlink(missing_ok=True)


def wished(folder: Path) -> str | None:
    """What a run is asked to do now."""
    try:
        text = (folder / CONTROL_FILE).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return text if text in _WISHES else None


def waited_for(folder: Path, stop: threading.Event) -> bool:
    """Whether a run is asked to stop; waits while it is asked to pause."""
    while wished(folder) == "pause" and not stop.is_set():
        stop.wait(_LOOK_SECONDS)
    return wished(folder) == "stop"


def obey(folder: Path, spent: Spent, stop: threading.Event, tell: Callable[[dict[str, Any]], None]) -> None:
    """Do what a run is asked to do: set ``stop``, or wait; the time that it waits does not count as used."""
    if wished(folder) == "pause":
        began = time.monotonic()
        tell({"kind": "paused"})
        while wished(folder) == "pause" and not stop.is_set():
            stop.wait(_LOOK_SECONDS)
        spent.started += time.monotonic() - began
        tell({"kind": "continued"})
    if wished(folder) == "stop":
        stop.set()
