"""Who uses the graphs: a thread of their own, as others may not; a process of their own after a fork.

egglog's graphs work only in the thread that made them, and their memory is freed by other threads, which a
forked process does not have: there, freeing a graph would wait for ever.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TYPE_CHECKING

from symlaw.errors import SimplifierFailed, SymlawError
from symlaw.language.simplifying.saturating import Graphs, Request, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.language.simplifying.saturating import Form

    Answer = Future[list[Form]]
    Queue = SimpleQueue[tuple[Request, Answer] | None]

# Threads that wait for the next formulas, at most; their graphs take some ten MiB each.
_IDLE = 4


def cheapest(request: Request) -> list[Form]:
    """The cheapest forms of some formulas, from any thread of any process.

    Raises
    ------
    MissingDependency
        When egglog is not installed.
    SimplifierFailed
        When egglog fails, whatever it raises.
    """
    owner = _OWNERS.taken()
    found: Answer = Future()
    owner.put((request, found))
    try:
        return found.result()
    finally:
        # an owner that is still at work, as after Ctrl-C, takes its next request afterwards
        _OWNERS.give_back(owner)


class _Owners:
    """Owners of graphs in this process that have nothing to do; as many as there were callers at once."""

    def __init__(self) -> None:
        self._idle: deque[Queue] = deque()
        self._is_forked = False

    def taken(self) -> Queue:
        """An owner for one caller."""
        try:
            return self._idle.pop()
        except IndexError:
            queue: Queue = SimpleQueue()
            threading.Thread(
                target=_work, args=(queue, self._is_forked), name="symlaw-simplify", daemon=True
            ).start()
            return queue

    def give_back(self, owner: Queue) -> None:
        """Let the next caller have an owner."""
        if len(self._idle) < _IDLE:
            self._idle.append(owner)
        else:
            owner.put(None)

    def forget(self) -> None:
        """Begin anew in a forked process, where the threads of these owners do not exist."""
        self._idle = deque()
        self._is_forked = "egglog.bindings" in sys.modules


def _work(queue: Queue, is_forked: bool) -> None:
    """Answer one request after the other."""
    # graphs must be freed by this thread or never: only its own variables hold them
    answer = _helper() if is_forked else Graphs().cheapest
    while (work := queue.get()) is not None:
        request, found = work
        result = _result(answer, request)
        if isinstance(result, SymlawError):
            found.set_exception(result)
            answer = _helper() if is_forked else answer
        else:
            found.set_result(result)


def _result(answer: Callable[[Request], list[Form]], request: Request) -> list[Form] | SymlawError:
    """The answer, or what is said where there is none."""
    try:
        return answer(request)
    except SymlawError as error:
        return error
    # a panic of egglog's is no Exception
    except BaseException as error:
        words = f"egglog failed: {type(error).__name__}: {error}"
    # its traceback holds the graph, and must not come to another thread
    return SimplifierFailed(words)


def _helper() -> Callable[[Request], list[Form]]:
    """What asks a process of its own, which is started with the first request and ends with this process."""
    started: list[subprocess.Popen[str]] = []

    def answer(request: Request) -> list[Form]:
        if not started:
            started.append(_started())
        process = started[0]
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise SimplifierFailed(f"egglog's process ended with {process.wait()}")
        return [[(name, value) for name, value in form] for form in json.loads(line)]

    return answer


def _started() -> subprocess.Popen[str]:
    code = f"import sys; sys.path[:] = {sys.path!r}; from {serve.__module__} import serve; serve()"
    return subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip


_OWNERS = _Owners()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_OWNERS.forget)
