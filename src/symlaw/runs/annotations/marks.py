"""Formulas of a run that its reader pinned or hid: a small JSON file in the run's folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.files import load_record, write_atomic
from symlaw.runs.records import Formula

if TYPE_CHECKING:
    from pathlib import Path

    from symlaw.language.expression import Expression

MARKS_FILE = "marks.json"
KEY, VERSION = "symlaw_marks", 1
# Marks that one run may have.
MOST_MARKS = 1000
Mark = Literal["pinned", "hidden"]


@dataclass(frozen=True)
class Marked:
    """A formula that was pinned or hidden.

    Parameters
    ----------
    formula
        With its figures at that time.
    mark
        What was done with it.
    """

    formula: Formula
    mark: Mark


def key_of(expression: Expression) -> str:
    """A short name of a formula as it is written, with all digits of its constants.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> key_of(parse("x + 1")) == key_of(parse("x+1.0")), len(key_of(parse("x")))
    (True, 16)
    """
    return hashlib.sha256(expression.to_json().encode()).hexdigest()[:16]


def read_marks(folder: Path) -> dict[str, Marked]:
    """The marked formulas of a run by key, in the order of marking.

    Raises
    ------
    RunError
        When the file is damaged or of an unknown version.
    """
    path = folder / MARKS_FILE
    if not path.exists():
        return {}
    record = load_record(path, KEY, VERSION)
    try:
        found = [Marked(Formula.from_record(one["formula"]), one["mark"]) for one in record["formulas"]]
    except (KeyError, TypeError) as error:
        raise RunError(f"the marks of the run are damaged: {error}; remove {str(path)!r}") from None
    return {key_of(one.formula.expression): one for one in found if one.mark in get_args(Mark)}


def write_mark(folder: Path, formula: Formula, mark: Mark | None) -> None:
    """Pin or hide a formula of a run, or neither any more.

    Raises
    ------
    InvalidSetting
        When there is no such mark, or too many formulas are marked.
    RunError
        When the file cannot be read or written.
    """
    if mark is not None and mark not in get_args(Mark):
        raise InvalidSetting(f"the mark is {mark!r}: give 'pinned' or 'hidden'")
    marks, key = read_marks(folder), key_of(formula.expression)
    marks.pop(key, None)
    if mark is not None:
        marks[key] = Marked(formula, mark)
    if len(marks) > MOST_MARKS:
        raise InvalidSetting(f"a run has at most {MOST_MARKS} marked formulas: take some marks away")
    formulas = [{"mark": one.mark, "formula": one.formula.to_record()} for one in marks.values()]
    try:
        write_atomic(folder / MARKS_FILE, json.dumps({KEY: VERSION, "formulas": formulas}, allow_nan=False))
    except OSError as error:
        raise RunError(f"the mark cannot be written in {str(folder)!r}: {error}") from None
