"""Files that the page gives to people: a run's report, and a formula's values on another table."""

from __future__ import annotations

import io
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np
from starlette.responses import Response

from symlaw.dashboard.tables import check_cells, safe_stem
from symlaw.errors import InvalidSetting
from symlaw.report.document import report_run
from symlaw.tasks.model.predictions import predictions, write_predictions

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run

FORMS = {"html": "text/html", "md": "text/markdown", "pdf": "application/pdf"}
# matplotlib's settings are those of the process
drawing = threading.Lock()


def report_file(run: Run, form: str) -> Response:
    """The report of a run, as ``symlaw report`` writes it, to be saved.

    Raises
    ------
    InvalidSetting
        When the form is none.
    RunError, MissingDependency, FileUnreadable
        When nothing was found yet, or a PDF is asked for and no browser prints one.
    """
    check_form(form)
    return written_file(run.id, form, lambda path: report_run(run, path))


def check_form(form: str) -> None:
    """Refuse what is no form of a report."""
    if form not in FORMS:
        raise InvalidSetting(f"a report cannot be written as {form!r}: choose html, md or pdf")


def written_file(name: str, form: str, write: Callable[[Path], Any]) -> Response:
    """What a function writes to a path with the ending of a form, to be saved as the report of a run."""
    with tempfile.TemporaryDirectory() as folder, drawing:
        path = Path(folder, f"report.{form}")
        write(path)
        content = path.read_bytes()
    return Response(content, media_type=FORMS[form], headers=_saved(f"report-{name}.{form}"))


def _saved(name: str) -> dict[str, str]:
    """Headers that have a browser save a file and never show it as a page of this server."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='', errors='replace')}"}


def predicted(run: Run, expression: Expression, path: Path) -> dict[str, Any]:
    """A formula's values on a table, as the CSV that ``symlaw predict`` writes.

    Raises
    ------
    FileUnreadable, DataError, ColumnNotFound
        When the table cannot be read, is far larger than its file, or lacks a column.
    """
    check_cells(path)
    values, notes = predictions(run, expression, path)
    text = io.StringIO()
    write_predictions(text, run.header.target_name, [values])
    return {
        "name": f"{safe_stem(path.name)}-predicted.csv",
        "csv": text.getvalue(),
        "n_rows": len(values),
        "n_undefined": int(np.sum(~np.isfinite(values))),
        "notes": list(notes),
    }
