"""Reports of other answers than formulas of a table, each question in a module of its own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw._version import __version__
from symlaw.errors import SymlawError
from symlaw.language.later import Later
from symlaw.report.blocks import Block, Listing, Pairs, Report, Section, Text
from symlaw.report.document import checked_path, write
from symlaw.report.formats.html import sections_html
from symlaw.tasks.answers import answered

if TYPE_CHECKING:
    from symlaw.runs.answers import Answer

RECORD_VERSION = 1


class Reported(NamedTuple):
    """How answers of a question are reported.

    Attributes
    ----------
    title
        With a place for what is sought, and what stands there where a model does not know its name.
    sections
        Makes sections of a model and its data.
    read
        Reads the data of a run again; None where a report needs nothing but the model.
    forms
        The forms that answers are exported to, and what each is.
    """

    title: tuple[str, str]
    sections: Any
    read: Any
    forms: Any


# By question, as headers of runs name it.
QUESTIONS = {
    "dynamics": Reported(
        ("Equations for {}", "states"),
        Later("symlaw.report.systems.sections_of"),
        Later("symlaw.report.systems.data_of_run"),
        Later("symlaw.language.printers.systems.forms"),
    ),
    "rules": Reported(
        ("A rule for {}", "classes"),
        Later("symlaw.report.decisions.sections_of"),
        None,
        Later("symlaw.language.rules.printers.forms"),
    ),
    "transform": Reported(
        ("A program for {}", "a column"),
        Later("symlaw.report.programs.transformations.sections_of"),
        Later("symlaw.report.programs.transformations.data_of_run"),
        Later("symlaw.language.programs.printers.forms"),
    ),
    "machine": Reported(
        ("The machine behind {}", "sequences"),
        Later("symlaw.report.programs.machines.sections_of"),
        None,
        Later("symlaw.tasks.machines.exports.forms"),
    ),
    "rewards": Reported(
        ("What rewards depend on in {}", "traces"),
        Later("symlaw.report.programs.rewards.sections_of"),
        None,
        Later("symlaw.tasks.rewards.exports.forms"),
    ),
    "automaton": Reported(
        ("The rule behind {}", "frames"),
        Later("symlaw.report.programs.automata.sections_of"),
        None,
        Later("symlaw.tasks.automata.exports.forms"),
    ),
    "recursive": Reported(
        ("A function for {}", "examples"),
        Later("symlaw.report.programs.recursion.sections_of"),
        None,
        Later("symlaw.tasks.recursion.exports.forms"),
    ),
    "grammar": Reported(
        ("Rules for {}", "sequences"),
        Later("symlaw.report.programs.grammars.sections_of"),
        None,
        Later("symlaw.tasks.grammars.exports.forms"),
    ),
}


def report_model(model: Any, path: str | os.PathLike[str], data: Any = None) -> None:
    """Write the report of a fitted model.

    Parameters
    ----------
    model
        A fitted `symlaw.DynamicsRegressor` or `symlaw.RuleClassifier`, or what was found of examples: a
        `symlaw.Transformation`, a `symlaw.FoundMachine` and so on.
    path
        File to write: ``.html``, ``.md`` or ``.pdf``.
    data
        As it was fitted to; None for a report without pictures of the data.

    Raises
    ------
    InvalidSetting
        When the ending of the path is another.
    MissingDependency
        When a PDF is asked for and there is no browser.
    FileUnreadable
        When the file cannot be written.
    """
    chosen = checked_path(path)
    write(_report(type(model).TASK, model, data, None), chosen)


def view_of(model: Any) -> str:
    """What a report says of a model, as a piece of HTML for notebooks."""
    return sections_html(_sections(model, None))


def report_answer(folder: Path, path: str | os.PathLike[str], data: Path | None = None) -> str:
    """Write the report of a run, and say why it has no picture of the data; "" when it has.

    Parameters
    ----------
    folder
        Of the run.
    path
        As in `report_model`.
    data
        A table in place of the run's.

    Raises
    ------
    RunError
        When the run has no answer yet, or cannot be read; and as `report_model` does.
    """
    chosen = checked_path(path)
    report, lacking = report_of_answer(folder, data)
    write(report, chosen)
    return lacking


def report_of_answer(folder: Path, data: Path | None = None) -> tuple[Report, str]:
    """The report of a run, and why it has no picture of the data; see `report_answer`."""
    answer, model = answered(folder)
    given, lacking = None, ""
    read = QUESTIONS[answer.asked.task].read
    try:
        given = None if read is None else read(answer.asked, data)
    except (SymlawError, OSError) as error:
        if data is not None:
            raise
        lacking = str(error)
    return _report(answer.asked.task, model, given, answer), lacking


def forms_of(task: str) -> dict[str, str]:
    """The forms that answers of a question can be exported to, and what each is; empty for unknown ones."""
    return dict(QUESTIONS[task].forms()) if task in QUESTIONS else {}


def _report(task: str, model: Any, data: Any, answer: Answer | None) -> Report:
    sections = _sections(model, data)
    if answer is not None:
        sections += [Section("Search", _search(answer)), Section("How to repeat it", _repeat(answer))]
    subtitle = f"Run {answer.id}" if answer is not None else "A fitted model"
    title, nameless = QUESTIONS[task].title
    target = model.outcome().get("target") or (nameless if answer is None else answer.asked.target)
    record = {"symlaw_report": RECORD_VERSION, "symlaw": __version__, "task": task, **model.to_record()}
    return Report(
        title.format(target), f"{subtitle}; symlaw {__version__}",
        [one for one in sections if one.blocks], record,
    )  # fmt: skip


def _sections(model: Any, data: Any) -> list[Section]:
    made = QUESTIONS[type(model).TASK].sections(model, data)
    return [Section(heading, blocks) for heading, blocks in made if blocks]


def _search(answer: Answer) -> list[Block]:
    outcome = answer.outcome
    facts = [
        ("Data", answer.asked.source),
        ("Begun", answer.asked.created),
        ("Seconds", f"{float(outcome['seconds']):.1f}" if "seconds" in outcome else ""),
        ("Ended by", str(outcome.get("reason", ""))),
    ]
    return [Pairs([(name, text) for name, text in facts if text])]


def _repeat(answer: Answer) -> list[Block]:
    asked = answer.asked
    settings = {k: v for k, v in asked.settings.items() if v not in (None, False, {}, [])}
    shown = [(name, str(value)) for name, value in sorted(settings.items())]
    blocks: list[Block] = [Listing(asked.command)] if asked.command else []
    blocks += [Text("Settings:"), Pairs(shown)] if shown else []
    return [*blocks, Text(f"symlaw {asked.symlaw}.")]
