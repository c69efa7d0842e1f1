"""Decisions: rules in order, each with the label that it gives, and the label of all other rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.rules.formula import Formula, columns_of, text_of, truths_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns


@dataclass(frozen=True)
class Clause:
    """A rule and the label of rows in which it holds."""

    formula: Formula
    label: Any


@dataclass(frozen=True)
class Decision:
    """The first clause that holds gives the label; where none does, it is ``otherwise``."""

    clauses: tuple[Clause, ...]
    otherwise: Any

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are looked at."""
        return tuple(dict.fromkeys(name for clause in self.clauses for name in columns_of(clause.formula)))

    def places(self, columns: Columns, n_rows: int) -> NDArray[np.int64]:
        """Which clause gives each row its label, the number of clauses for ``otherwise``."""
        found = np.full(n_rows, len(self.clauses), np.int64)
        for place in reversed(range(len(self.clauses))):
            found[truths_of(self.clauses[place].formula, columns, n_rows)] = place
        return found

    def text(self) -> str:
        """The rule alone where there are two labels; else a line for each label."""
        if len(self.clauses) == 1:
            return text_of(self.clauses[0].formula)
        lines = [
            f"{'if' if not place else 'else if'} {text_of(clause.formula)}: {clause.label}"
            for place, clause in enumerate(self.clauses)
        ]
        return "\n".join([*lines, f"else: {self.otherwise}"])
