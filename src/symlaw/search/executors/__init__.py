"""Where the work of an epoch is done: in threads of this process, or in others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.search.executors.base import Executor

THREADS, PROCESSES = "threads", "processes"
EXECUTORS = (THREADS, PROCESSES)


def check_executor(name: object) -> str:
    """The name of an executor; raises `InvalidSetting` where there is none of it."""
    if name not in EXECUTORS:
        raise InvalidSetting(f"executor must be one of {', '.join(map(repr, EXECUTORS))}, not {name!r}")
    return str(name)


def executor_named(name: str, n_workers: int) -> Executor | None:
    """What does an epoch's work beside the threads of this process; None where they do it."""
    if check_executor(name) == THREADS:
        return None
    from symlaw.search.executors.processes import ProcessExecutor

    return ProcessExecutor(n_workers)
