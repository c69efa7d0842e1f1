"""Runs of other questions on the page: what their report says, block by block."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.dashboard.contents.documents import drawing
from symlaw.dashboard.following import stamp_of
from symlaw.dashboard.values import mathml
from symlaw.errors import RunError
from symlaw.language.expression import Expression
from symlaw.report.answers import forms_of, report_of_answer
from symlaw.report.blocks import Law, Listing, Pairs, Picture, Table, Text
from symlaw.report.document import printer
from symlaw.runs.annotations.notes import note_or_none
from symlaw.runs.answers import ANSWER_FILE, read_answer
from symlaw.tasks.answers import answered

if TYPE_CHECKING:
    from pathlib import Path

    from symlaw.report.blocks import Block, Report

_FILES = (ANSWER_FILE,)
_DIGITS = 6
# Reports that are kept while people look at them.
_MOST = 8


@dataclass
class Answers:
    """Reports of runs, each made once."""

    _known: dict[str, tuple[tuple[int, ...], Report, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, folder: Path) -> dict[str, Any]:
        """A run as the page shows it.

        Raises
        ------
        RunError
            When it cannot be read.
        """
        answer = read_answer(folder)
        note = note_or_none(folder)
        told = {
            "id": answer.id, "task": answer.asked.task, "state": answer.state, "source": answer.asked.source,
            "created": answer.asked.created, "target": answer.asked.target, "remarks": list(answer.notes),
            "note": {"name": note.name, "text": note.text}, "prints": printer() is not None,
            "forms": forms_of(answer.asked.task), "sections": [], "lacking": "",
        }  # fmt: skip
        if answer.state != "finished":
            return told
        report, lacking = self._report(folder)
        pictures = iter(range(len(_pictures(report))))
        sections = [
            {"heading": one.heading, "blocks": [_plain(block, pictures) for block in one.blocks]}
            for one in report.sections
        ]
        return {**told, "title": report.title, "sections": sections, "lacking": lacking}

    def picture(self, folder: Path, number: str) -> str:
        """A picture of the report, by number, as SVG.

        Raises
        ------
        RunError
            When there is none such.
        """
        pictures = _pictures(self._report(folder)[0])
        if not number.isdigit() or int(number) >= len(pictures):
            raise RunError(f"the report has no picture {number[:20]!r}")
        return pictures[int(number)].svg

    def exported(self, folder: Path, form: str) -> str:
        """The answer in another form."""
        return answered(folder)[1].export(form)

    def _report(self, folder: Path) -> tuple[Report, str]:
        stamp = stamp_of(folder, _FILES)
        with self._lock:
            known = self._known.get(folder.name)
            if known is None or known[0] != stamp:
                with drawing:
                    known = (stamp, *report_of_answer(folder))
                self._known[folder.name] = known
                while len(self._known) > _MOST:
                    self._known.pop(next(iter(self._known)))
        return known[1], known[2]


def _pictures(report: Report) -> list[Picture]:
    return [block for section in report.sections for block in section.blocks if isinstance(block, Picture)]


def _plain(block: Block, pictures: Any) -> dict[str, Any]:
    match block:
        case Text(text, quiet):
            return {"kind": "text", "text": text, "quiet": quiet}
        case Law(name, expression):
            return {"kind": "law", "name": name, **_formula(expression)}
        case Listing(text):
            return {"kind": "listing", "text": text}
        case Pairs(pairs):
            return {"kind": "pairs", "pairs": [list(pair) for pair in pairs]}
        case Picture(_, caption):
            return {"kind": "picture", "number": next(pictures), "caption": caption}
        case Table(heads, rows, numbers, marked):
            cells = [
                [_formula(cell) if isinstance(cell, Expression) else {"text": cell} for cell in row]
                for row in rows
            ]
            return {
                "kind": "table", "heads": list(heads), "rows": cells, "numbers": list(numbers),
                "marked": marked,
            }  # fmt: skip


def _formula(expression: Expression) -> dict[str, str]:
    return {"mathml": mathml(expression), "text": expression.shown(_DIGITS)}
