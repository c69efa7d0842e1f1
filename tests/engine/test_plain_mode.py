"""The kernels give the same values, bit for bit, as compiled code and as plain Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from symlaw.engine.compiling.jit import JIT_DISABLED

PROGRAM = Path(__file__).with_name("plain_mode.py")

pytestmark = pytest.mark.skipif(JIT_DISABLED, reason="the other half of the comparison is compiled")


def results(**more: str) -> dict[str, Any]:
    """What the program prints in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more}
    command = [sys.executable, "-W", "error", str(PROGRAM)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def both() -> tuple[dict[str, Any], dict[str, Any]]:
    """Compiled and plain results."""
    return results(), results(NUMBA_DISABLE_JIT="1")


@pytest.mark.parametrize(
    "part",
    ["evaluated", "differentiated", "fitted", "judged", "fingerprinted", "evolved", "grown", "banked"],
)
def test_plain_python_gives_the_same_bits(part: str, both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    compiled, plain = both
    assert compiled[part] == plain[part]
