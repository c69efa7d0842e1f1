"""What ends a search that has an end of its own: its clock, or who follows it; and what these are told."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from types import FrameType

ALL_TRIED, BY_CLOCK, BY_USER = "all was tried", "time budget reached", "stopped by the user"


@contextmanager
def ending_gracefully(stop: threading.Event) -> Iterator[None]:
    """Let the first SIGINT or SIGTERM set the event, and a second SIGINT interrupt as usual."""

    def end(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before: dict[int, Any] = {}
    if threading.current_thread() is threading.main_thread():
        before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Watch:
    """Follows a search from now on.

    Parameters
    ----------
    seconds
        After which it ends; None for no limit.
    asks
        Whether somebody wants it to end. It may wait, as for who paused the search, while the event that it
        gets is not set: that time is not counted.
    tells
        Takes a sentence on where the search is.
    """

    def __init__(
        self,
        seconds: float | None = None,
        asks: Callable[[threading.Event], bool] = lambda _stop: False,
        tells: Callable[[str], None] = lambda _said: None,
    ) -> None:
        self.stop = threading.Event()
        self.tell = tells
        self._asks, self._seconds = asks, seconds
        self._began, self._waited, self._cut = time.monotonic(), 0.0, False
        self._parts: list[Watch] = []

    @property
    def used(self) -> float:
        """Seconds since the beginning, without those that it waited."""
        return time.monotonic() - self._began - self._waited

    @property
    def left(self) -> float:
        """Seconds that are left; infinite without a limit."""
        return float("inf") if self._seconds is None else max(0.0, self._seconds - self.used)

    def is_late(self, share: float = 1.0) -> bool:
        """Whether the search has to end; with a share, whether that share of its time is over."""
        if self.stop.is_set():
            return True
        with self.uncounted():
            asked = self._asks(self.stop)
        if asked:
            self.stop.set()
        late = self._seconds is not None and self.used >= share * self._seconds
        self._cut = self._cut or late
        return late or self.stop.is_set()

    @contextmanager
    def uncounted(self) -> Iterator[None]:
        """A context whose time is not counted, as for what is compiled once on a machine."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._waited += time.monotonic() - began

    def part(self, share: float) -> Callable[[], bool]:
        """A question whether that share of the time that is left now is over."""
        end = self.used + share * self.left

        def is_over() -> bool:
            late = self.is_late() or self.used >= end
            self._cut = self._cut or late
            return late

        return is_over

    def shared(self, share: float) -> Watch:
        """One for a part of the search, with a share of the time that is left; it ends when this one does."""
        left = None if self._seconds is None else share * self.left
        own = Watch(left, lambda _stop: self.is_late(), self.tell)
        self._parts.append(own)
        return own

    @property
    def ended_by(self) -> str:
        """What ended the search, in words."""
        cut = self._cut or any(one.ended_by == BY_CLOCK for one in self._parts)
        return BY_USER if self.stop.is_set() else BY_CLOCK if cut else ALL_TRIED

    @property
    def within(self) -> str:
        """After "nothing was found": how long was searched, where the clock ended it; else empty."""
        return f" within {self.used:.0f} s" if self.ended_by == BY_CLOCK else ""

    def heeding_signals(self) -> Any:
        """A context in which the first Ctrl-C ends the search with what it has."""
        return ending_gracefully(self.stop)


def watching(seconds: Any, watch: Watch | None = None) -> Watch:
    """The watch that was given, or one of so many seconds from now on.

    Raises
    ------
    InvalidSetting
        When the time budget is neither a number of seconds nor None.
    """
    if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):
        raise InvalidSetting(f"time_budget is {seconds!r}: give seconds above 0, or None")
    return Watch(seconds) if watch is None else watch
