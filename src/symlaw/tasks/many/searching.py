"""What is done for one table, here or in another process: a short search, or the forms that are known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import SymlawError
from symlaw.tasks.many.forms import Form, Judged, Rows, forms_of, on_table
from symlaw.tasks.regression.fit import fit_front

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.tasks.regression.settings import Settings

# Formulas of a search that are compared in its own table.
_OWN = 12


class Task(NamedTuple):
    """A table and what to do with it: search it, or judge forms on it.

    Attributes
    ----------
    rows
        The table.
    settings
        Of a search.
    forms
        Forms to judge.
    """

    rows: Rows
    settings: Settings
    forms: tuple[Form, ...] = ()


class Searched(NamedTuple):
    """What a search of one table found.

    Attributes
    ----------
    formulas
        The recommended one first.
    failure
        Why the table cannot be used, if it cannot.
    learnt
        Whether the recommended formula is more than a constant: only then do others try what was found.
    """

    formulas: tuple[Expression, ...]
    failure: str = ""
    learnt: bool = False


def search_one(task: Task) -> Searched:
    """Search one table."""
    try:
        fitted = fit_front(task.rows.X, task.rows.y, task.rows.names, task.settings)
    except SymlawError as error:
        return Searched((), str(error))
    front = [row.expression for row in fitted.rows]
    best = front[fitted.recommended.place]
    rivals = [] if fitted.finding is None else [one.expression for one in fitted.finding.rivals]
    found = [one for one in dict.fromkeys([best, *rivals, *front]) if one.variables]
    return Searched(tuple(found[:_OWN]), learnt=bool(best.variables))


def judge_one(task: Task) -> list[Judged]:
    """Fit forms to one table."""
    return on_table(task.forms, task.rows, task.settings.operator_names)


def own_forms(searched: Searched) -> list[Form]:
    """The forms of a table's own search."""
    return forms_of(searched.formulas, 1)


def shared_formulas(searched: Sequence[Searched], of_each: int) -> list[Expression]:
    """Formulas of searches that others try first: the first ones of each."""
    return [formula for one in searched if one.learnt for formula in one.formulas[:of_each]]
