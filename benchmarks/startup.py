"""Time from process start to the first front on screen, cold and warm, and what importing costs.

    python -m benchmarks.startup [--repeats 5] [--cold]

Warm: kernels are in the disk cache. Cold (``--cold``): an empty cache, in a folder of its own. Each figure
is the median over runs of the real command, reading its output as it comes.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import describe, facts

DATA = Path(__file__).resolve().parent.parent / "examples" / "kepler.csv"


def first_front(environment: dict[str, str]) -> tuple[float, str]:
    """Seconds until the command shows a formula, and what it said before."""
    command = [sys.executable, "-m", "symlaw", "fit", str(DATA), "--target", "period_years", "--time", "3"]
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, "--runs", folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment,
        )
        said: list[str] = []
        seconds = float("nan")
        assert process.stdout is not None
        for line in process.stdout:
            if "complexity" in line and "loss" in line and "R²" not in line:
                seconds = time.perf_counter() - start
                break
            said.append(line)
        process.stdout.read()
        process.wait()
    return seconds, "".join(said)


def seconds_of(arguments: list[str], repeats: int) -> float:
    """Median wall seconds of a Python process."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--cold", action="store_true", help="also time an empty kernel cache")
    options = parser.parse_args()
    print(describe(facts()))
    bare = seconds_of(["-c", "pass"], options.repeats)
    print(f"bare interpreter          {bare:6.2f} s")
    print(f"import symlaw, above bare {seconds_of(['-c', 'import symlaw'], options.repeats) - bare:6.2f} s")
    print(f"symlaw --help             {seconds_of(['-m', 'symlaw', '--help'], options.repeats):6.2f} s")
    environment = dict(os.environ)
    first_front(environment)
    warm = [first_front(environment)[0] for _ in range(options.repeats)]
    print(f"warm start to first front {statistics.median(warm):6.2f} s")
    if options.cold:
        with tempfile.TemporaryDirectory() as folder:
            seconds, said = first_front({**environment, "SYMLAW_CACHE_DIR": folder})
        print(f"cold start to first front {seconds:6.2f} s")
        print("said before it:\n" + said)


if __name__ == "__main__":
    main()
