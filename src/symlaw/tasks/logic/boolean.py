"""`symlaw.boolean`: a truth table becomes a front of formulas, and the smallest circuit on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.logic.reading import read_truths
from symlaw.data.logic.truths import columns_of
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.rules.formula import writings
from symlaw.language.rules.literals import Holds
from symlaw.search.logic.asking.queries import ask as ask_function
from symlaw.search.logic.asking.queries import inputs_of
from symlaw.search.logic.exact import ask, solve
from symlaw.search.logic.expansion import expanded
from symlaw.search.rules.bank.deciding import QUICK, THOROUGH, table_of
from symlaw.search.rules.compiling import compile_rules
from symlaw.search.rules.growth import description_length, grow
from symlaw.search.rules.preparing import Data, Plan, prepare
from symlaw.search.rules.search import Ranked, better_small, constant_of, front_of, proved, with_rule
from symlaw.search.watch import Watch
from symlaw.tasks.logic.result import BooleanLaw, Certificate, CircuitClaim

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.data.logic.truths import TruthRows
    from symlaw.search.logic.asking.learning import Learned
    from symlaw.search.logic.asking.queries import Asked
    from symlaw.search.rules.preparing import Prepared
    from symlaw.search.rules.tree import Tree

# Trees of a size that are made larger: tables are small.
_WIDTH = 24
# Seconds that a timer can wait for.
_LONGEST_WAIT = 1e6
# Bits of a formula of a partial table, as a share of those of the best constant, that are far fewer.
_COMPRESSED = 0.6


def boolean(
    source: Any,
    target: str | None = None,
    *,
    inputs: Sequence[str] | None = None,
    prove: bool = False,
    noisy: bool = False,
    exclusive_or: bool = True,
    at_least: bool = False,
    max_literals: int = 400,
    time_budget: float | None = 60.0,
) -> BooleanLaw:
    """Find short formulas of a truth table: full, partial, or with rows that are wrong.

    Parameters
    ----------
    source
        A path to a PLA, a BLIF or a table of 0 and 1; a data frame or a dict of columns; or 2^n outputs such
        as ``"0110"``, ``"-"`` where either will do; or a function of truths, which is asked.
    inputs
        Names of a function's inputs; those of its parameters by default. Of more than twelve inputs those
        that matter are found first, and the others are said to have made no difference. Where more than
        twelve matter, formulas of certain forms are learned; of another function one is found for rows drawn
        by chance, and ``status_`` says in how many other rows it is right.
    target
        The column of outputs of a table; its last by default.
    prove
        Whether to look for the smallest circuit of gates with two inputs, and for a proof that none is
        smaller; it needs python-sat.
    noisy
        Whether rows may be wrong. The formula of the shortest description is then recommended, and not the
        smallest that is right everywhere.
    exclusive_or, at_least
        Whether formulas and circuits may have ``xor``, and formulas gates such as "at least 2 of (a; b; c)".
    max_literals
        The largest size of a formula.
    time_budget
        Seconds, or None for no limit.

    Raises
    ------
    DataError
        When the table is none of truths, or all of them are the same.
    MissingDependency
        When ``prove`` is asked and python-sat is not installed.

    Examples
    --------
    >>> import symlaw
    >>> law = symlaw.boolean("00010111")
    >>> print(law)
    x0 and (x1 or x2) or x1 and x2
    """
    if isinstance(max_literals, bool) or not isinstance(max_literals, int) or max_literals < 1:
        raise InvalidSetting(f"max_literals is {max_literals!r}: give a whole number from 1 up")
    if time_budget is not None and not (isinstance(time_budget, (int, float)) and time_budget > 0):
        raise InvalidSetting(f"time_budget is {time_budget!r}: give seconds above 0, or None")
    watch = Watch(time_budget)
    asked = ask_function(source, inputs_of(source, inputs)) if callable(source) else None
    if asked is None and inputs is not None:
        raise InvalidSetting("inputs are for functions: leave them out, or give a function of truths")
    table = read_truths(source, target) if asked is None else asked.table
    _check(table)
    if asked is not None and asked.learned is not None:
        return _learned(asked, asked.learned, prove=prove)
    compile_rules(watch)
    plan = Plan(most=max_literals, width=_WIDTH, odd=exclusive_or, several=at_least)
    ones = np.ones(len(table.truths))
    data = Data(columns_of(table.names, table.rows), table.truths, ones, ones)
    ready = prepare(data, plan)
    # rows drawn by chance of a function of no known form are not told by heart
    is_sample = asked is not None and asked.fresh is not None
    begun = [*ready.begun, *([] if is_sample else _exact(table, ready, xor=exclusive_or))]
    beam = grow(ready.ground, plan.most, plan.width, begun=begun, is_late=watch.is_late)
    small = table_of(ready.ground, plan.most, THOROUGH if prove else QUICK, watch.is_late)
    best_to = better_small(beam, small._replace(compared=QUICK.compared))
    front = front_of(beam, ready, data)
    place = _chosen(front, table, len(ready.candidates.literals), noisy=noisy or is_sample)
    known = proved(small, front, place)
    if known.met is not None:
        front, place = with_rule(front, place, known.met, ready)
    claim = None
    if prove:
        if front[place].loss > 0.0:
            raise InvalidSetting(
                "prove is for tables that a formula meets in every row, and the recommended one misses some:"
                " leave prove out, or correct the rows"
            )
        claim = smallest_circuit(table, front[place].size, watch, xor=exclusive_or)
    said = "" if asked is None else asked.words(front[place].formula)
    return BooleanLaw(table, tuple(front), place, known.size, best_to, claim, said)


def _learned(asked: Asked, learned: Learned, *, prove: bool) -> BooleanLaw:
    """The formula that was learned of a function of too many inputs for a table."""
    if prove:
        raise InvalidSetting(
            f"prove is for tables, and {len(asked.table.names)} inputs of the function matter: leave it out"
        )
    ones, formula = np.ones(len(asked.table.truths)), learned.formula(asked.table.names)
    constant = constant_of(Data({}, asked.table.truths, ones, ones))
    front = constant, Ranked(learned.size, 0.0, formula, float("nan"))
    return BooleanLaw(asked.table, front, 1, 0, 0, None, asked.words(formula))


def _check(table: TruthRows) -> None:
    if len(table.truths) == 0:
        raise DataError("nothing is asked of any row of the truth table: give outputs of 0 and 1")
    if table.truths.all() or not table.truths.any():
        raise DataError(f"the output is {int(table.truths[0])} in every row: there is nothing to find")


def _exact(table: TruthRows, ready: Prepared, *, xor: bool) -> list[Tree]:
    """A formula that is right in every row, where no rows contradict each other."""
    numbers = {literal: place for place, literal in enumerate(ready.candidates.literals)}
    pairs = [(numbers.get(Holds(name)), numbers.get(Holds(name, False))) for name in table.names]
    known = [(one, other) for one, other in pairs if one is not None and other is not None]
    # an input that never changes, or is another one's twin, has no literals of its own
    kept = [place for place, (one, other) in enumerate(pairs) if one is not None and other is not None]
    found = expanded(table.rows[:, kept], table.truths, known, xor=xor) if kept else None
    return [] if found is None else [found]


def _chosen(front: list[Ranked], table: TruthRows, n_literals: int, *, noisy: bool) -> int:
    """The smallest formula that is right everywhere where rows can be trusted, else the shortest description.

    A partial table speaks for a formula that is right in all of its rows if that tells them in far fewer bits
    than a list of them does. All ways to write a formula with gates of two parts speak for it.
    """
    rows = float(len(table.truths))
    lengths = [description_length(one.size, min(0.5, one.loss / rows), rows, n_literals) for one in front]
    chances = [length - writings(one.formula) for length, one in zip(lengths, front, strict=True)]
    trusted = not noisy and (table.is_full or lengths[-1] <= _COMPRESSED * lengths[0])
    return len(front) - 1 if trusted and front[-1].loss == 0.0 else int(np.argmin(chances))


def smallest_circuit(table: TruthRows, size: int, watch: Watch, *, xor: bool) -> CircuitClaim:
    """The smallest circuit found, and what was proved of smaller ones.

    Parameters
    ----------
    table
        What it has to give; rows of the same inputs do not contradict each other.
    size
        Literals of a formula, which is a circuit of one gate less.
    watch
        What ends the search.
    xor
        Whether gates may be exclusive or.
    """
    rows, truths = _distinct(table)
    certificates: list[Certificate] = []
    for n_gates in range(1, size + 1):
        if watch.is_late():
            break
        asked = ask(rows, truths, n_gates, xor=xor)
        answer = solve(asked, min(watch.left, _LONGEST_WAIT))
        if answer.circuit is not None:
            return CircuitClaim(answer.circuit, len(certificates) == n_gates - 1, tuple(certificates))
        if answer.proof is None:
            break
        certificates.append(Certificate(n_gates, asked.clauses, answer.proof))
    return CircuitClaim(None, False, tuple(certificates))


def _distinct(table: TruthRows) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    rows, places = np.unique(table.rows, axis=0, return_index=True)
    return rows, table.truths[places]
