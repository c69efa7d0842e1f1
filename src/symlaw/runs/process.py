"""Which process writes a run, and whether it still lives."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def this_process() -> dict[str, Any]:
    """The record of this process that `is_alive` asks for."""
    pid = os.getpid()
    return {"pid": pid, "host": socket.gethostname(), "boot": _boot(), "mark": _mark(pid)}


def is_alive(record: Mapping[str, Any]) -> bool:
    """Whether the process of a record runs now, on this host and since the same boot."""
    if record["host"] != socket.gethostname() or record["boot"] != _boot():
        return False
    pid = int(record["pid"])
    if Path("/proc/self/stat").exists():
        mark = _mark(pid)
        return mark != "" and mark == str(record["mark"])
    if os.name == "nt":
        # signal 0 would end the process there
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def _mark(pid: int) -> str:
    """When a process started, in ticks since boot, which tells it from a later one; "" when it is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in "ZX" else fields[19]
