"""Workers of a Dask cluster find what threads find, whatever their number and whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.fingerprint import make_cache, remember
from symlaw.errors import InvalidSetting
from symlaw.search.executors import cluster as cluster_module
from symlaw.search.executors import executor_named
from symlaw.search.executors.cluster import ClusterExecutor
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from tests.search.executors.test_executors import OPERATORS, X, Y, asked, front, keys_in, value_of

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A process of one thread, and a scheduler in this one."""
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as found:
        yield found


def front_on(cluster: Any, kind: str = "plain", listen: Callable[[Any], None] | None = None) -> Any:
    found = search(
        asked(kind), Budget(evaluations=25_000), threads=1, executor="dask",
        cluster=cluster.scheduler_address, seed=5, listen=listen,
    )  # fmt: skip
    return [(str(entry.expression), entry.loss) for entry in found.front]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["macros", "operator", "loss", "statement"])
def test_workers_find_what_threads_find(cluster: Any, kind: str) -> None:
    cluster.scale(2)
    assert front_on(cluster, kind) == front(asked(kind), "threads", 1)


@pytest.mark.slow
def test_a_search_whose_workers_are_killed_and_joined_has_the_same_front(cluster: Any) -> None:
    done = list[int]()
    cluster.scale(2)

    def disturb(_: Any) -> None:
        with distributed.Client(cluster, set_as_default=False) as client:
            if not done:
                workers = client.run(os.getpid)
                os.kill(next(iter(workers.values())), signal.SIGKILL)
                done.append(len(workers))
                cluster.scale(3)

    assert front_on(cluster, "plain", disturb) == front(asked("plain"), "threads", 1)
    assert done
    cluster.scale(1)
    assert front_on(cluster) == front(asked("plain"), "threads", 1)


@pytest.mark.long
def test_an_estimator_takes_an_address_or_a_client(cluster: Any) -> None:
    address = cluster.scheduler_address
    common: dict[str, Any] = {
        "searchers": ["evolution"],
        "operators": OPERATORS,
        "max_evaluations": 3_000,
        "time_budget": None,
    }
    with distributed.Client(cluster, set_as_default=False) as client:
        fits = [
            SymbolicRegressor(**common, random_state=1, **who).fit(X, Y).front_
            for who in ({}, {"executor": "dask", "cluster": address}, {"executor": client})
        ]
        assert client.status == "running"
    assert fits[0].equals(fits[1])
    assert fits[0].equals(fits[2])


@pytest.mark.long
def test_a_worker_is_sent_a_value_once_and_what_changes_of_a_cache(cluster: Any) -> None:
    executor = ClusterExecutor(address=cluster.scheduler_address)
    held = executor.hold({"a": np.arange(3)})
    seen = {one for _ in range(4) for one in executor.run(value_of, [held])}
    assert len(seen) == len({pid for pid, _ in seen})
    cache = make_cache(64)
    for key in (11, 12):
        assert executor.run(keys_in, [(executor.hold_cache(cache), key)]) == [False]
        remember(cache, np.uint64(key), 1.0)
        assert executor.run(keys_in, [(executor.hold_cache(cache), key)]) == [True]
    executor.close()


def fails(_: Any) -> None:
    raise ZeroDivisionError("of a request")


def test_what_a_request_raises_is_raised_here(cluster: Any) -> None:
    executor = ClusterExecutor(address=cluster.scheduler_address)
    with pytest.raises(ZeroDivisionError, match="of a request"):
        executor.run(fails, [0])
    executor.close()


def test_what_does_not_go_together_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="name its scheduler with cluster"):
        executor_named("dask", 1)
    with pytest.raises(InvalidSetting, match="goes with executor='dask'"):
        executor_named("processes", 1, "tcp://host:8786")
    with pytest.raises(InvalidSetting, match="n_jobs does not go with Dask"):
        SymbolicRegressor(executor="dask", cluster="tcp://host:8786", n_jobs=2).fit(X, Y)


def test_an_address_where_nobody_answers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "_ANSWER", 0.3)
    with pytest.raises(InvalidSetting, match=r"no scheduler answers there .*: give the address"):
        executor_named("dask", 1, "tcp://127.0.0.1:9")


def started(*arguments: str) -> subprocess.Popen[bytes]:
    """A program of Dask in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments], env=environment, stderr=subprocess.DEVNULL
    )


@pytest.mark.slow
def test_a_search_goes_on_when_its_scheduler_is_killed_and_comes_back(unused_port: int) -> None:
    port = str(unused_port)
    address = f"tcp://127.0.0.1:{port}"
    programs = list[subprocess.Popen[bytes]]()

    def start() -> None:
        programs.append(started("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard"))
        programs.append(started("worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard"))

    def disturb(_: Any) -> None:
        if len(programs) == 2:
            for one in programs:
                one.kill()
                one.wait()
            start()

    start()
    try:
        time.sleep(3.0)
        found = search(
            asked("plain"), Budget(evaluations=25_000), executor="dask", cluster=address, seed=5,
            listen=disturb,
        )  # fmt: skip
    finally:
        for one in programs:
            one.kill()
            one.wait()
    assert len(programs) == 4
    assert [(str(e.expression), e.loss) for e in found.front] == front(asked("plain"), "threads", 1)


@pytest.fixture
def unused_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
