"""Several processes may compile into one cache at once: no signature is lost, none runs another's code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from symlaw.engine.compiling.jit import JIT_DISABLED

KINDS = ("float64", "float32", "int64", "int32", "uint8")
MODULE = """
from symlaw.engine.compiling.jit import kernel

@kernel
def last(values):
    return values[len(values) - 1]
"""
COMPILE = """
import sys, time, numpy as np
from made import last
print("ready", flush=True)
sys.stdin.readline()
for kind in sys.argv[1:]:
    assert last(np.arange(8, dtype=kind)) == 7
import json
print(json.dumps(sum(last.stats.cache_hits.values())))
"""


@pytest.mark.long
@pytest.mark.skipif(JIT_DISABLED, reason="nothing is compiled")
def test_processes_that_compile_at_once_keep_each_others_code(tmp_path: Path) -> None:
    (tmp_path / "made.py").write_text(MODULE)
    environment = {**os.environ, "SYMLAW_CACHE_DIR": str(tmp_path / "cache"), "PYTHONPATH": _path(tmp_path)}
    workers = [_start([kind], environment) for kind in KINDS]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate()
        assert worker.returncode == 0
    later, _ = _start(list(KINDS), environment).communicate("go\n")
    assert json.loads(later.splitlines()[-1]) == len(KINDS)


def _path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *sys.path])


def _start(arguments: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", COMPILE, *arguments]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
