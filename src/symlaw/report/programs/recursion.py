"""What a report says of a recursive function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.report.blocks import Block, Listing, Table, Text

if TYPE_CHECKING:
    from symlaw.tasks.recursion.result import RecursiveFunction

_RIVALS_SHOWN = 3


def sections_of(model: RecursiveFunction, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    return [
        ("Function", [Listing(model.code.rstrip()), Text(f"{model.bits:.1f} bits.", quiet=True)]),
        ("Examples", _examples(model)),
        ("Probably wrong", [Text(f"Left out: {one!r:.200}.") for one in model.exceptions]),
        ("Rivals", _rivals(model)),
    ]


def _examples(model: RecursiveFunction) -> list[Block]:
    n = len(model.types) - 1
    heads = (*(f"argument {place}" for place in range(1, n + 1)), "result")
    return [Table(heads, [tuple(map(repr, one)) for one in model.examples], (False,) * (n + 1))]


def _rivals(model: RecursiveFunction) -> list[Block]:
    if not model.rivals:
        return [Text("No other program that was found is right on the examples.")]
    said = f"{len(model.rivals)} other programs are right on the examples too, the shortest first:"
    return [Text(said), *(Listing(code.rstrip()) for code in model.rivals[:_RIVALS_SHOWN])]
