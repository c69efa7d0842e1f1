"""Why laws were missed: not found, or not told from shorter formulas by such rows.

``python -m benchmarks.misses FILE...``: for each noisy fit in result files whose recommended formula is not
the law, the description lengths of the law, its constants fitted to the rows of that fit, and of the formula
that was recommended. Where the law's is the shorter one, the search is at fault; else the rows are.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

import symlaw
from benchmarks.engines import OPERATORS
from benchmarks.statements import domain_of, operators_told
from benchmarks.summary import TOLD, Record, read, success
from benchmarks.trial import Asked, Trial, asked_of
from symlaw.errors import SymlawError
from symlaw.language.values import values
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import criteria_on, description_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symlaw.language import Expression


class Miss(NamedTuple):
    """A fit that missed its law, with the lengths of both formulas in nats."""

    trial: Trial
    law: float
    recommended: float

    @property
    def is_of_search(self) -> bool:
        """Whether the law would have been recommended, had it been found."""
        return self.law < self.recommended


def miss_of(record: Record) -> Miss:
    """The lengths of a missed law and of what was recommended instead."""
    trial = Trial(**{field.name: record[field.name] for field in fields(Trial) if field.name in record})
    asked = asked_of(trial)
    operators = operators_told(asked.problem, trial.told) or OPERATORS
    picked = symlaw.parse(record["picked_formula"], asked.names)
    return Miss(trial, *(_length(formula, asked, operators) for formula in (_fitted_law(asked), picked)))


def _fitted_law(asked: Asked) -> Expression:
    """The law in its simplest form, its constants fitted to the rows."""
    law = asked.problem.expression.simplify(domain_of(asked.problem))
    try:
        return symlaw.refit(law, asked.columns, asked.y)
    except SymlawError:
        return law


def _length(formula: Expression, asked: Asked, operators: Sequence[str]) -> float:
    loss = float(np.mean((asked.y - values(formula, asked.columns)) ** 2) / np.var(asked.y))
    entry = Entry(formula, formula.complexity(), loss, formula)
    sample = Sample(asked.X, asked.y, asked.names, np.ones(len(asked.y)))
    return description_length(entry, criteria_on(sample, operators), sample)


def table(misses: Iterable[Miss]) -> str:
    """One line for each, and how many are the search's by what was told."""
    misses = sorted(misses, key=lambda miss: (miss.trial.told, miss.trial.noise))
    lines = []
    for miss in misses:
        whose = "search" if miss.is_of_search else "rows"
        lines.append(
            f"{whose:8}{miss.law:10.1f}{miss.recommended:10.1f}  {miss.trial.problem} {miss.trial.told}"
        )
    for told in dict.fromkeys(miss.trial.told for miss in misses):
        group = [miss.is_of_search for miss in misses if miss.trial.told == told]
        lines.append(f"{TOLD.get(told, 'nothing told')}: {len(group)} missed, {sum(group)} by the search")
    return "\n".join([f"{'whose':8}{'law':>10}{'picked':>10}", *lines])


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table of some result files; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.misses", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="result files (JSON lines)")
    options = parser.parse_args(argv)
    records = [record for path in options.files for record in read(path) if not record["error"]]
    missed = [r for r in records if r["noise"] > 0 and not success(r, "picked") and r.get("told") != "false"]
    print(table(map(miss_of, missed)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
