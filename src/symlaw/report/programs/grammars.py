"""What a report says of words, phrases and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.report.blocks import Block, Listing, Picture, Table, Text

if TYPE_CHECKING:
    from symlaw.tasks.grammars.result import FoundGrammar

_MISSED_SHOWN = 20
# Points of a drawing: a class with its name, its picture, and classes side by side.
_WIDTH, _HEIGHT, _SIDE, _IN_A_ROW, _NAME_SHOWN = 72, 92, 60, 8, 8
# Larger pictures would take many squares.
_MOST_SIDE = 32


def sections_of(model: FoundGrammar, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    explained = f"{model.n_pairs - len(model.missed)} of {model.n_pairs} pairs explained"
    return [
        ("Rules", [Listing(str(model)), Text(f"{explained}; {model.bits:.0f} bits.", quiet=True)]),
        ("Classes of pictures", _classes(model)),
        ("Not explained", _missed(model)),
        ("Words without a meaning", [Text(" ".join(model.unlearnt))] if model.unlearnt else []),
        ("Use it", [Text("As Python:"), Listing(model.export("python").rstrip())]),
    ]


def _missed(model: FoundGrammar) -> list[Block]:
    if not model.missed:
        return [Text("The rules explain all pairs.")]
    rows = [(words, str(value)) for words, value in model.missed[:_MISSED_SHOWN]]
    blocks: list[Block] = [Table(("sequence", "output"), rows, (False, False))]
    if len(model.missed) > _MISSED_SHOWN:
        blocks.append(Text(f"And {len(model.missed) - _MISSED_SHOWN} more.", quiet=True))
    return blocks


def _classes(model: FoundGrammar) -> list[Block]:
    if model.reader is None:
        return []
    means = model.reader.means()
    if max(model.reader.shape) > _MOST_SIDE:
        return [Text(" ".join(means))]
    caption = "The mean picture of each class, with its name."
    return [Picture(_drawn(means), caption)]


def _drawn(means: Mapping[str, Any]) -> str:
    """Mean pictures in rows, a square for each point."""
    high = max(float(mean.max()) for mean in means.values())
    low = min(float(mean.min()) for mean in means.values())
    n_rows = -(-len(means) // _IN_A_ROW)
    parts = []
    for number, (name, mean) in enumerate(means.items()):
        left, top = _WIDTH * (number % _IN_A_ROW), _HEIGHT * (number // _IN_A_ROW)
        parts.append(f'<text x="{left}" y="{top + 14}" font-size="13">{escape(name[:_NAME_SHOWN])}</text>')
        size = _SIDE / max(mean.shape)
        for (row, column), point in np.ndenumerate(mean):
            grey = round(255 * (1.0 - (point - low) / (high - low or 1.0)))
            place = f'x="{left + column * size:.2f}" y="{top + 20 + row * size:.2f}"'
            parts.append(
                f'<rect {place} width="{size:.2f}" height="{size:.2f}" fill="rgb({grey},{grey},{grey})"/>'
            )
    box = f"0 0 {_WIDTH * min(len(means), _IN_A_ROW)} {_HEIGHT * n_rows}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif">'
    return f"{head}{''.join(parts)}</svg>"
