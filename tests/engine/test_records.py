"""Records that kernels take by address: the same values, kept alive, and one packing whoever asks first."""

from __future__ import annotations

import copy
import pickle
import sys
import threading
from typing import Any, NamedTuple

import numpy as np
import pytest

from symlaw.engine.compiling.jit import JIT_DISABLED, inner, kernel
from symlaw.engine.compiling.records import record

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="records are tuples in plain Python")


@record
class Part(NamedTuple):
    """A record in a record."""

    x: Any
    power: int
    share: float
    whole: bool


@record
class Whole(NamedTuple):
    """Arrays of several kinds."""

    part: Part
    matrix: Any
    strided: Any
    keys: Any


@inner
def _one(part, place):  # type: ignore[no-untyped-def]
    return part.x[place] ** part.power * part.share


@kernel
def summed(record):  # type: ignore[no-untyped-def]
    """A sum of what is in a record."""
    total = 0.0
    for place in range(len(record.part.x)):
        total += _one(record.part, place) + record.matrix[place, 1] + record.strided[place]
        record.keys[place] += np.uint64(place)
    return total if record.part.whole else -total


def made() -> Whole:
    part = Part(np.arange(4.0), 2, 0.5, whole=True)
    return Whole(part, np.ones((4, 3)), np.arange(12.0)[::3], np.full(4, 2**63, np.uint64))


EXPECTED = sum(0.5 * k * k + 1.0 + 3.0 * k for k in range(4))


def test_a_kernel_reads_a_record_as_python_does() -> None:
    one = made()
    assert summed(one) == pytest.approx(EXPECTED)
    assert one.keys.tolist() == [2**63 + k for k in range(4)]
    assert summed(one._replace(part=one.part._replace(whole=False))) == pytest.approx(-EXPECTED)


def test_copies_are_records_of_their_own() -> None:
    one = made()
    summed(one)
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one)):
        assert type(other) is Whole
        assert summed(other) == pytest.approx(EXPECTED)
        assert other._address != one._address  # type: ignore[attr-defined]
    assert one.keys.tolist() == [2**63 + k for k in range(4)]


def test_threads_that_pack_a_record_at_once_get_one_address() -> None:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(300):
            one, barrier, found = made(), threading.Barrier(4), list[int]()

            def ask(one: Any = one, barrier: Any = barrier, found: list[int] = found) -> None:
                barrier.wait()
                found.append(one._address)

            threads = [threading.Thread(target=ask) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert len(set(found)) == 1
    finally:
        sys.setswitchinterval(before)
