"""A report as one page of HTML: no script, no network, every text escaped."""

from __future__ import annotations

import base64
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from symlaw.language.parser import quote_name
from symlaw.language.printers.formats.documents.mathml import markup, name_markup, wrapped
from symlaw.report import fonts
from symlaw.report.blocks import Law, Listing, Pairs, Picture, Table, Text
from symlaw.report.formats.records import embedded
from symlaw.report.widths import CELL, LINE, size_within

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.report.blocks import Block, Cell, Report, Section

_FEW = 4


def html_of(report: Report) -> str:
    """The page."""
    title, body = escape(report.title), sections_html(report.sections)
    style = fonts.embedded() + files("symlaw.report").joinpath("report.css").read_text(encoding="utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{title}</h1>\n<p class="quiet">{escape(report.subtitle)}</p>\n{body}'
        '<footer>Written by symlaw. <span class="screen">The page holds the same facts for programs, as JSON.'
        "</span></footer>\n</main>\n"
        f'<script type="application/json" id="symlaw">{embedded(report.record)}</script>\n</body>\n</html>\n'
    )


def sections_html(sections: Sequence[Section]) -> str:
    """Sections without a page around them."""
    return "".join(map(_section, sections))


def _section(section: Section) -> str:
    pieces: list[str] = []
    for block in section.blocks:
        shown = _block(block)
        if isinstance(block, Picture) and pieces and pieces[-1].endswith("</figure></div>\n"):
            pieces[-1] = pieces[-1].removesuffix("</div>\n") + shown + "</div>\n"
        elif isinstance(block, Picture):
            pieces.append(f'<div class="pictures">{shown}</div>\n')
        else:
            pieces.append(shown + "\n")
    return f"<section>\n<h2>{escape(section.heading)}</h2>\n{''.join(pieces)}</section>\n"


def _block(block: Block) -> str:
    match block:
        case Text(text, quiet):
            return f'<p class="quiet">{escape(text)}</p>' if quiet else f"<p>{escape(text)}</p>"
        case Law(name, expression):
            return _law(name, expression)
        case Table():
            return _table(block)
        case Pairs(pairs):
            rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in pairs)
            return f"<dl>{rows}</dl>"
        case Listing(text):
            return f"<pre>{escape(text)}</pre>"
        case Picture(svg, caption):
            source = base64.b64encode(svg.encode()).decode()
            said = escape(caption)
            return (
                f'<figure><img alt="{said}" src="data:image/svg+xml;base64,{source}">'
                f"<figcaption>{said}</figcaption></figure>"
            )


def _table(table: Table) -> str:
    starred = table.marked is not None
    head = "".join(
        f'<th class="number">{escape(name)}</th>' if number else f"<th>{escape(name)}</th>"
        for name, number in zip(table.heads, table.numbers, strict=True)
    )
    lines = [f"<tr>{'<th></th>' if starred else ''}{head}</tr>"]
    for place, row in enumerate(table.rows):
        marked = place == table.marked
        star = f'<td class="star">{"★" if marked else ""}</td>' if starred else ""
        cells = "".join(
            f'<td class="number">{_cell(cell)}</td>' if number else f"<td>{_cell(cell)}</td>"
            for cell, number in zip(row, table.numbers, strict=True)
        )
        opened = '<tr class="marked">' if marked else "<tr>"
        lines.append(f"{opened}{star}{cells}</tr>")
    return f'<div class="wide"><table>{"".join(lines)}</table></div>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    size = size_within(cell, CELL)
    if size is None:
        return f"<code>{escape(cell.shown(_FEW))}</code>"
    return _sized(wrapped(markup(cell, None if cell.digits else _FEW)), size)


def _law(name: str, expression: Expression) -> str:
    """A formula by itself, drawn smaller where it is long, and as text where that would be too small."""
    size = size_within(expression, LINE, len(name) + 3.0)
    if size is None:
        return f'<p class="law long"><code>{escape(f"{quote_name(name)} = {expression.shown()}")}</code></p>'
    inside = f"<mrow>{name_markup(name)}<mo>=</mo>{markup(expression)}</mrow>"
    return f'<div class="law">{_sized(wrapped(inside, "block"), size)}</div>'


def _sized(mathematics: str, size: float) -> str:
    if size == 1.0:
        return mathematics
    return f'<div style="font-size: {100.0 * size:.0f}%">{mathematics}</div>'
