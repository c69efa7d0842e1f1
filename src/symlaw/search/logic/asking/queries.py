"""A function of truths that can be asked: which inputs play a part, and its table over these.

Two rows that differ only in inputs not yet known to matter, and of which the function says different things,
tell of one that matters: half of the difference is taken back until one input is left (Angluin 1988; Blum,
Hellerstein and Littlestone 1995).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.data.logic.truths import TruthRows, columns_of, every_row
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.rules.formula import truths_of
from symlaw.search.logic.asking.learning import Learned, learn
from symlaw.search.logic.asking.teacher import Teacher, drawn, turned_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.formula import Formula

    Row = NDArray[np.bool_]

# Inputs of which every row is asked; of more, those that matter are found first.
_FEW = 12
# Pairs of rows in a row that say the same before the other inputs are taken to play no part.
_PAIRS = 1000
# Rows that are drawn in the end to see in how many a formula is right, and those that one is looked for on.
_FRESH, _SAMPLE = 2_000, 1_000


class Asked(NamedTuple):
    """A function as a table, or what was learned of one of too many inputs for a table.

    Attributes
    ----------
    table
        Over the inputs that matter: every row, or rows drawn by chance.
    idle
        Inputs that play no part.
    questions
        How often the function was asked.
    learned
        A formula over the inputs that matter, of which more are than a table can have; None where every row
        was asked, or nothing was found that fits.
    fresh
        Other rows drawn by chance, to see in how many a formula is right; None where every row was asked.
    """

    table: TruthRows
    idle: tuple[str, ...]
    questions: int
    learned: Learned | None = None
    fresh: TruthRows | None = None

    def words(self, formula: Formula) -> str:
        """What is known of a formula and of the inputs that are left out, as clauses of a sentence."""
        said = [] if self.fresh is None else [self._right(formula)]
        said.append(f"asked {self.questions:,} times" + ("" if self.idle or self.fresh else ", every row"))
        if self.idle:
            shown = ", ".join(self.idle[:8]) + (", ..." if len(self.idle) > 8 else "")
            said.append(f"{shown} made no difference in {_PAIRS:,} pairs of rows drawn by chance")
        return "; ".join(said)

    def _right(self, formula: Formula) -> str:
        """In how many of the fresh rows a formula is right, and what that rests on."""
        assert self.fresh is not None
        rows, truths = self.fresh.rows, self.fresh.truths
        said = truths_of(formula, columns_of(self.fresh.names, rows), len(rows))
        right = float(np.mean(said == truths))
        many = f"{len(self.table.names)} inputs matter, too many to ask every row"
        if self.learned is None:
            return (
                f"{many}, and no form was found that says all of it: this formula is right in"
                f" {100.0 * right:.1f}% of {len(rows):,} other rows drawn by chance"
            )
        return f"{many}: {self.learned.words}; right in all of {len(rows):,} other rows drawn by chance"


def inputs_of(function: Callable[..., Any], names: Sequence[str] | None) -> tuple[str, ...]:
    """Names of a function's inputs: those given, or those of its parameters.

    Raises
    ------
    InvalidSetting
        When there are none, or they are not different.
    """
    if names is None:
        parameters = inspect.signature(function).parameters.values()
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        names = [one.name for one in parameters if one.kind in kinds]
    if not names or len(set(names)) < len(names):
        raise InvalidSetting("the function's inputs have no names of their own: give inputs=['a', 'b', ...]")
    return tuple(names)


def ask(function: Callable[..., Any], names: Sequence[str]) -> Asked:
    """The table of a function of truths.

    Parameters
    ----------
    function
        Takes a truth for each name, in order.
    names
        Of the inputs.

    Raises
    ------
    DataError
        When it fails, or says the same of every row.
    """
    teacher = Teacher(function, len(names))
    if len(names) <= _FEW:
        rows = every_row(len(names))
        truths = np.array([teacher.says(row) for row in rows])
        return Asked(TruthRows(tuple(names), "out", rows, truths), (), teacher.questions)
    generator = np.random.Generator(np.random.Philox(key=len(names)))
    witnesses = _that_matter(teacher, len(names), generator)
    matter = sorted(witnesses)
    own, idle = tuple(names[k] for k in matter), tuple(n for k, n in enumerate(names) if k not in witnesses)

    def said(rows: NDArray[np.bool_]) -> TruthRows:
        whole = np.zeros((len(rows), len(names)), bool)
        whole[:, matter] = rows
        return TruthRows(own, "out", rows, np.array([teacher.says(row) for row in whole]))

    if len(matter) <= _FEW:
        return Asked(said(every_row(len(matter))), idle, teacher.questions)
    starts = [witnesses[k][matter] for k in matter]
    learned = learn(lambda row: bool(said(row[None]).truths[0]), starts, generator)
    fresh = said(drawn(generator, _FRESH, len(matter)))
    if learned is not None and not (learned.truths(fresh.rows) == fresh.truths).all():
        learned = None
    table = fresh if learned is not None else said(drawn(generator, _SAMPLE, len(matter)))
    return Asked(table, idle, teacher.questions, learned, fresh)


def _that_matter(teacher: Teacher, n_inputs: int, generator: np.random.Generator) -> dict[int, Row]:
    """Inputs that matter, each with a row in which it does.

    Raises
    ------
    DataError
        When the function says the same of all rows that are drawn.
    """
    found: dict[int, Row] = {}
    same, held, asked = 0, 0, 0
    while same < _PAIRS and len(found) < n_inputs:
        first, second = drawn(generator, 2, n_inputs) if same % 2 else generator.random((2, n_inputs)) < 0.5
        second[list(found)] = first[list(found)]
        said = teacher.says(first)
        held, asked = held + said, asked + 1
        if said == teacher.says(second):
            same += 1
            continue
        place, row = teacher.between(first, second)
        found[place], same = row, 0
        # in rows of the rarer truth, such as those in which a conjunction holds, many inputs matter at once
        if teacher.says(row) != (2 * held < asked):
            row = turned_at(row, place)
        found.update({k: row for k in teacher.around(row) if k not in found})
    if not found:
        raise DataError(
            f"the function says the same of {_PAIRS:,} rows drawn by chance: there is nothing to find"
        )
    return found
