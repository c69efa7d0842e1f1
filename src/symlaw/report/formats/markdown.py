"""A report as Markdown, formulas as LaTeX between dollars, pictures and facts inside of the text."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from symlaw.language.printers.notation import latex_name
from symlaw.report.blocks import Law, Listing, Pairs, Picture, Table, Text
from symlaw.report.formats.records import plain

if TYPE_CHECKING:
    from symlaw.report.blocks import Block, Cell, Report

_FEW = 4


def markdown_of(report: Report) -> str:
    """The text."""
    parts = [f"# {plain_text(report.title)}", plain_text(report.subtitle)]
    for section in report.sections:
        parts.append(f"## {plain_text(section.heading)}")
        parts += [_block(block) for block in section.blocks]
    parts += ["## For programs", fenced(json.dumps(plain(report.record), indent=1, allow_nan=False), "json")]
    return "\n\n".join(parts) + "\n"


def plain_text(text: str) -> str:
    """Text in which no sign means anything to Markdown or HTML.

    Examples
    --------
    >>> print(plain_text("a_b * <i>|$"))
    a\\_b \\* &lt;i&gt;\\|\\$
    """
    safe = re.sub(r"([\\`*_{}\[\]#|$~!])", r"\\\1", " ".join(text.split()))
    return safe.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fenced(text: str, language: str = "") -> str:
    """Text in a block of its own, whose fence is longer than any in it."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _block(block: Block) -> str:
    match block:
        case Text(text, quiet):
            return f"*{plain_text(text)}*" if quiet else plain_text(text)
        case Law(name, expression):
            return f"$$\n{_safe(latex_name(name))} = {_safe(expression.latex())}\n$$"
        case Table():
            return _table(block)
        case Pairs(pairs):
            return "\n".join(f"- {plain_text(name)}: {plain_text(text)}" for name, text in pairs)
        case Listing(text):
            return fenced(text)
        case Picture(svg, caption):
            source = base64.b64encode(svg.encode()).decode()
            return f"![{plain_text(caption)}](data:image/svg+xml;base64,{source})"


def _table(table: Table) -> str:
    starred = [""] if table.marked is not None else []
    lines = [[*starred, *map(plain_text, table.heads)]]
    lines.append([*(":-:" for _ in starred), *("--:" if number else ":--" for number in table.numbers)])
    for place, row in enumerate(table.rows):
        star = ["★" if place == table.marked else ""] if starred else []
        lines.append([*star, *map(_cell, row)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(cell: Cell) -> str:
    return (
        plain_text(cell)
        if isinstance(cell, str)
        else f"${_safe(cell.latex(None if cell.digits else _FEW)).replace('|', chr(92) + 'vert ')}$"
    )


def _safe(latex: str) -> str:
    """LaTeX in which no column's name begins an element of HTML."""
    return latex.replace("<", r"\lt ").replace(">", r"\gt ")
