"""What a searcher may ask of who does its work, and that in threads of this process.

What travels is a function of a module and requests: values that pickle, without addresses, closures or arrays
that somebody else writes to. A function gives a report for each request and depends on nothing else, so that
a request whose worker died is sent again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor as Pool

    from symlaw.engine.fingerprint import Cache
    from symlaw.search.searchers.base import Mapper

_Value = TypeVar("_Value")


class Held(Generic[_Value]):
    """A value that requests name. In this process it is at hand; another one makes it anew once.

    Attributes
    ----------
    value
        The value, in the process that asks.
    """

    def __init__(self, value: _Value) -> None:
        self.value = value


class Executor(Protocol):
    """Does what travels. Reports are the same bit for bit whoever does it, and come in the order asked.

    Several threads may ask at once.

    Attributes
    ----------
    stays
        Whether requests of the same ``homes`` come back to the worker that had them before, as long as it
        lives, so that what a request leaves in a value that it names is there for the next one.
    """

    stays: bool

    def run(
        self, function: Callable[[Any], Any], requests: Sequence[Any], homes: Sequence[str] = ()
    ) -> list[Any]:
        """The reports of a module's function on requests, in their order; what it raises is raised here.

        ``homes`` are names of where each request belongs, none by default.
        """
        ...

    def begin(self, function: Callable[[Any], Any], requests: Sequence[Any]) -> Callable[[], list[Any]]:
        """Have requests reported on, if possible while this process does something else.

        Gives a function that waits for the reports. What the requests name must not change until then.
        """
        ...

    def hold(self, value: Any) -> Held[Any]:
        """A value that requests may name, which does not change."""
        ...

    def hold_cache(self, cache: Cache, line: int = 0) -> Held[Cache]:
        """A cache that requests of an epoch may read; nobody writes to it until the reports are in.

        ``line`` tells apart caches that are in use at the same time.
        """
        ...

    def placed(self, cache: Cache, line: int = 0) -> Cache:
        """The cache where `hold_cache` finds it: itself, or a copy that takes its place from then on."""
        ...

    def close(self) -> None:
        """Give back what it holds."""
        ...


class ThreadExecutor:
    """Threads of this process.

    Parameters
    ----------
    run_all
        Applies a function to values, such as a pool's ``map``.
    """

    stays = False

    def __init__(self, run_all: Mapper) -> None:
        self._run_all = run_all

    def run(
        self, function: Callable[[Any], Any], requests: Sequence[Any], homes: Sequence[str] = ()
    ) -> list[Any]:
        """See `Executor`."""
        return list(self._run_all(function, requests))

    def begin(self, function: Callable[[Any], Any], requests: Sequence[Any]) -> Callable[[], list[Any]]:
        """The work is done when its reports are asked for."""
        return partial(self.run, function, requests)

    def hold(self, value: Any) -> Held[Any]:
        """The value as it is."""
        return Held(value)

    def hold_cache(self, cache: Cache, line: int = 0) -> Held[Cache]:
        """The cache as it is."""
        return Held(cache)

    def placed(self, cache: Cache, line: int = 0) -> Cache:
        """The cache where it is."""
        return cache

    def close(self) -> None:
        """Nothing is held."""


class Workers:
    """The threads behind ``run_all``, and the executor of what travels.

    Parameters
    ----------
    pool
        Threads of this process.
    executor
        Does what travels; these threads by default.
    """

    def __init__(self, pool: Pool, executor: Executor | None = None) -> None:
        self.pool = pool
        self.executor: Executor = ThreadExecutor(pool.map) if executor is None else executor

    def __call__(self, function: Callable[[Any], Any], values: Iterable[Any]) -> Iterable[Any]:
        """Apply a function to values in threads, as `map` does."""
        return self.pool.map(function, values)


def executor_of(run_all: Mapper) -> Executor:
    """Who does what travels, for a searcher that is asked with this ``run_all``."""
    return run_all.executor if isinstance(run_all, Workers) else ThreadExecutor(run_all)
