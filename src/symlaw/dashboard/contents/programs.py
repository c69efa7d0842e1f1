"""Programs that the page finds from pasted examples: what it shows of them, and answers to doubtful rows."""

from __future__ import annotations

import csv
import io
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from symlaw.dashboard.contents.pasted import Row, pasted
from symlaw.dashboard.launching import seconds_in
from symlaw.dashboard.tables import Uploads
from symlaw.errors import InvalidSetting, RunError
from symlaw.report.answers import forms_of
from symlaw.runs.answers import AnswerWriter, Asked
from symlaw.runs.writer import new_run_id
from symlaw.search.watch import Watch
from symlaw.tasks.programs.result import Transformation
from symlaw.tasks.programs.transform import transform

MOST_SECONDS = 60.0
# Programs that are kept while people answer; the oldest goes first.
_MOST = 32
# Rows and rivals that the page lists, letters of a cell that it shows, and letters of all values.
_ROWS_SHOWN, _DOUBTS_SHOWN, _RIVALS_SHOWN, _LETTERS, MOST_LETTERS = 200, 20, 8, 300, 5_000_000


@dataclass(frozen=True)
class _Found:
    """A program with the rows that it is for, and how its search ended."""

    model: Transformation
    rows: tuple[Row, ...]
    ended_by: str
    seconds: float


@dataclass
class Programs:
    """Programs that were found since the server began.

    Parameters
    ----------
    uploads
        Where columns go whose program is kept as a run.
    closing
        Whether the server ends, and searches with it.
    """

    uploads: Uploads
    closing: Callable[[], bool]
    _known: dict[str, _Found] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _searching: threading.Lock = field(default_factory=threading.Lock)

    def find(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Find a program for what was pasted.

        Parameters
        ----------
        asked
            ``examples`` and ``rows``, as `pasted` takes them; ``exact``, whether no example may be wrong;
            ``seconds``.

        Raises
        ------
        InvalidSetting, DataError
            When something is missing, or nothing was found.
        RunError
            When another search goes.
        """
        seconds = _seconds(asked.get("seconds", 10))
        pairs, rows = pasted(*(_text(asked.get(name, ""), name) for name in ("examples", "rows")))
        noisy = not asked.get("exact")
        return self._searched(
            seconds, rows,
            lambda watch: transform(pairs, rows=rows or None, noisy=noisy, time_budget=seconds, watch=watch),
        )  # fmt: skip

    def settle(self, name: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Search again with what should come of a row; see `Transformation.settle`.

        Parameters
        ----------
        name
            Of the program, as `find` gave it.
        asked
            ``input``, the cells of the row; ``answer``, a text, or None where there should be no value.
        """
        found = self._of(name)
        cells, answer = asked.get("input"), asked.get("answer")
        if not isinstance(cells, list):
            raise InvalidSetting("the row is missing from the request: give its cells")
        row = tuple(_text(cell, "a cell") for cell in cells)
        output = None if answer is None else _text(answer, "the answer")
        seconds = found.model.time_budget or MOST_SECONDS
        return self._searched(seconds, found.rows, lambda watch: found.model.settle(row, output, watch=watch))

    def exported(self, name: str, form: str) -> str:
        """The program in another form."""
        return self._of(name).model.export(form)

    def values(self, name: str) -> str:
        """What the program gives for each row, a line each; empty where it has no value."""
        found = self._of(name)
        return "\n".join(value or "" for value in _values(found.model, found.rows))

    def keep(self, name: str, target: str) -> str:
        """Keep a program as a run of its own, with the rows that it is for, and give the run's id."""
        found = self._of(name)
        model = found.model
        text = io.StringIO()
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerows([model.examples.names, *(found.rows or model.examples.rows)])
        table = self.uploads.put("column.csv", text.getvalue())
        settings = {"exact": not model.noisy, "time_budget": model.time_budget}
        reading = {"paths": [str(table.absolute())], "columns": list(model.examples.names)}
        asked = Asked("transform", target or "a column", str(table.absolute()), settings, reading)
        run = AnswerWriter(self.uploads.root / new_run_id(), asked)
        run.finish(model.save, {"reason": found.ended_by, "seconds": found.seconds, **model.outcome()})
        return run.folder.name

    def _searched(
        self, seconds: float, rows: list[Row] | tuple[Row, ...], find: Callable[[Watch], Transformation]
    ) -> dict[str, Any]:
        if not self._searching.acquire(blocking=False):
            raise RunError("the search of another page goes: wait until it has ended, and ask again")
        try:
            watch = Watch(seconds, lambda _stop: self.closing())
            model = find(watch)
            found = _Found(model, tuple(rows), watch.ended_by, round(watch.used, 3))
            record = _record(found)
        finally:
            self._searching.release()
        name = secrets.token_hex(8)
        with self._lock:
            self._known[name] = found
            while len(self._known) > _MOST:
                self._known.pop(next(iter(self._known)))
        return {"id": name, **record}

    def _of(self, name: str) -> _Found:
        with self._lock:
            found = self._known.get(name)
        if found is None:
            raise RunError("the program is not there any more: find it again")
        return found


def _seconds(value: Any) -> float:
    seconds = seconds_in(value)
    if seconds > MOST_SECONDS:
        raise InvalidSetting(
            f"the time is {seconds:g} s: give {MOST_SECONDS:g} at most, or use symlaw transform on a file"
        )
    return seconds


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise InvalidSetting(f"{what}: {value!r:.60} is no text, write one")
    # halves of surrogate pairs, which no file can hold
    return value.encode("utf-8", "replace").decode()


def _values(model: Transformation, rows: tuple[Row, ...]) -> list[str | None]:
    """Values of all rows, as long as they are of a size that a page can hold."""
    values: list[str | None] = []
    letters = 0
    for start in range(0, len(rows), _ROWS_SHOWN):
        part = model(list(rows[start : start + _ROWS_SHOWN]))
        letters += sum(len(value or "") for value in part)
        if letters > MOST_LETTERS:
            raise InvalidSetting(
                f"the values have more than {MOST_LETTERS:,} letters: use symlaw transform on a file"
            )
        values += part
    return values


def _record(found: _Found) -> dict[str, Any]:
    """What the page shows of a program."""
    model, rows = found.model, found.rows
    values = _values(model, rows)
    doubts = model.doubtful(list(rows), most=_DOUBTS_SHOWN).to_dict("records") if rows else []
    given = set(model.examples.rows)
    return {
        "program": str(model),
        "facts": model.summary().splitlines()[2:],
        "code": model.code,
        "forms": forms_of("transform"),
        "names": list(model.examples.names),
        "ended_by": found.ended_by,
        "seconds": found.seconds,
        "examples": _examples(model),
        "rivals": model.rivals[:_RIVALS_SHOWN],
        "n_rows": len(rows),
        "n_failed": sum(value is None for value in values),
        "rows": [
            {"input": _cells(row), "value": _cut(value), "given": row in given}
            for row, value in zip(rows[:_ROWS_SHOWN], values, strict=False)
        ],
        "doubts": [_doubt(model, rows[one["row"]], one) for one in doubts],
    }


def _examples(model: Transformation) -> list[dict[str, Any]]:
    left_out = dict(zip(model.missed, model.left_out, strict=True))
    return [
        {"input": list(row), "output": output, "says": left_out[place][2] if place in left_out else output}
        for place, (row, output) in enumerate(zip(model.examples.rows, model.examples.outputs, strict=True))
    ]


def _doubt(model: Transformation, row: Row, doubt: Mapping[str, Any]) -> dict[str, Any]:
    # the cells and the answers go back as they are, when one is picked
    answers = [{"answer": answer, "share": round(share, 3)} for answer, share in model.answers(row).items()]
    return {"row": doubt["row"] + 1, "input": list(row), "doubt": doubt["doubt"], "answers": answers}


def _cells(row: Row) -> list[str]:
    return [str(_cut(cell)) for cell in row]


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
