"""Kills of workers and of clients at random moments: is the front that of a run which nobody disturbed?

``python -m benchmarks.kills FOLDER [--workers 50] [--clients 20] [--evaluations 300000]``. Scheduler, two
workers and the client are processes on this machine. A trial kills one of them at a moment that is drawn from
the time which the first, undisturbed run took: a worker, in whose place another one starts, or the client,
whose run is resumed. FOLDER keeps a line for each trial, so that a run that was cut off goes on.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.machine import describe, facts

SEED, ROWS = 53, 300
Front = list[tuple[float, float, str]]


def table(path: Path) -> None:
    """A sum of two parts under noise."""
    rng = np.random.default_rng(SEED)
    X = rng.uniform(0.5, 3.0, (ROWS, 4))
    y = np.exp(X[:, 0]) * X[:, 1] + np.sin(X[:, 2] * X[:, 3]) + 0.05 * rng.normal(size=ROWS)
    pd.DataFrame(np.column_stack([X, y]), columns=list("abcdy")).to_csv(path, index=False)


def program(*arguments: str) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([sys.executable, "-m", *arguments], stdout=quiet, stderr=quiet)


class Cluster:
    """A scheduler and two workers."""

    def __init__(self) -> None:
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = str(one.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{port}"
        where = ("--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.scheduler = program("dask", "scheduler", *where)
        self.workers = [self._worker() for _ in range(2)]

    def _worker(self) -> subprocess.Popen[bytes]:
        return program("dask", "worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard")

    def kill_worker(self, number: int) -> None:
        """Kill one, and start another one."""
        killed(self.workers[number])
        self.workers[number] = self._worker()

    def close(self) -> None:
        for one in (*self.workers, self.scheduler):
            killed(one)


def killed(one: subprocess.Popen[bytes]) -> None:
    one.kill()
    one.wait()


@contextmanager
def started() -> Iterator[Cluster]:
    cluster = Cluster()
    try:
        time.sleep(4.0)
        yield cluster
    finally:
        cluster.close()


def fit(folder: Path, evaluations: int, runs: Path, where: list[str]) -> list[str]:
    asked = ["symlaw", "fit", str(folder / "data.csv"), "-t", "y", "--time", "100000", "--seed", "3"]
    return [*asked, "--max-evaluations", str(evaluations), "--checkpoint", "1", "--runs", str(runs), *where]


def front_in(runs: Path) -> Front:
    """The front of the latest run; none where there is no run yet."""
    from symlaw.errors import SymlawError
    from symlaw.runs.store import read_run, resolve_run

    try:
        rows = read_run(resolve_run("last", runs)).rows
    except SymlawError:
        return []
    return [(row.complexity, row.loss, str(row.expression)) for row in rows]


def with_a_kill(kind: str, number: int, folder: Path, evaluations: int, seconds: float) -> dict[str, Any]:
    rng = np.random.default_rng([SEED, kind == "client", number])
    moment, runs = float(rng.uniform(0.0, seconds)), folder / f"{kind}{number}"
    shutil.rmtree(runs, ignore_errors=True)
    had = 0
    with started() as cluster:
        where = ["--cluster", cluster.address]
        client = program(*fit(folder, evaluations, runs, where))
        time.sleep(moment)
        if kind == "worker":
            cluster.kill_worker(int(rng.integers(2)))
        else:
            killed(client)
            had = len(front_in(runs))
            again = ["symlaw", "resume", "last", "--checkpoint", "1", "--runs", str(runs), *where]
            known = runs.exists() and any(runs.iterdir())
            client = program(*(again if known else fit(folder, evaluations, runs, where)))
        code = client.wait()
    return {
        "kind": kind, "number": number, "moment": moment, "code": code, "front": front_in(runs),
        "had": had,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=50)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--evaluations", type=int, default=300_000)
    given = parser.parse_args()
    folder = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    print(describe(facts()))
    table(folder / "data.csv")
    results = folder / "kills.jsonl"
    records = [json.loads(line) for line in results.read_text().splitlines()] if results.exists() else []
    known = {(one["kind"], one["number"]): one for one in records}

    def note(record: dict[str, Any]) -> dict[str, Any]:
        with results.open("a") as file:
            file.write(json.dumps(record) + "\n")
        return record

    if ("none", 0) not in known:
        threads, runs = folder / "threads", folder / "none0"
        program(*fit(folder, given.evaluations, threads, ["--threads", "1"])).wait()
        with started() as cluster:
            began = time.monotonic()
            program(*fit(folder, given.evaluations, runs, ["--cluster", cluster.address])).wait()
            seconds = time.monotonic() - began
        record = {"kind": "none", "number": 0, "seconds": seconds, "front": front_in(runs)}
        known["none", 0] = note(record)
        print(f"undisturbed {seconds:.0f} s; the front of threads: {front_in(threads) == front_in(runs)}")
    undisturbed = known["none", 0]
    wanted = [tuple(row) for row in undisturbed["front"]]
    for kind, count in (("worker", given.workers), ("client", given.clients)):
        same = had = 0
        for number in range(count):
            if (kind, number) not in known:
                one = with_a_kill(kind, number, folder, given.evaluations, undisturbed["seconds"])
                known[kind, number] = note(one)
                print(f"{kind} {number} after {one['moment']:.1f} s: {len(one['front'])} rows", flush=True)
            one = known[kind, number]
            same += [tuple(row) for row in one["front"]] == wanted
            had += one["had"] > 0
        told = f", {had} with a front when it was killed" if kind == "client" else ""
        print(f"{count} kills of a {kind}: {same} with the front of the undisturbed run{told}")


if __name__ == "__main__":
    main()
