"""Examples and rows as people paste them: one a line, with tabs between cells, as spreadsheets copy them."""

from __future__ import annotations

from typing import NamedTuple

from symlaw.errors import DataError

Row = tuple[str, ...]
# More of them are for the command and for Python, which read files.
MOST_EXAMPLES, MOST_ROWS = 1_000, 10_000
_SHOWN = 60


class Pasted(NamedTuple):
    """What was pasted.

    Attributes
    ----------
    pairs
        Inputs with their outputs.
    rows
        Inputs whose outputs are wanted.
    """

    pairs: list[tuple[Row, str]]
    rows: list[Row]


def pasted(examples: str, rows: str) -> Pasted:
    """Read two fields of text.

    Parameters
    ----------
    examples
        A line each: cells with tabs between, the last of them the output, or ``input=output``. A line whose
        last cell is empty is a row whose output is wanted.
    rows
        A line each: cells with tabs between. A last cell that is empty, as in a column to be filled, is left
        out.

    Raises
    ------
    DataError
        When a line has no output, there is no example, or there are too many lines.

    Examples
    --------
    >>> pasted("Ducati100=Ducati\\nHonda125=Honda", "Suzuki700\\nBMW-123").rows
    [('Suzuki700',), ('BMW-123',)]
    """
    pairs: list[tuple[Row, str]] = []
    wanted: list[Row] = []
    for number, line in enumerate(_lines(examples), 1):
        if not line.strip():
            continue
        cells, output = _example(number, line)
        if output:
            pairs.append((cells, output))
        else:
            wanted.append(cells)
    if not pairs:
        raise DataError("there is no example: write some as input=output, or paste two columns")
    width = len(pairs[0][0])
    wanted += [_row(line, width) for line in _lines(rows)]
    for what, count, most in (("examples", len(pairs), MOST_EXAMPLES), ("rows", len(wanted), MOST_ROWS)):
        if count > most:
            raise DataError(
                f"there are {count:,} {what} and the page takes {most:,}: use symlaw transform on a file"
            )
    return Pasted(pairs, wanted)


def _lines(text: str) -> list[str]:
    """Lines without the empty ones at the end; no other mark ends a line, as texts may hold those."""
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n") if text.strip() else []


def _example(number: int, line: str) -> tuple[Row, str]:
    if "\t" in line:
        *cells, output = line.split("\t")
        return tuple(cells), output
    given, mark, output = line.rpartition("=")
    if not mark:
        raise DataError(
            f"line {number} of the examples, {line[:_SHOWN]!r}, has no output: write input=output, or paste"
            " two columns"
        )
    # blanks that people write around the mark
    return (given.removesuffix(" "),), output.removeprefix(" ")


def _row(line: str, width: int) -> Row:
    cells = tuple(line.split("\t"))
    return cells[:-1] if len(cells) == width + 1 and not cells[-1] else cells
