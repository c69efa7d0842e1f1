"""What was found of a truth table: formulas, a circuit, and proofs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.logic.truths import columns_of, every_row
from symlaw.errors import FileUnreadable, InvalidSetting
from symlaw.language.rules.decision import Clause, Decision
from symlaw.language.rules.formula import text_of, truths_of
from symlaw.language.rules.normal_forms import printed
from symlaw.language.rules.printers import exported
from symlaw.runs.files import write_atomic
from symlaw.search.logic.certificates import refutes
from symlaw.tasks.logic.files import FILES
from symlaw.tasks.logic.measures import Measures, measures_of

if TYPE_CHECKING:
    import pandas as pd

    from symlaw.data.logic.truths import TruthRows
    from symlaw.language.rules.formula import Formula
    from symlaw.search.logic.circuits import Circuit
    from symlaw.search.rules.search import Ranked


@dataclass(frozen=True)
class Certificate:
    """That no circuit of so many gates gives a table.

    Attributes
    ----------
    n_gates
        How many.
    clauses
        What would have to hold if there were one.
    proof
        Lines of a refutation in DRUP form.
    """

    n_gates: int
    clauses: tuple[tuple[int, ...], ...]
    proof: tuple[str, ...]

    def holds(self) -> bool:
        """Whether the refutation is right, checked without the solver."""
        return refutes(self.clauses, self.proof)

    def save(self, stem: str | os.PathLike[str]) -> tuple[Path, Path]:
        """Write ``stem.cnf`` and ``stem.drup``, which checkers of proofs read; their paths.

        Raises
        ------
        FileUnreadable
            When they cannot be written.
        """
        most = max(abs(literal) for clause in self.clauses for literal in clause)
        lines = [f"p cnf {most} {len(self.clauses)}"]
        lines += [" ".join(map(str, (*clause, 0))) for clause in self.clauses]
        paths = Path(f"{stem}.cnf"), Path(f"{stem}.drup")
        try:
            write_atomic(paths[0], "\n".join([*lines, ""]))
            write_atomic(paths[1], "\n".join([*self.proof, ""]))
        except OSError as error:
            raise FileUnreadable(f"the certificate cannot be written to {str(paths[0])!r}: {error}") from None
        return paths


@dataclass(frozen=True)
class CircuitClaim:
    """The smallest circuit found of gates with two inputs.

    Attributes
    ----------
    circuit
        None where time ran out before there was one.
    is_smallest
        Whether all smaller ones are refuted.
    certificates
        The refutations, by number of gates.
    """

    circuit: Circuit | None
    is_smallest: bool
    certificates: tuple[Certificate, ...]

    def words(self) -> str:
        """What is claimed, as a clause of a sentence."""
        if self.circuit is None:
            refuted = len(self.certificates)
            return (
                f"no circuit of {refuted} gates: proved; time ran out for more" if refuted else "time ran out"
            )
        n = len(self.circuit.gates)
        known = "proved smallest" if self.is_smallest else "smallest found"
        return f"a circuit of {n} gate{'s' * (n != 1)}: {known}"


@dataclass(frozen=True)
class BooleanLaw:
    """Formulas of a truth table, from the simplest to the best.

    Attributes
    ----------
    table : TruthRows
        What was asked.
    recommended_ : int
        The place of the recommended formula in the front.
    proved_ : int
        No formula of up to so many literals is as good as the recommended one: all were looked at.
    best_to_ : int
        No formula of up to so many literals has fewer errors than the front's of its size or a smaller one.
    circuit_ : CircuitClaim or None
        The smallest circuit, where a proof was asked for.
    front_ : pandas.DataFrame
        One row per formula: literals, errors, formula.
    status_ : str
        What is known of the recommended formula.
    asked_ : str
        How a function was asked, where one was given.
    """

    table: TruthRows
    formulas: tuple[Ranked, ...]
    recommended_: int
    proved_: int
    best_to_: int
    circuit_: CircuitClaim | None = None
    asked_: str = ""

    @property
    def formula_(self) -> Formula:
        """The recommended formula."""
        return self.formulas[self.recommended_].formula

    @property
    def front_(self) -> pd.DataFrame:
        """One row per formula."""
        import pandas as pd

        return pd.DataFrame(
            {
                "literals": [one.size for one in self.formulas],
                "errors": [round(one.loss) for one in self.formulas],
                "formula": [text_of(one.formula) for one in self.formulas],
            }
        )

    @property
    def status_(self) -> str:
        """What is known of the recommended formula."""
        one = self.formulas[self.recommended_]
        rows, wrong = len(self.table.truths), round(one.loss)
        equal = f"wrong in {wrong} of {rows} rows"
        if wrong == 0:
            kind = "all" if self.table.is_full else "the given"
            equal = f"equal to the table in {kind} {rows} rows: checked one by one"
        said = [f"{one.size} literal{'s' * (one.size != 1)}", equal]
        if self.proved_:
            said.append(f"no formula of {self.proved_} or fewer is as good: proved by going through all")
        if wrong and self.best_to_ > self.proved_:
            said.append(
                f"no formula of {self.best_to_} or fewer has fewer errors than the front's: proved alike"
            )
        if self.circuit_ is not None:
            said.append(self.circuit_.words())
        if self.asked_:
            said.append(self.asked_)
        return "; ".join(said)

    def predict(self, X: Any) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """The recommended formula's truths in rows of the inputs, (n_rows, n_inputs)."""
        rows = np.asarray(X)
        if rows.ndim != 2 or rows.shape[1] != len(self.table.names):
            raise InvalidSetting(
                f"X has shape {rows.shape}: give (n_rows, {len(self.table.names)}), a column for each input"
            )
        return np.asarray(truths_of(self.formula_, columns_of(self.table.names, rows), len(rows)))

    def measures(self) -> Measures:
        """Influence, sensitivity, spectra and structure of the recommended formula.

        Raises
        ------
        DataError
            When there are more than 16 inputs.
        """
        return measures_of(self.predict(every_row(len(self.table.names))), self.table.names)

    def export(self, form: str, **options: Any) -> str:
        """The recommended formula in a form of `symlaw.language.rules.printers.FORMS` or as a truth table.

        Parameters
        ----------
        form
            Such as ``"sql"``; or ``"pla"``, ``"blif"``, ``"csv"``, which `symlaw.boolean` reads.
        options
            Those of the form.
        """
        if form in FILES and not options:
            return FILES[form](self.formula_, self.table)
        return exported(Decision((Clause(self.formula_, 1),), 0), form, **options)

    def text(self, way: str = "factored") -> str:
        """The recommended formula in one of `symlaw.language.rules.normal_forms.WAYS`."""
        return printed(self.formula_, way, gaps=False)

    def _repr_html_(self) -> str:
        said = "\n\n".join([str(self), self.front_.to_string(index=False), self.status_])
        return f"<pre>{escape(said)}</pre>"

    def __str__(self) -> str:
        return text_of(self.formula_)
