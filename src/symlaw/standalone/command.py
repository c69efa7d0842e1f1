"""The command ``symlaw-run``."""

from __future__ import annotations

import argparse
import csv
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import numpy as np

from symlaw._version import __version__
from symlaw.errors import FileUnreadable, InvalidSetting, SymlawError
from symlaw.language.values import values
from symlaw.standalone.laws import Laws, columns_of, read_laws
from symlaw.standalone.table import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.standalone.table import Table

BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; 2 for input that is refused."""
    asked = parser().parse_args(arguments)
    try:
        return _run(asked)
    except SymlawError as error:
        print(f"symlaw-run: {error}", file=sys.stderr)
        return BAD_INPUT


def parser() -> argparse.ArgumentParser:
    """What the command takes."""
    made = argparse.ArgumentParser(
        prog="symlaw-run",
        description="Compute a saved law on a table. Needs NumPy and nothing else.",
        epilog="The law is a file of model.save(...) or of symlaw export --format json.",
    )
    made.add_argument("law", metavar="LAW.json", type=Path)
    made.add_argument("data", metavar="DATA.csv", type=Path, nargs="?", help="first line: names of columns")
    made.add_argument("-f", "--formula", type=int, metavar="N", help="row of the front, from 0")
    made.add_argument("-o", "--output", type=Path, metavar="FILE", help="file to write; else the screen")
    made.add_argument("--list", action="store_true", help="show the rows of the front instead")
    made.add_argument("--version", action="version", version=f"symlaw-run {__version__}")
    return made


def _run(asked: argparse.Namespace) -> int:
    laws = read_laws(asked.law)
    if asked.list:
        _show(laws)
        return 0
    if asked.data is None:
        raise InvalidSetting("name a table to compute the law on, or give --list to see its formulas")
    formulas = laws.chosen(asked.formula)
    found = predictions(formulas, laws, read_table(asked.data))
    names = ["predicted"] if len(formulas) == 1 else [f"predicted_{k}" for k in range(len(formulas))]
    if asked.output is None:
        _write_to_screen(names, found)
        return 0
    try:
        with asked.output.open("w", encoding="utf-8", newline="") as file:
            _write(file, names, found)
    except OSError as error:
        raise FileUnreadable(f"{str(asked.output)!r} cannot be written: {error}") from None
    return 0


def predictions(formulas: Sequence[Expression], laws: Laws, table: Table) -> NDArray[np.float64]:
    """Values of formulas on the rows of a table, (n_formulas, n_rows); nan where undefined.

    Raises
    ------
    ColumnNotFound, DataError
        When the table lacks a column, or holds what is no number.
    """
    columns = {
        name: table.codes(name, laws.labels)
        if name == laws.groups and laws.labels is not None
        else table.numbers(name, unnamed=laws.unnamed)
        for name in columns_of(formulas)
    }
    # a formula may be a number, which has as many values as there are rows
    columns.setdefault("", np.zeros(len(table.rows)))
    return np.stack([values(formula, columns) for formula in formulas])


def _show(laws: Laws) -> None:
    for number, (formula, output) in enumerate(zip(laws.front, laws.outputs, strict=True)):
        mark = "*" if number in laws.recommended else " "
        target = f" target {output}:" if len(laws.recommended) > 1 else ""
        print(f"{mark} {number}{target} {formula.shown()}")


def _write_to_screen(names: Sequence[str], found: NDArray[np.float64]) -> None:
    try:
        _write(sys.stdout, names, found)
        sys.stdout.flush()
    except BrokenPipeError:
        # a reader such as head has seen enough; what Python flushes at its end goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write(file: TextIO, names: Sequence[str], found: NDArray[np.float64]) -> None:
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(names)
    lines.writerows([repr(value) for value in row] for row in found.T.tolist())
