"""What tests in a real browser share; its fixtures are in conftest.py."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
expect = playwright.expect
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(BROWSER is None, reason="there is no Chromium on the path"),
    # Playwright's own event loop is closed late
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
# Kernels may have to be compiled first.
PATIENCE = 180_000


def open_run(page: Any, run: str) -> None:
    page.evaluate("run => { location.hash = `#/run/${run}` }", run)
    page.wait_for_selector(".front tbody tr")


def drop(page: Any, name: str, content: str) -> None:
    """Drop a file as from a file manager."""
    page.wait_for_selector(".drop")
    page.evaluate(
        """([name, content]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([content], name));
            document.querySelector(".drop").dispatchEvent(
                new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        [name, content],
    )
