"""How quick the dashboard is: first paint of a long list, a new point of a live run, memory over updates.

``python -m benchmarks.dashboard`` starts the real command on made-up runs and looks at it with a headless
Chromium through Playwright. Seconds to first paint and to the list are counted from opening the link in a new
browser window; those of a new point from before its line is written to the journal until it is on the page.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.machine import describe, facts
from symlaw.language import parse
from symlaw.runs.records import Formula, Header, Result
from symlaw.runs.writer import RunWriter
from symlaw.search.archive import Entry
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Progress

_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
_ROWS = "document.querySelectorAll('.runs tbody tr').length"


class MadeUp:
    """A run that nobody searches."""

    def __init__(self, folder: Path, number: int) -> None:
        names = tuple(f"column_{k}" for k in range(8))
        settings = {"operators": ["+", "*", "exp"], "time_budget": 60.0, "max_complexity": 30}
        header = Header(
            settings=settings, seed=number, feature_names=names, target_name=f"target_{number % 7}",
            n_rows=500, target_scale=10.0, data_digest="0" * 64,
            source=f"/data/table_{number % 11}.csv",
        )  # fmt: skip
        self.writer = RunWriter(folder, header)
        self.front: dict[float, Entry] = {}
        self.updates = 0

    def update(self) -> None:
        """One better formula, of one of twenty complexities."""
        self.updates += 1
        terms = [f"{self.updates}.25 * column_0"] + ["exp(column_1)"] * (self.updates % 20)
        expression, loss = parse(" + ".join(terms)), 1.0 / (1.0 + self.updates)
        entry = Entry(expression, expression.complexity(), loss, expression, "evolution")
        self.front[entry.complexity] = entry
        shown = tuple(self.front[place] for place in sorted(self.front))
        spent = Spent(evaluations=1000 * self.updates, epochs=self.updates)
        self.writer.listen(Progress(shown, shown, spent, None))

    def finish(self) -> None:
        """End it with what it has."""
        rows = [
            Formula(e.expression, e.complexity, e.loss, 1 - e.loss, 0.1, 0.1, 0.3)
            for e in self.front.values()
        ]
        used = {"seconds": 60.0, "evaluations": 1_000_000}
        self.writer.finish(Result(tuple(rows), len(rows) - 1, "because", "time budget of 60 s used", used))


@contextmanager
def served(root: Path) -> Iterator[tuple[str, int]]:
    """The command serving a folder: its link and its process id."""
    command = [sys.executable, "-m", "symlaw", "dashboard", "--no-browser", "--runs", str(root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1], process.pid
    finally:
        process.terminate()
        process.wait(30)


def resident(pid: int) -> float:
    """Memory of a process in MB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def painted(browser: Browser, link: str, runs: int) -> tuple[float, float]:
    """Seconds to first paint, and to the list, of a new window."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(link)
    while page.evaluate(_ROWS) < min(runs, 100):
        time.sleep(0.005)
    whole = time.perf_counter() - began
    first = page.evaluate(_PAINT) / 1000
    context.close()
    return first, whole


def delay(page: Page, run: MadeUp) -> float:
    """Seconds until a new formula is on the page."""
    began = time.perf_counter()
    run.update()
    wanted = f"{run.updates}.25 * column_0"
    while not page.evaluate("text => document.querySelector('.front').textContent.includes(text)", wanted):
        time.sleep(0.005)
    return time.perf_counter() - began


def show(what: str, seconds: list[float]) -> None:
    print(
        f"{what}: median {statistics.median(seconds):.2f} s, longest {max(seconds):.2f} s of {len(seconds)}"
    )


def measure(root: Path, browser: Browser, asked: Any) -> None:
    for number in range(asked.runs):
        run = MadeUp(root / f"run-{number:04d}", number)
        for _ in range(20):
            run.update()
        run.finish()
    with served(root) as (link, pid):
        times = [painted(browser, link, asked.runs) for _ in range(asked.times)]
        print(f"{asked.runs} runs in the list")
        show("first paint", [first for first, _ in times])
        show("the list drawn", [whole for _, whole in times])
        live = MadeUp(root / "live", 0)
        live.update()
        page = browser.new_page()
        page.goto(link)
        page.evaluate("location.hash = '#/run/live'")
        page.wait_for_selector(".front tbody tr")
        show("a new point on the page", [delay(page, live) for _ in range(asked.times)])
        for total in (asked.updates // 10, asked.updates // 2, asked.updates):
            while live.updates < total:
                live.update()
            delay(page, live)
            nodes = page.evaluate("document.querySelectorAll('*').length")
            print(
                f"after {live.updates:,} updates: server {resident(pid):.1f} MB, {nodes} elements on the page"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--updates", type=int, default=5000)
    asked = parser.parse_args()
    print(describe(facts()))
    own = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=own)
        measure(Path(folder), browser, asked)
        browser.close()


if __name__ == "__main__":
    main()
