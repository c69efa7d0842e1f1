"""Formulas that somebody types for a run: in its columns or the table's, with constants of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.parser import parse
from symlaw.tasks.inputs.rescaling import given_names, in_units_of_run
from symlaw.tasks.regression.groups import formula_of_groups

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run


def typed_formula(text: str, run: Run) -> Expression:
    """A formula of a run's columns from its text.

    Parameters
    ----------
    text
        The formula. Columns may have the names and units that the table or the run has; ``a[site]`` is a
        constant of groups, see `symlaw.tasks.regression.groups.formula_of_groups`.
    run
        The run.

    Raises
    ------
    ParseError
        When the text is no formula of these columns.
    """
    header = run.header
    names = [*header.feature_names, *given_names(header.encodings)]
    if run.recommended is None:
        typed = parse(text, names)
    else:
        typed = formula_of_groups(text, header.settings.get("groups"), names, run.row().expression)
    return in_units_of_run(typed, header.encodings)
