"""Workers of a Dask cluster: `distributed` carries requests to processes that share nothing with this one.

Nothing that a search needs lives with a worker or with the scheduler: what is held stays here and is sent
again to whoever lacks it, and a request that is lost with its worker or its scheduler is sent again. Reports
are taken in the order asked, so that neither the number of workers nor their speed is seen in them.
"""

from __future__ import annotations

import hashlib
import io
import logging
import pickle
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import cloudpickle

from symlaw._version import __version__
from symlaw.engine.fingerprint import Cache, grown
from symlaw.errors import InvalidSetting, MissingDependency, WorkersLost
from symlaw.search.executors.base import Held
from symlaw.search.executors.worker import (
    CacheChange,
    Done,
    Lacking,
    Need,
    Order,
    OtherVersion,
    answer,
    keep_change,
    keep_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# How often Dask may condemn a request of one epoch, each time after several deaths of workers.
_MOST_CONDEMNED = 3
# Seconds for a scheduler to answer, for one that was lost or for workers to come back, and between looks.
_ANSWER, _PATIENCE, _LOOK = 10.0, 120.0, 1.0
# Values that are at hand to be sent, the latest ones.
_VALUES = 64
# Epochs that may be under way beside that which is waited for.
_BEGUN = 4

_log = logging.getLogger(__name__)


class ClusterExecutor:
    """Sends requests to workers of a Dask cluster.

    Parameters
    ----------
    client
        A `distributed.Client`, which stays open at the end; or None.
    address
        Of the scheduler, where there is no client.
    """

    stays = True

    def __init__(self, client: Any = None, address: str | None = None) -> None:
        self._distributed = _library()
        self._security = None
        if client is not None and client.asynchronous:
            raise InvalidSetting(
                "executor is a Client that is asynchronous: make it without asynchronous=True"
            )
        if client is not None:
            self._security, address = client.security, client.scheduler.address
        self._client, self._is_own, self._address = client, client is None, str(address)
        if client is None:
            self._client = self._connected()
        self._run_id, self._n_sent = uuid.uuid4().hex, 0
        self._texts: list[tuple[Any, Held[Any], bytes]] = []
        self._caches: dict[int, _SentCache] = {}
        self._going: ThreadPoolExecutor | None = None
        self._is_closed = False
        # which worker had what belongs somewhere
        self._homes: dict[str, str] = {}
        # what threads that ask at once share: what is held and sent, and the connection
        self._lock = threading.RLock()
        self._wait_for_workers()

    def run(
        self, function: Callable[[Any], Any], requests: Sequence[Any], homes: Sequence[str] = ()
    ) -> list[Any]:
        """See `symlaw.search.executors.base.Executor`."""
        places = list(homes) or [str(place) for place in range(len(requests))]
        orders = [self._order(function, *one) for one in zip(requests, places, strict=True)]
        with self._lock:
            self._spread_change()
        reports: dict[int, Any] = {}
        near = self._at_home(homes)
        condemned = 0
        while len(reports) < len(orders):
            left = [place for place in range(len(orders)) if place not in reports]
            asked = {place: orders[place] for place in left}
            answers, killed = self._answers(asked, near, strict=bool(homes))
            condemned += killed
            if condemned >= _MOST_CONDEMNED:
                raise WorkersLost(
                    "the cluster's workers died again and again, perhaps for want of memory: give them more,"
                    " or use executor='threads'"
                )
            for place, one in answers.items():
                if isinstance(one, Done):
                    reports[place] = pickle.loads(one.report)
                    if homes:
                        self._homes[homes[place]] = one.worker
            with self._lock:
                near = self._supplied(answers)
        return [reports[place] for place in range(len(orders))]

    def begin(self, function: Callable[[Any], Any], requests: Sequence[Any]) -> Callable[[], list[Any]]:
        """The work is done by workers in the meantime."""
        if self._going is None:
            self._going = ThreadPoolExecutor(_BEGUN, "symlaw-begun")
        return self._going.submit(self.run, function, requests).result

    def hold(self, value: Any) -> Held[Any]:
        """A value that workers get when they lack it."""
        with self._lock:
            known = next((held for one, held, _ in self._texts if one is value), None)
            if known is None:
                # what the user's program defines goes by value
                text = cloudpickle.dumps(value)
                known = _Named(value, Need(hashlib.sha256(text).hexdigest()))
                self._texts = [*self._texts, (value, known, text)][-_VALUES:]
            return known

    def placed(self, cache: Cache, line: int = 0) -> Cache:
        """The cache where it is."""
        return cache

    def hold_cache(self, cache: Cache, line: int = 0) -> Held[Cache]:
        """The cache as it is now, of which workers get what changed."""
        with self._lock:
            sent = self._caches.get(line)
            if sent is None or not sent.goes_on_in(cache):
                sent = self._caches[line] = _SentCache(cache)
            return _Named(cache, sent.state_now())

    def close(self) -> None:
        """Close the connection, unless it is the user's; work that was begun is not waited for."""
        self._is_closed = True
        if self._going is not None:
            self._going.shutdown(wait=False, cancel_futures=True)
        self._disconnect()

    def _disconnect(self) -> None:
        if self._is_own and self._client is not None:
            with suppress(OSError, TimeoutError):
                self._client.close(timeout=_ANSWER)

    def _order(self, function: Callable[[Any], Any], request: Any, place: str) -> Order:
        text = io.BytesIO()
        writer = _Writer(text)
        writer.dump((function, request))
        return Order(__version__, place, tuple(dict.fromkeys(writer.needs)), text.getvalue())

    def _at_home(self, homes: Sequence[str]) -> dict[int, str]:
        """The workers that had the homes of requests before, by place, as far as they live."""
        known = {place: self._homes[home] for place, home in enumerate(homes) if home in self._homes}
        alive = set(self._workers()) if known else set()
        return {place: worker for place, worker in known.items() if worker in alive}

    def _answers(
        self, orders: dict[int, Order], near: dict[int, str], *, strict: bool
    ) -> tuple[dict[int, Any], int]:
        """What workers answer by place, and how many requests Dask gave up; lost ones have no answer.

        Each request goes to the worker in ``near`` if there is one: with ``strict`` to no other.
        """
        client = self._client
        try:
            with self._lock:
                futures = {
                    place: self._sent(order, near.get(place), strict=strict)
                    for place, order in orders.items()
                }
            bound = {futures[place].key: near[place] for place in futures if strict and place in near}
            self._wait(list(futures.values()), bound)
            finished = {place: one for place, one in futures.items() if one.status == "finished"}
            found = dict(zip(finished, self._client.gather(list(finished.values())), strict=True))
            errors = [one.exception() for one in futures.values() if one.status == "error"]
        except self._losses() as error:
            if self._is_closed:
                raise
            with self._lock:
                if self._client is client:
                    self._find_scheduler(error)
            return {}, 0
        for one in errors:
            if not isinstance(one, self._distributed.KilledWorker):
                raise _told(one)
            _log.warning("workers of the cluster died and their work is done again: %s", one)
        return found, len(errors)

    def _sent(self, order: Order, worker: str | None, *, strict: bool) -> Any:
        self._n_sent += 1
        where = {} if worker is None else {"workers": [worker], "allow_other_workers": not strict}
        key = f"symlaw-{self._run_id}-{self._n_sent}"
        return self._client.submit(answer, tuple(order), key=key, pure=False, **where)

    def _wait(self, futures: list[Any], bound: dict[str, str]) -> None:
        """Until all are done; workers that are all gone are waited for.

        A future whose key is in ``bound`` may be done by that worker only, and is given up with it.
        """
        began = None
        while futures:
            with suppress(self._distributed.TimeoutError, TimeoutError), self._client.as_current():
                self._distributed.wait(futures, timeout=_LOOK)
                return
            alive = self._workers()
            orphans = [
                one for one in futures if bound.get(one.key, "") not in ("", *alive) and not one.done()
            ]
            self._client.cancel(orphans)
            futures = [one for one in futures if not one.cancelled()]
            if alive:
                began = None
            elif time.monotonic() - (began := began or time.monotonic()) > _PATIENCE:
                raise WorkersLost(
                    f"the cluster at {self._address} has had no worker for {_PATIENCE:.0f} s: start some, or"
                    " use executor='threads'"
                )

    def _supplied(self, answers: dict[int, Any]) -> dict[int, str]:
        """Send what workers lack, once to each; which worker each request should go to."""
        near, wanted = dict[int, str](), dict[str, dict[str, int]]()
        for place, one in answers.items():
            if isinstance(one, OtherVersion):
                raise WorkersLost(
                    f"the worker at {one.worker} has symlaw {one.version}, and this process {__version__}:"
                    " install the same version everywhere"
                )
            if isinstance(one, Lacking):
                near[place] = one.worker
                wanted.setdefault(one.worker, {}).update({Need(*need).name: need[1] for need in one.needs})
        for worker, needs in wanted.items():
            for name, state in needs.items():
                self._supply(worker, name, state)
        return near

    def _supply(self, worker: str, name: str, state: int) -> None:
        text = next((text for _, held, text in self._texts if _name_of(held) == name), None)
        if text is not None:
            self._tell([worker], keep_value, name, text)
        for cache in self._caches.values():
            if cache.name == name:
                self._tell([worker], keep_change, cache.change_from(state))
                cache.at.add(worker)

    def _spread_change(self) -> None:
        """Send the last change of each cache to all that had it before, so that they need not ask."""
        for cache in self._caches.values():
            if cache.is_spread:
                continue
            cache.is_spread = True
            cache.at &= set(self._workers())
            if cache.at:
                self._tell(sorted(cache.at), keep_change, cache.change_from(cache.state - 1))

    def _tell(self, workers: list[str], function: Callable[..., Any], *values: Any) -> None:
        """Call a function in workers, beside their tasks; those that are gone ask again if they return."""
        with suppress(*self._losses()):
            self._client.run(function, *values, workers=workers, on_error="ignore")

    def _workers(self) -> list[str]:
        return list(self._client.scheduler_info(n_workers=-1)["workers"])

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_ANSWER)
        except (self._distributed.TimeoutError, TimeoutError):
            self.close()
            raise InvalidSetting(
                f"cluster at {self._address} has no worker: start some, as with 'dask worker {self._address}"
                " --nthreads 1'"
            ) from None

    def _connected(self) -> Any:
        try:
            return self._distributed.Client(
                self._address, timeout=_ANSWER, set_as_default=False, security=self._security
            )
        except (OSError, ValueError, TimeoutError) as error:
            raise InvalidSetting(
                f"cluster is {self._address!r}, and no scheduler answers there ({error or 'no answer'}): give"
                " the address that 'dask scheduler' prints, such as 'tcp://host:8786'"
            ) from None

    def _losses(self) -> tuple[type[BaseException], ...]:
        """What says that the scheduler, or the way to it, is gone."""
        from concurrent.futures import CancelledError

        return (CancelledError, OSError, self._distributed.comm.CommClosedError, TimeoutError)

    def _find_scheduler(self, lost: BaseException) -> None:
        """Connect anew to the address of a scheduler that was lost, once it is back."""
        _log.warning("the scheduler at %s was lost: waiting for it (%s)", self._address, lost)
        until = time.monotonic() + _PATIENCE
        self._disconnect()
        while True:
            try:
                self._client, self._is_own = self._connected(), True
                return
            except InvalidSetting:
                if time.monotonic() > until:
                    raise WorkersLost(
                        f"the scheduler at {self._address} was lost and did not come back: the run can be"
                        " resumed from its checkpoint"
                    ) from lost
                time.sleep(_LOOK)


class _Named(Held[Any]):
    """A value that travels by name."""

    def __init__(self, value: Any, need: Need) -> None:
        super().__init__(value)
        self.need = need


class _Writer(cloudpickle.Pickler):  # type: ignore[misc]
    """Writes a request; what is held goes by name."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.needs: list[Need] = []

    def persistent_id(self, one: Any) -> Any:
        if not isinstance(one, _Named):
            return None
        self.needs.append(one.need)
        return tuple(one.need)


class _SentCache:
    """A cache, as it was when workers last heard of it.

    Attributes
    ----------
    source
        The cache that the search writes to.
    name, state
        What workers call it, and the number of its state.
    at
        Workers that were sent it.
    is_spread
        Whether they were sent its last change.
    """

    def __init__(self, source: Cache) -> None:
        self.source, self.name, self.state = source, uuid.uuid4().hex, 0
        self.at: set[str] = set()
        self.is_spread = True
        self._seen = Cache(source.keys.copy(), source.complexity.copy(), source.visits.copy())
        self._last: CacheChange | None = None

    def goes_on_in(self, cache: Cache) -> bool:
        """Whether a cache is the same, or what it has grown to; then it is followed from now on."""
        if cache is self.source:
            return True
        if len(cache.keys) <= len(self.source.keys):
            return False
        self.source, self._seen = cache, grown(self._seen, len(cache.keys))
        return True

    def state_now(self) -> Need:
        """The state that the cache is in now."""
        differs = np.zeros(len(self.source.keys), bool)
        for ours, theirs in zip(self._seen, self.source, strict=True):
            differs |= ours != theirs
        places = np.flatnonzero(differs)
        if len(places):
            fields = tuple(array[places] for array in self.source)
            for ours, values in zip(self._seen, fields, strict=True):
                ours[places] = values  # type: ignore[index]
            self._last = CacheChange(self.name, self.state, self.state + 1, len(differs), places, fields)
            self.state, self.is_spread = self.state + 1, False
        return Need(self.name, self.state)

    def change_from(self, state: int) -> CacheChange:
        """What leads from a state to the one now: the last change, or the whole cache."""
        if self._last is not None and state == self._last.before:
            return self._last
        places = np.flatnonzero(self._seen[0])
        fields = tuple(array[places] for array in self._seen)
        return CacheChange(self.name, -1, self.state, len(self._seen[0]), places, fields)


def _name_of(held: Held[Any]) -> str:
    return held.need.name if isinstance(held, _Named) else ""


def _told(error: Any) -> BaseException:
    """An error of a worker as it is raised here."""
    if isinstance(error, ModuleNotFoundError) and str(error.name).startswith("symlaw"):
        return WorkersLost(f"workers of the cluster lack symlaw ({error}): install the same version there")
    return error if isinstance(error, BaseException) else WorkersLost(str(error))


def _library() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise MissingDependency(
            "executor='dask' needs the package distributed: pip install 'symlaw[cluster]'"
        ) from error
    return distributed
