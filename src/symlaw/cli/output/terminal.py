"""How fronts look: as a table on a terminal, as plain lines elsewhere."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from symlaw.tasks.display.fronts import DIGITS, STAR, Shown, figure_texts, figure_widths, front_lines

if TYPE_CHECKING:
    from symlaw.engine.losses.table import Loss
    from symlaw.knowledge.statements.shape import Verdict
    from symlaw.runs.records import Header
    from symlaw.tasks.display.fronts import FrontSummary

# Groups of rows whose constants are listed.
_GROUPS_SHOWN = 12
_NARROW = 64
# padding and the line between columns, which is blank
_GAP = 2
_LEAST_EQUATION = 12


class Judged(Shown, Protocol):
    """A row of a finished front."""

    @property
    def verdicts(self) -> Sequence[Verdict]: ...


def console(stderr: bool = False) -> Console:
    """The screen."""
    return Console(stderr=stderr, highlight=False, emoji=False, markup=False)


def is_plain(screen: Console) -> bool:
    """Whether nothing but lines of text should be written."""
    return not screen.is_terminal or screen.is_dumb_terminal


def say(screen: Console, text: str = "", style: str = "") -> None:
    """Write a sentence, wrapped on a terminal and whole elsewhere."""
    screen.print(Text(text, style=style), soft_wrap=is_plain(screen))


def say_answer(screen: Console, text: str) -> None:
    """Write lines: on a terminal wrapped between words, under the last column of a table."""
    for line in text.splitlines():
        for part in [line] if is_plain(screen) else hanging(line, screen.width):
            screen.print(Text(part), soft_wrap=True)


def hanging(line: str, width: int) -> list[str]:
    """A line in parts of a width, those after the first under the last column, or a little indented."""
    columns = [found.end() for found in re.finditer(r"  +(?=\S)", line)]
    indent = columns[-1] if columns else 2
    if indent > width // 2:
        indent = 4
    return textwrap.wrap(line, width, subsequent_indent=" " * indent, break_on_hyphens=False) or [""]


def front_table(
    rows: Sequence[Shown], marked: int | None, *, width: int, whole: bool, loss: Loss | None = None
) -> Table:
    """The front as a table, long equations wrapped (``whole``) or cut to one line."""
    table = Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    table.add_column("", width=1)
    scored = any(row.objective is not None for row in rows)
    figures = figure_widths(loss, scored=scored)
    if width < _NARROW:
        figures.pop("R²", None)
    for name, own in figures.items():
        table.add_column(name, justify="right", width=own)
    # without a width of its own, an equation on one line takes that of the figures
    room = max(_LEAST_EQUATION, width - 2 * _GAP - sum(own + _GAP for own in figures.values()))
    table.add_column("equation", max_width=room, overflow="fold" if whole else "ellipsis", no_wrap=not whole)
    for place, row in enumerate(rows):
        cells = [Text(text) for text in figure_texts(row, loss)[: len(figures)]]
        mark = STAR if place == marked else ""
        style = "bold green" if place == marked else ""
        table.add_row(mark, *cells, Text(row.expression.shown(DIGITS)), style=style)
    return table


def show_front(screen: Console, rows: Sequence[Shown], marked: int | None, loss: Loss | None = None) -> None:
    """Write a whole front."""
    if is_plain(screen):
        for line in front_lines(rows, marked, loss):
            say(screen, line)
        say(screen)
    else:
        screen.print(front_table(rows, marked, width=screen.width, whole=True, loss=loss))


def verdict_lines(rows: Sequence[Judged]) -> list[str]:
    """What is known of each statement about values, a line for each formula; none where nothing was said."""
    return [
        f"  complexity {row.complexity:g}: {'; '.join(verdict.words() for verdict in row.verdicts)}"
        for row in rows
        if row.verdicts
    ]


def show_summary(screen: Console, summary: FrontSummary, header: Header, *, quiet: bool = False) -> None:
    """Write a finished front, why a formula is recommended, that formula, and what there is to say of it."""
    if not quiet:
        say(screen)
        show_front(screen, summary.rows, summary.place, header.loss)
        for sentence in summary.why():
            say(screen, sentence)
        say(screen)
    say(screen, summary.law, style="bold green")
    if not quiet:
        for line in summary.about_terms():
            say(screen, line)
        for sentence in (*after_law(summary.rows[summary.place], header), *summary.remarks()):
            say(screen, sentence, style="dim")


def show_verdicts(screen: Console, rows: Sequence[Judged], doubts: Sequence[str]) -> None:
    """Write what is known of statements about values, and which the data contradict."""
    lines = verdict_lines(rows)
    if lines:
        say(screen)
        say(screen, "Constraints:")
    for line in lines:
        say(screen, line, style="dim")
    for doubt in doubts:
        say(screen, f"But {doubt}.", style="yellow")


def unused(row: Shown, names: Sequence[str]) -> str:
    """Which columns a formula does without, as a sentence; empty where it needs all."""
    from symlaw.language.parser import quote_name

    left = [quote_name(name) for name in names if name not in row.expression.variables]
    return f"It does not use {', '.join(left)}." if left else ""


def by_group(row: Shown, header: Header) -> list[str]:
    """The constants that groups of rows have of their own, a sentence for each."""
    from symlaw.trust.constants.numbers import group_constants

    constants = group_constants(row.expression, DIGITS, header.group_labels)
    sentences = []
    for name in dict.fromkeys(one.name for one in constants):
        own = [f"{one.value} ({one.group})" for one in constants if one.name == name]
        more = f", and {len(own) - _GROUPS_SHOWN} more" if len(own) > _GROUPS_SHOWN else ""
        column = header.settings.get("groups")
        sentences.append(f"{name} by {column}: {', '.join(own[:_GROUPS_SHOWN])}{more}.")
    return sentences


def named_values(row: Shown, record: Mapping[str, Any]) -> str:
    """Values of the named constants of a formula, as a sentence; empty where it has none."""
    shown = []
    for name, value in row.expression.named_constants.items():
        unit = record.get(name, {}).get("unit", "1")
        # a unit that begins with a number is one of no name of its own
        times = "" if unit in ("", "1") else f" x {unit}" if unit[0].isdigit() else f" {unit}"
        shown.append(f"{name} = {value:.{DIGITS + 4}g}{times}")
    return f"With {', '.join(shown)}." if shown else ""


def after_law(row: Shown, header: Header) -> list[str]:
    """What there is to say about a law: units of its constants, and columns that it does without."""
    from symlaw.knowledge.named_constants import units_in_record
    from symlaw.knowledge.units.analysis import constants_with_units, units_from

    settings, sentences = header.settings, [unused(row, header.feature_names)]
    sentences += by_group(row, header)
    record = settings.get("named_constants") or {}
    sentences.insert(0, named_values(row, record))
    if settings.get("units") is not None:
        known = units_from(settings["units"], settings["target_unit"], settings["constant_units"])
        known = replace(known, variables={**known.variables, **units_in_record(record)})
        sentences.insert(1, constants_with_units(row.expression, known, DIGITS))
    return [sentence for sentence in sentences if sentence]
