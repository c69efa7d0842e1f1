"""Processes of this machine, by joblib's loky: each has its own kernels, and none has our threads or locks.

loky starts processes anew, without what the user's program does at its start, and tells when one died; then
all requests of the epoch are sent again. Values that requests name lie in files that each process reads once,
and the cache of behaviours in files that all of them map.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import pickle
import signal
import tempfile
from collections import OrderedDict
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from joblib import Parallel, delayed
from numba import cloudpickle

from symlaw.engine.fingerprint import Cache
from symlaw.errors import WorkersLost
from symlaw.search.executors.base import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Deaths of workers in one epoch at which it is given up.
_MOST_DEATHS = 3
# What loky calls a death; it says otherwise that a request cannot be read.
_DEATH = "TerminatedWorkerError"
# Values that a process keeps, the latest ones, and caches: older ones hold files that are gone.
_VALUES, _CACHES = 4, 5
_values: OrderedDict[Any, Any] = OrderedDict()
_caches: OrderedDict[Any, Any] = OrderedDict()

_log = logging.getLogger(__name__)


class ProcessExecutor:
    """Sends requests to processes of this machine.

    Parameters
    ----------
    n_processes
        How many; where it is one, that is this process.
    """

    stays = False

    def __init__(self, n_processes: int) -> None:
        self._n_processes = n_processes
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._placed: dict[int, tuple[Cache, tuple[_Mapped, ...]]] = {}
        self._held: list[tuple[Any, Held[Any]]] = []
        self._n_files = 0

    def run(
        self, function: Callable[[Any], Any], requests: Sequence[Any], homes: Sequence[str] = ()
    ) -> list[Any]:
        """See `symlaw.search.executors.base.Executor`."""
        deaths = 0
        while True:
            try:
                workers = Parallel(
                    self._n_processes, backend="loky", batch_size=1, pre_dispatch="all", max_nbytes=None
                )
                return list(workers(delayed(_answered)(function, request) for request in requests))
            except BrokenProcessPool as error:
                if type(error).__name__ != _DEATH:
                    raise WorkersLost(
                        f"worker processes cannot read what they are asked ({error}): use executor='threads'"
                    ) from error
                deaths += 1
                if deaths == _MOST_DEATHS:
                    raise WorkersLost(
                        "worker processes died again and again, perhaps for want of memory: use fewer, or"
                        " executor='threads'"
                    ) from error
                _log.warning("a worker process died and its work is done again: %s", error)

    def hold(self, value: Any) -> Held[Any]:
        """See `symlaw.search.executors.base.Executor`."""
        known = next((held for one, held in self._held if one is value), None)
        if known is None:
            # what the user's program defines goes by value
            text = cloudpickle.dumps(value)
            path = self._new_file()
            path.write_bytes(text)
            known = _InFile(value, str(path), hashlib.sha256(text).hexdigest())
            self._held = [*self._held, (value, known)][-_VALUES:]
        return known

    def begin(self, function: Callable[[Any], Any], requests: Sequence[Any]) -> Callable[[], list[Any]]:
        """The work is done when its reports are asked for."""
        return partial(self.run, function, requests)

    def placed(self, cache: Cache, line: int = 0) -> Cache:
        """The cache in files that all processes map."""
        known = self._placed.get(line)
        if known is None or known[0] is not cache:
            for one in () if known is None else known[1]:
                with suppress(OSError):
                    # Windows keeps files that are mapped
                    Path(one.path).unlink()
            files = tuple(self._map(array) for array in cache)
            known = self._placed[line] = Cache(*(one.array() for one in files)), files
            for ours, theirs in zip(known[0], cache, strict=True):
                ours[...] = theirs  # type: ignore[index]
        return known[0]

    def hold_cache(self, cache: Cache, line: int = 0) -> Held[Cache]:
        """See `symlaw.search.executors.base.Executor`."""
        self.placed(cache, line)
        return _InMaps(*self._placed[line])

    def close(self) -> None:
        """Remove the files; the processes wait for others' work, and end by themselves."""
        if self._folder is not None:
            self._folder.cleanup()

    def _map(self, array: np.ndarray[Any, Any]) -> _Mapped:
        path = self._new_file()
        with path.open("wb") as file:
            size = max(1, array.nbytes)
            if hasattr(os, "posix_fallocate"):
                # a mapped file without room on the disk would end the process
                os.posix_fallocate(file.fileno(), 0, size)
            else:
                file.truncate(size)
        return _Mapped(str(path), array.dtype.str, array.shape)

    def _new_file(self) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="symlaw-", ignore_cleanup_errors=True)
        self._n_files += 1
        return Path(self._folder.name) / str(self._n_files)


class _Mapped:
    """An array in a file."""

    def __init__(self, path: str, dtype: str, shape: tuple[int, ...]) -> None:
        self.path, self.dtype, self.shape = path, dtype, shape

    def array(self) -> np.ndarray[Any, Any]:
        """The array, its file mapped."""
        # kernels are compiled for arrays that may be written to
        return np.asarray(np.memmap(self.path, np.dtype(self.dtype), "r+", shape=self.shape))


class _InFile(Held[Any]):
    """A value that lies pickled in a file."""

    def __init__(self, value: Any, path: str, digest: str) -> None:
        super().__init__(value)
        self.path, self.digest = path, digest

    def __reduce__(self) -> Any:
        return _from_file, (self.path, self.digest)


class _InMaps(Held[Cache]):
    """A cache in mapped files."""

    def __init__(self, cache: Cache, files: tuple[_Mapped, ...]) -> None:
        super().__init__(cache)
        self.files = files

    def __reduce__(self) -> Any:
        return _from_maps, (self.files,)


def _answered(function: Callable[[Any], Any], request: Any) -> Any:
    """The report on a request; Ctrl-C at a terminal is for the process that asks."""
    if multiprocessing.current_process().name.startswith("Loky"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    return function(request)


def _from_file(path: str, digest: str) -> Held[Any]:
    return _once(_values, _VALUES, digest, lambda: Held(pickle.loads(Path(path).read_bytes())))


def _from_maps(files: tuple[_Mapped, ...]) -> Held[Cache]:
    key = tuple(one.path for one in files)
    return _once(_caches, _CACHES, key, lambda: Held(Cache(*(one.array() for one in files))))


def _once(known: OrderedDict[Any, Any], most: int, key: Any, make: Callable[[], Held[Any]]) -> Held[Any]:
    """What was made of a key before, or is made now; so many of the latest are kept."""
    found = known.pop(key, None) or make()
    known[key] = found
    while len(known) > most:
        known.popitem(last=False)
    return found
