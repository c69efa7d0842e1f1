"""What worker processes are asked in tests; they import nothing of symlaw for it."""

import os
import signal
from pathlib import Path


def dies_once(path: str) -> int:
    """End the process the first time, give its number the second."""
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def dies(_: int) -> None:
    """End the process."""
    os.kill(os.getpid(), signal.SIGKILL)
