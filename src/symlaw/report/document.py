"""A report in one file: HTML, Markdown or PDF by the ending of its name."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import FileUnreadable, InvalidSetting, MissingDependency
from symlaw.report.accounts import Data, account_of, data_of_run
from symlaw.report.content import Subject, report_of
from symlaw.report.formats.html import html_of
from symlaw.report.formats.markdown import markdown_of
from symlaw.report.found import found_of, name_of, rows_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.report.blocks import Report
    from symlaw.runs.store import Run
    from symlaw.tasks.regression.estimator import SymbolicRegressor

ENDINGS = (".html", ".md", ".pdf")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_SECONDS = 120.0


def report(
    model: SymbolicRegressor,
    path: str | os.PathLike[str],
    X: Any = None,
    y: ArrayLike | None = None,
    sample_weight: ArrayLike | None = None,
    *,
    y_std: ArrayLike | str | None = None,
    output: int | str | None = None,
) -> None:
    """Write what was found as one file that stands by itself.

    Parameters
    ----------
    model
        A fitted model.
    path
        File to write: ``.html``, ``.md`` or ``.pdf``. A PDF is printed by Chromium or Chrome.
    X, y, sample_weight, y_std
        Data, as for `fit`; without them the report leaves out standard errors, evidence and plots of the fit.
    output
        Number of the target, where there are several.

    Raises
    ------
    InvalidSetting
        When the ending of the path is another, or only one of X and y is given.
    MissingDependency
        When a PDF is asked for and there is no browser.
    FileUnreadable
        When the file cannot be written.
    """
    chosen = checked_path(path)
    if (X is None) != (y is None):
        raise InvalidSetting("X and y go together: give both, or none of them")
    found = found_of(model, output, name_of(y))
    if y_std is not None and sample_weight is not None:
        raise InvalidSetting("sample_weight and y_std are both given: leave one of them out")
    data = None if y is None else Data(rows_of(found, X, y, sample_weight, y_std))
    write(report_of(Subject(model, found, account_of(model, found), data, output)), chosen)


def report_run(
    run: Run, path: str | os.PathLike[str], data: Path | None = None, weights: str | None = None
) -> bool:
    """Write the report of a run.

    Parameters
    ----------
    run
        The run.
    path
        As in `report`.
    data
        Its table, where that is not at its place any more.
    weights
        Column of the table that said how much each row counts.

    Returns
    -------
    bool
        Whether the data were at hand.
    """
    chosen, found = checked_path(path), found_of(run)
    rows = data_of_run(run, data, weights)
    write(report_of(Subject(run, found, account_of(run, found), rows)), chosen)
    return rows is not None


def checked_path(path: str | os.PathLike[str]) -> Path:
    """A path whose ending says what to write.

    Raises
    ------
    InvalidSetting
        When it does not.
    """
    chosen = Path(path)
    if chosen.suffix.lower() not in ENDINGS:
        raise InvalidSetting(f"a report cannot be written to {str(path)!r}: let it end in .html, .md or .pdf")
    return chosen


def write(content: Report, path: Path) -> None:
    """Write a report in the form that the path's ending says."""
    try:
        if path.suffix.lower() == ".pdf":
            path.write_bytes(pdf_of(html_of(content)))
        else:
            text = html_of(content) if path.suffix.lower() == ".html" else markdown_of(content)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        if isinstance(error, FileUnreadable):
            raise
        raise FileUnreadable(f"the report cannot be written to {str(path)!r}: {error}") from None


def printer() -> str | None:
    """The browser that prints PDFs; None where there is none on the path."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def pdf_of(page: str) -> bytes:
    """A page as a browser prints it.

    Raises
    ------
    MissingDependency
        When there is none.
    FileUnreadable
        When it prints nothing.
    """
    browser = printer()
    if browser is None:
        raise MissingDependency(
            "a PDF needs Chromium or Chrome, and none is on the path: install one, or write .html and print"
            " it from any browser"
        )
    with tempfile.TemporaryDirectory() as folder:
        source, printed = Path(folder, "report.html"), Path(folder, "report.pdf")
        source.write_text(page, encoding="utf-8")
        # a browser refuses to run as root inside its sandbox; the page holds no script
        own = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [browser, "--headless", "--disable-gpu", *own, f"--user-data-dir={folder}/profile",
                   "--no-pdf-header-footer", f"--print-to-pdf={printed}", source.as_uri()]  # fmt: skip
        try:
            ended = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise FileUnreadable(
                f"{browser} printed nothing in {_SECONDS:g} s: write .html instead"
            ) from None
        if not printed.is_file():
            lines = ended.stderr.strip().splitlines() or ["no word"]
            raise FileUnreadable(f"{browser} printed nothing ({lines[-1]}): write .html instead")
        return printed.read_bytes()
