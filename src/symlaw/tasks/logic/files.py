"""A formula of truths as files that espresso, synthesis programs and spreadsheets read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.data.logic.truths import columns_of, every_row
from symlaw.errors import CannotExport
from symlaw.language.rules.formula import Formula, Gate, Odd, truths_of
from symlaw.language.rules.literals import Holds
from symlaw.language.rules.normal_forms import two_level

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from symlaw.data.logic.truths import TruthRows

# Inputs of which every row is written.
_MOST_INPUTS = 16


def pla(formula: Formula, table: TruthRows) -> str:
    """The formula as PLA: a line for each conjunction of its two-level form."""
    cubes = _cubes(formula, table)
    lines = [
        f".i {len(table.names)}",
        ".o 1",
        f".ilb {' '.join(_plain(table))}",
        f".ob {_plain_target(table)}",
    ]
    return "\n".join([*lines, f".p {len(cubes)}", *(f"{cube} 1" for cube in cubes), ".e", ""])


def blif(formula: Formula, table: TruthRows) -> str:
    """The formula as BLIF: one gate that is its two-level form."""
    names, out = _plain(table), _plain_target(table)
    lines = [
        ".model symlaw",
        f".inputs {' '.join(names)}",
        f".outputs {out}",
        f".names {' '.join(names)} {out}",
    ]
    return "\n".join([*lines, *(f"{cube} 1" for cube in _cubes(formula, table)), ".end", ""])


def csv(formula: Formula, table: TruthRows) -> str:
    """All rows of the inputs, and what the formula says of each.

    Raises
    ------
    CannotExport
        When there are more than 16 inputs.
    """
    if len(table.names) > _MOST_INPUTS:
        raise CannotExport(f"a table of {len(table.names)} inputs has too many rows: export it as pla")
    rows = every_row(len(table.names))
    said = truths_of(formula, columns_of(table.names, rows), len(rows))
    head = ",".join(f'"{name}"' for name in (*table.names, table.target))
    body = [
        ",".join(map(str, (*row, out))) for row, out in zip(rows.astype(int), said.astype(int), strict=True)
    ]
    return "\n".join([head, *body, ""])


FILES: Mapping[str, Callable[[Formula, TruthRows], str]] = {"pla": pla, "blif": blif, "csv": csv}


def _cubes(formula: Formula, table: TruthRows) -> list[str]:
    """Conjunctions as one sign for each input: 1, 0, or - where either will do."""
    whole = two_level(formula, gaps=False)
    if isinstance(whole, Gate) and whole.is_constant:
        return ["-" * len(table.names)] if whole.least <= 0 else []
    terms = whole.parts if isinstance(whole, Gate) and whole.is_any else (whole,)
    found = []
    for term in terms:
        signs = dict.fromkeys(table.names, "-")
        for literal in term.parts if isinstance(term, (Gate, Odd)) else (term,):
            assert isinstance(literal, Holds)  # truth tables have no other literals
            signs[literal.column] = str(int(literal.truth))
        found.append("".join(signs.values()))
    return found


def _plain(table: TruthRows) -> list[str]:
    """Names of inputs without spaces, as these forms need them."""
    names = ["_".join(name.split()) for name in table.names]
    if len({*names, _plain_target(table)}) <= len(names):
        raise CannotExport("two names are the same without their spaces: rename a column")
    return names


def _plain_target(table: TruthRows) -> str:
    return "_".join(table.target.split())
