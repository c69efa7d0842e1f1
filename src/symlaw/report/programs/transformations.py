"""What a report says of a program that turns texts into others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.report.blocks import Block, Listing, Table, Text
from symlaw.tasks.programs.tables import read_texts

if TYPE_CHECKING:
    from symlaw.runs.answers import Asked
    from symlaw.tasks.programs.result import Transformation

_EXAMPLES_SHOWN, _RIVALS_SHOWN, _DOUBTS_SHOWN = 30, 5, 20


def data_of_run(asked: Asked, given: Path | None) -> Any:
    """The columns of a run's table.

    Raises
    ------
    FileUnreadable
        When the table is not there.
    """
    table = read_texts(Path(asked.reading["paths"][0]) if given is None else given)
    names = asked.reading["columns"]
    return table[names] if len(names) > 1 else table[names[0]]


def sections_of(model: Transformation, data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    return [
        ("Program", [Listing(str(model)), Text(f"{model.bits:.0f} bits.", quiet=True)]),
        ("Examples", _examples(model)),
        ("Rivals", _rivals(model)),
        ("Doubtful rows", _doubts(model, data)),
        ("Use it", [Text("As Python:"), Listing(model.code)]),
    ]


def _examples(model: Transformation) -> list[Block]:
    known = list(zip(model.examples.rows, model.examples.outputs, strict=True))
    rows = [(*row, "" if output is None else output) for row, output in known[:_EXAMPLES_SHOWN]]
    heads = (*model.examples.names, "becomes")
    blocks: list[Block] = [Table(heads, rows, (False,) * len(heads))]
    if len(known) > _EXAMPLES_SHOWN:
        blocks.append(Text(f"And {len(known) - _EXAMPLES_SHOWN} more.", quiet=True))
    for value, given, answer in model.left_out:
        blocks.append(Text(f"Left out: {value!r} was given as {given!r}, the program says {answer!r}."))
    return blocks


def _rivals(model: Transformation) -> list[Block]:
    if not model.rivals:
        return [Text("No other program that was found agrees on the examples and differs elsewhere.")]
    said = (
        f"{len(model.rivals)} other programs agree on the examples and differ elsewhere, the shortest first:"
    )
    return [Text(said), Listing("\n".join(model.rivals[:_RIVALS_SHOWN]))]


def _doubts(model: Transformation, data: Any) -> list[Block]:
    if data is None:
        return []
    found = model.doubtful(data, most=_DOUBTS_SHOWN)
    if found.empty:
        return [Text("On no row do programs that are about as good disagree.")]
    rows = [
        (
            str(row["row"] + 1),
            str(row["input"]),
            str(row["value"]),
            str(row["rival"]),
            f"{100 * row['doubt']:.0f}%",
        )
        for row in found.to_dict("records")
    ]
    heads = ("row", "input", "becomes", "or", "doubt")
    return [
        Table(heads, rows, (True, False, False, False, True)),
        Text("An answer to the first settles the most."),
    ]
