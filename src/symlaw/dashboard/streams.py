"""Server-sent events: the page is told what changed of the list of runs, or of one run, as it changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from symlaw.dashboard.following import GOING, Following, Journals, live, stamp_of
from symlaw.dashboard.values import encoded, written
from symlaw.errors import SymlawError
from symlaw.runs.annotations.marks import MARKS_FILE
from symlaw.runs.annotations.notes import NOTE_FILE
from symlaw.runs.records import HEADER_FILE, JOURNAL_FILE, RESULT_FILE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from starlette.requests import Request

# Seconds between looks at a run and at the list, and after which a silent stream says that it lives.
LOOK, LOOK_AT_LIST, _ALIVE = 0.2, 1.0, 15.0
# Seconds after which the state of a run that writes nothing is looked at again.
_STATE = 1.0
MOST_STREAMS = 32


@dataclass
class Streams:
    """Streams that are open.

    Parameters
    ----------
    closing
        Whether the server ends, and they with it.
    journals
        Where runs are followed.
    """

    closing: Callable[[], bool]
    journals: Journals
    _open: int = 0

    def runs(self, request: Request, records: Callable[[], Any]) -> StreamingResponse:
        """The list, each time that it has changed."""
        return self._response(self._events(request, _Changes(records), LOOK_AT_LIST))

    def run(self, request: Request, folder: Path) -> StreamingResponse:
        """A run, each time that it has changed."""
        return self._response(self._events(request, _OfRun(self.journals.of(folder)), LOOK))

    @staticmethod
    def _response(events: AsyncIterator[bytes]) -> StreamingResponse:
        return StreamingResponse(events, media_type="text/event-stream")

    async def _events(
        self, request: Request, look: Callable[[], str | None], seconds: float
    ) -> AsyncIterator[bytes]:
        if self._open >= MOST_STREAMS:
            yield _event("trouble", written({"error": "too many pages are open: close some"}))
            return
        self._open += 1
        try:
            told = time.monotonic()
            while not self.closing() and not await request.is_disconnected():
                try:
                    new = await run_in_threadpool(look)
                except SymlawError as error:
                    yield _event("trouble", written({"error": str(error)}))
                    return
                if new is not None:
                    told = time.monotonic()
                    yield _event("news", new)
                elif time.monotonic() - told > _ALIVE:
                    told = time.monotonic()
                    yield b": alive\n\n"
                await anyio.sleep(seconds)
        finally:
            self._open -= 1


def _event(name: str, text: str) -> bytes:
    return encoded(f"event: {name}\ndata: {text}\n\n")


@dataclass
class _Changes:
    """Tells a value where it differs from the last one."""

    value: Callable[[], Any]
    _last: str = ""

    def __call__(self) -> str | None:
        new = written(self.value())
        if new == self._last:
            return None
        self._last = new
        return new


@dataclass
class _OfRun:
    """Tells a run where it has changed; files that have not are not read."""

    following: Following
    _last: str = ""
    _stamp: tuple[Any, ...] = ()
    _looked: float = 0.0
    _going: bool = True

    def __call__(self) -> str | None:
        stamp = stamp_of(self.following.folder, _FILES)
        due = self._going and time.monotonic() - self._looked >= _STATE
        if stamp == self._stamp and not due:
            return None
        told = live(self.following)
        self._stamp, self._looked, self._going = stamp, time.monotonic(), told["state"] in GOING
        new = written(told)
        if new == self._last:
            return None
        self._last = new
        return new


_FILES = (HEADER_FILE, JOURNAL_FILE, RESULT_FILE, MARKS_FILE, NOTE_FILE)
