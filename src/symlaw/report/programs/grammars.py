"""What a report says of words, phrases and what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.report.blocks import Block, Listing, Table, Text

if TYPE_CHECKING:
    from symlaw.tasks.grammars.result import FoundGrammar

_MISSED_SHOWN = 20


def sections_of(model: FoundGrammar, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    explained = f"{model.n_pairs - len(model.missed)} of {model.n_pairs} pairs explained"
    return [
        ("Rules", [Listing(str(model)), Text(f"{explained}; {model.bits:.0f} bits.", quiet=True)]),
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
