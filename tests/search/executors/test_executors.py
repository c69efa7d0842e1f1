"""Threads and processes give the same front bit for bit, and a process that dies costs nothing but time."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.fingerprint import find, make_cache, remember
from symlaw.engine.losses.table import loss_named
from symlaw.errors import InvalidSetting, WorkersLost
from symlaw.knowledge.statements.shape import shape_of
from symlaw.language.grammar import Language
from symlaw.language.macros import Macro
from symlaw.language.types import Type
from symlaw.search.evolution.island import Site
from symlaw.search.executors import executor_named
from symlaw.search.executors.processes import ProcessExecutor
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from tests.search.executors.dying import dies, dies_once

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="slow where nothing is compiled")

RNG = np.random.Generator(np.random.Philox(31))
X = RNG.uniform(1.0, 3.0, (120, 2))
Y = X[:, 0] * np.sin(X[:, 1]) + 0.02 * RNG.normal(size=120)
OPERATORS = ["+", "-", "*", "/", "sin", "sqrt"]


def cost(y: Any, m: Any) -> Any:
    """A user's loss."""
    return np.abs(y - m) ** 1.5


def bend(x: Any) -> Any:
    """A user's operator."""
    return math.sin(x) if x > 1.5 else 0.1 * x


def asked(kind: str) -> Problem:
    """Problems of which each asks something else of what travels."""
    names, operators, more = ["a", "b"], list[Any](OPERATORS), dict[str, Any]()
    language = Language.of(names, operators, max_complexity=12)
    if kind == "macros":
        language = Language.of(names, operators, max_complexity=12, macros=(Macro("m", "sin(x) * y"),))
    elif kind == "operator":
        language = Language.of(names, [*operators, symlaw.operator(bend)], max_complexity=12)
    elif kind == "loss":
        more["loss"] = symlaw.loss(cost)
    elif kind == "absolute":
        more["loss"] = loss_named("absolute")
    elif kind == "statement":
        more["shape"] = shape_of(["increasing in a"], None, names, "y", X, float(np.std(Y)))
    return make_problem(X, Y, language, seed=2, **more)


def front(problem: Problem, executor: str, threads: int) -> list[tuple[str, float]]:
    found = search(problem, Budget(evaluations=25_000), threads=threads, executor=executor, seed=5)
    return [(str(entry.expression), entry.loss) for entry in found.front]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["plain", "macros", "operator", "loss", "absolute", "statement"])
def test_processes_find_what_threads_find(kind: str) -> None:
    problem = asked(kind)
    assert front(problem, "processes", 2) == front(problem, "threads", 2)


@pytest.mark.long
def test_the_number_of_processes_does_not_matter() -> None:
    problem = asked("plain")
    assert front(problem, "processes", 1) == front(problem, "processes", 2)


@pytest.mark.long
def test_what_a_worker_that_died_had_is_done_again(tmp_path: Path) -> None:
    executor = ProcessExecutor(2)
    pids = executor.run(dies_once, [str(tmp_path / "first"), str(tmp_path / "first")])
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_workers_that_always_die_are_given_up() -> None:
    with pytest.raises(WorkersLost, match="executor='threads'"):
        ProcessExecutor(2).run(dies, [0])


def workers() -> list[int]:
    """Worker processes of this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
            command = (folder / "cmdline").read_bytes()
            if int(parent) == os.getpid() and b"popen_loky" in command:
                found.append(int(folder.name))
    return found


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are listed in /proc")
def test_a_search_whose_worker_is_killed_has_the_same_front() -> None:
    problem, done = asked("plain"), list[int]()

    def kill(_: Any) -> None:
        processes = workers()
        if not done and processes:
            os.kill(processes[0], signal.SIGKILL)
            done.append(processes[0])

    found = search(problem, Budget(evaluations=25_000), threads=2, executor="processes", seed=5, listen=kill)
    assert done
    assert [(str(e.expression), e.loss) for e in found.front] == front(problem, "threads", 1)


def keys_in(request: tuple[Any, int]) -> bool:
    held, key = request
    return bool(find(held.value, np.uint64(key)) >= 0)


@pytest.mark.long
def test_processes_see_the_cache_as_it_is() -> None:
    executor = ProcessExecutor(2)
    cache = executor.placed(make_cache(64))
    assert executor.placed(cache) is cache
    for key in (11, 12):
        assert executor.run(keys_in, [(executor.hold_cache(cache), key)]) == [False]
        remember(cache, np.uint64(key), 1.0)
        assert executor.run(keys_in, [(executor.hold_cache(cache), key)]) == [True]
    larger = executor.placed(make_cache(128))
    assert executor.run(keys_in, [(executor.hold_cache(larger), 11)]) == [False]
    executor.close()


def value_of(held: Any) -> tuple[int, int]:
    return os.getpid(), id(held.value)


@pytest.mark.long
def test_a_value_reaches_a_process_once() -> None:
    executor = ProcessExecutor(2)
    held = executor.hold({"a": np.arange(3)})
    seen = {one for _ in range(6) for one in executor.run(value_of, [held])}
    pids = {pid for pid, _ in seen}
    assert len(seen) == len(pids) <= 2
    assert os.getpid() not in pids
    executor.close()


def test_an_unknown_executor_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="'threads', 'processes'"):
        executor_named("cluster", 2)
    with pytest.raises(InvalidSetting, match="executor must be"):
        SymbolicRegressor(executor="cluster").fit(X, Y)


@pytest.mark.long
def test_a_fit_in_processes_is_that_in_threads() -> None:
    fits = [
        SymbolicRegressor(
            operators=OPERATORS,
            max_evaluations=20_000,
            time_budget=None,
            random_state=1,
            n_jobs=2,
            executor=who,
        ).fit(X, Y)
        for who in ("threads", "processes")
    ]
    assert fits[0].front_.equals(fits[1].front_)


_PROGRAM = """
import numpy as np
import symlaw

def bend(x):
    return np.sin(x) / (1.0 + x * x)

def cost(y, m):
    return np.abs(y - m) ** 1.5

X = np.random.default_rng(0).uniform(1, 3, (60, 2))
y = X[:, 0] + bend(X[:, 1])
fronts = [
    symlaw.SymbolicRegressor(
        operators=["+", "*", symlaw.operator(bend)], loss=symlaw.loss(cost), time_budget=None,
        max_evaluations=3000, random_state=1, n_jobs=2, executor=who,
    ).fit(X, y).front_[["complexity", "loss", "equation"]]
    for who in ("threads", "processes")
]
assert fronts[0].equals(fronts[1])
"""


@pytest.mark.long
def test_functions_of_the_users_program_travel() -> None:
    # a program without a guard for its start, whose functions no worker can import
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


class Unreadable:
    """What a worker cannot make anew."""

    def __reduce__(self) -> Any:
        return getattr, (math, "no_such_name")


@pytest.mark.long
def test_what_cannot_be_read_is_no_death() -> None:
    with pytest.raises(WorkersLost, match="cannot read what they are asked"):
        ProcessExecutor(2).run(value_of, [Unreadable()])


def test_workspaces_of_typed_problems_have_what_varies_types() -> None:
    language = Language.of(["a", "b"], ["+", "if", ">"], types={"b": Type.BOOLEAN})
    typed = Site(make_problem(np.column_stack([X[:, 0], X[:, 1] > 2.0]), Y, language))
    assert np.all(typed.workspace(0, charged=False).spare.typed[::2] != 0)
    assert not Site(asked("plain")).workspace(0, charged=False).spare.typed.any()
