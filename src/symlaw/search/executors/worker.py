"""What a worker of a cluster does: it keeps values and caches that requests name, and reports on requests.

A request names what it needs. A worker that lacks some of it says so at once and is sent it; so a worker
that came late, or lost its memory, is like any other. Its task is a function of the request alone: whoever
does it, and however often, the report is the same.
"""

from __future__ import annotations

import io
import pickle
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw._version import __version__
from symlaw.search.executors.base import Held

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

# Values and caches that a worker keeps, the latest ones.
_VALUES, _CACHES = 16, 5
_values: OrderedDict[str, _Kept] = OrderedDict()
_caches: OrderedDict[str, _KeptCache] = OrderedDict()
_lock = threading.RLock()
# Requests of one place share scratch; a worker with several threads does them one after the other.
_places: dict[str, threading.Lock] = {}


class Need(NamedTuple):
    """What a request names: a value by the hash of its content, or a state of a cache.

    Attributes
    ----------
    name
        Hash of a value, or name of a cache.
    state
        Number of a cache's state; -1 for a value.
    """

    name: str
    state: int = -1


class Lacking(NamedTuple):
    """A worker's answer that it does not have what a request names.

    Attributes
    ----------
    worker
        The worker's address.
    needs
        What it lacks; of a cache with the state that it has, -1 for none.
    """

    worker: str
    needs: tuple[Need, ...]


class Done(NamedTuple):
    """A worker's answer: its address, and the report pickled."""

    worker: str
    report: bytes


class OtherVersion(NamedTuple):
    """A worker's answer that it has another symlaw."""

    worker: str
    version: str


class Order(NamedTuple):
    """A request as it travels.

    Attributes
    ----------
    version
        symlaw's version where it comes from.
    place
        Where it belongs: its home, or which one of an epoch's requests it is.
    needs
        What it names.
    text
        The function and its request, pickled, `Need` standing for what is named.
    """

    version: str
    place: str
    needs: tuple[Need, ...]
    text: bytes


class CacheChange(NamedTuple):
    """What leads from one state of a cache to the next one.

    Attributes
    ----------
    name, before, after
        Which cache, and the numbers of its states; ``before`` is -1 where the cache is whole.
    n_slots
        Slots of the cache after it; a smaller one grows first, as that of the search did.
    places, fields
        Slots that differ, and what is in them by field.
    """

    name: str
    before: int
    after: int
    n_slots: int
    places: NDArray[np.int64]
    fields: tuple[NDArray[Any], ...]


class _Kept:
    """A value that is made of its pickle when it is first needed."""

    def __init__(self, text: bytes) -> None:
        self._text: bytes | None = text
        self._held: Held[Any] | None = None

    @property
    def held(self) -> Held[Any]:
        with _lock:
            if self._held is None:
                assert self._text is not None
                self._held, self._text = Held(pickle.loads(self._text)), None
            return self._held


class _KeptCache(NamedTuple):
    state: int
    held: Held[Any]


def keep_value(name: str, text: bytes) -> None:
    """Keep a value, pickled, under the hash of its content."""
    with _lock:
        if name not in _values:
            _values[name] = _Kept(text)
        _values.move_to_end(name)
        while len(_values) > _VALUES:
            _values.popitem(last=False)


def keep_change(change: CacheChange) -> None:
    """Bring a cache to its next state; nothing where it is in another one than that before."""
    from symlaw.engine.fingerprint import grown, make_cache

    with _lock:
        known = _caches.get(change.name)
        if change.before < 0:
            held = Held[Any](make_cache(change.n_slots))
        elif known is not None and known.state == change.before:
            held = known.held
            if len(held.value.keys) < change.n_slots:
                held = Held[Any](grown(held.value, change.n_slots))
        else:
            return
        for array, values in zip(held.value, change.fields, strict=True):
            array[change.places] = values
        _caches[change.name] = _KeptCache(change.after, held)
        _caches.move_to_end(change.name)
        while len(_caches) > _CACHES:
            _caches.popitem(last=False)


def answer(order: tuple[Any, ...]) -> Lacking | Done | OtherVersion:
    """The report on a request, or what is missing for it."""
    from distributed import get_worker

    asked, here = Order(*order), str(get_worker().address)
    if asked.version != __version__:
        return OtherVersion(here, __version__)
    lacking = tuple(_lacking(asked.needs))
    if lacking:
        return Lacking(here, lacking)
    with _lock:
        one_at_a_time = _places.setdefault(asked.place, threading.Lock())
    with one_at_a_time:
        function, request = _Reader(io.BytesIO(asked.text)).load()
        # pickled here: its arrays are scratch of the next request
        return Done(here, pickle.dumps(function(request), protocol=pickle.HIGHEST_PROTOCOL))


def _lacking(needs: Iterable[tuple[Any, ...]]) -> Iterable[Need]:
    with _lock:
        for need in (Need(*one) for one in needs):
            if need.state < 0:
                if need.name not in _values:
                    yield need
                else:
                    _values.move_to_end(need.name)
            else:
                known = _caches.get(need.name)
                if known is None or known.state != need.state:
                    yield Need(need.name, -1 if known is None else known.state)


class _Reader(pickle.Unpickler):
    """Reads a request; what it names is at hand."""

    def persistent_load(self, named: Any) -> Held[Any]:
        need = Need(*named)
        with _lock:
            return _values[need.name].held if need.state < 0 else _caches[need.name].held
