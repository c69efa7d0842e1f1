"""Where the work of an epoch is done: in threads of this process, in other processes, or on a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.search.executors.base import Executor

THREADS, PROCESSES, DASK = "threads", "processes", "dask"
EXECUTORS = (THREADS, PROCESSES, DASK)


def check_executor(executor: Any, cluster: str | None = None, n_jobs: int | None = -1) -> Any:
    """The name of an executor, or a Dask client; raises `InvalidSetting` where it is neither.

    Parameters
    ----------
    executor
        What the user gives.
    cluster
        Address of a scheduler, which only Dask asks for.
    n_jobs
        Number of threads that the user gives; workers of a cluster are counted there.
    """
    named = isinstance(executor, str)
    if executor not in EXECUTORS if named else not _is_client(executor):
        known = ", ".join(map(repr, EXECUTORS))
        raise InvalidSetting(f"executor must be one of {known} or a distributed.Client, not {executor!r}")
    if cluster is not None and executor != DASK:
        raise InvalidSetting(f"cluster is {cluster!r}, which goes with executor='dask': give both")
    if cluster is not None and not isinstance(cluster, str):
        raise InvalidSetting(f"cluster is {cluster!r}: give an address, such as 'tcp://host:8786'")
    if executor == DASK and cluster is None:
        raise InvalidSetting(
            "executor is 'dask': name its scheduler with cluster, such as 'tcp://host:8786', or give a"
            " distributed.Client"
        )
    if n_jobs != -1 and (executor == DASK or not named):
        raise InvalidSetting(
            "n_jobs does not go with Dask, whose workers are as many as are started: leave it out"
        )
    return executor


def executor_record(executor: Any, cluster: str | None) -> dict[str, Any]:
    """What a run keeps of an executor: its name, and the address of its scheduler."""
    if isinstance(executor, str):
        return {"executor": executor, "cluster": cluster}
    return {"executor": DASK, "cluster": str(executor.scheduler.address)}


def executor_named(executor: Any, n_workers: int, cluster: str | None = None) -> Executor | None:
    """What does an epoch's work beside the threads of this process; None where they do it."""
    if check_executor(executor, cluster) == THREADS:
        return None
    if executor == PROCESSES:
        from symlaw.search.executors.processes import ProcessExecutor

        return ProcessExecutor(n_workers)
    from symlaw.search.executors.cluster import ClusterExecutor

    return ClusterExecutor(None if executor == DASK else executor, cluster)


def _is_client(one: Any) -> bool:
    """Whether something is a client of a Dask cluster, which this does not import."""
    return any(
        base.__module__.startswith("distributed.") and base.__name__ == "Client" for base in type(one).__mro__
    )
