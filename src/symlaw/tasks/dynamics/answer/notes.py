"""What else should be known of a recommended system, in sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.printers.notation import rounded
from symlaw.search.dynamics.proposing.repairs import changes
from symlaw.search.dynamics.sums import free_constants
from symlaw.tasks.dynamics.equations import with_error
from symlaw.trust.dynamics.solutions import Solver, states_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.dynamics.finding import Answer, Question
    from symlaw.search.dynamics.shooting import Fit
    from symlaw.tasks.dynamics.answer.found import Row

# Correlation from which on constants are said to trade off, and pairs that are said.
_ENTANGLED, _MOST_ENTANGLED = 0.995, 3
# States from which solutions are tried, and how far around the visited region, as a share of its width.
_STARTS, _AROUND = 48, 1.0


def reason(rows: tuple[Row, ...], place: int, allowed: Sequence[int]) -> str:
    said = "the shortest description of the measured values"
    others = [k for k in range(len(rows)) if k != place]
    if not others:
        return f"{said}; no other system came near"
    firm = f"; preferred on {100 * rows[place].preferred:.0f}% of tables of drawn rows"
    second = min(others, key=lambda k: rows[k].nats)
    behind = rows[second].nats - rows[place].nats
    named = "; ".join(rows[second].equations.lines())
    if behind < 0.0:
        shorter = f"whose description is {-behind:.1f} nats shorter"
        if second not in allowed:
            return f"it says what was held out better than {named}, {shorter}{firm}"
        return f"it stays bounded, and the data do not tell it from {named}, {shorter}{firm}"
    return f"{said}{firm}; the runner-up, {behind:.1f} nats longer, is {named}"


def general_notes(answer: Answer, row: Row, fit: Fit, unstable: bool) -> tuple[str, ...]:
    notes = []
    if unstable:
        notes.append("solutions of the recommended system leave all bounds soon after the data")
    elif _some_diverge(answer, row):
        notes.append("solutions from some states around the data leave all bounds")
    if answer.outcome.pieces > 1:
        notes.append(
            f"runs were fitted in {answer.outcome.pieces} stretches, each with a first state of its own: no"
            " solution follows a whole run within the noise"
        )
    unsure = row.equations.unsure()
    if unsure:
        notes.append(f"the data hardly say {', '.join(unsure)}")
    notes += [f"{said}: other runs or a longer one would tell them apart" for said in _entangled(row)]
    left = answer.data.noise
    share = fit.cost / max(float(np.sum(fit.counts)), 1.0)
    if share > 2.0 and not left.is_none:
        notes.append(
            f"what is left is {math.sqrt(share):.2g} times the noise: terms, states or inputs may be missing"
        )
    return tuple(notes)


def _some_diverge(answer: Answer, row: Row) -> bool:
    """Whether solutions from states drawn around the visited region leave all bounds; not with inputs."""
    if answer.data.runs[0].inputs.shape[1] or row.system.is_map:
        return False
    runs = answer.data.runs
    states = np.concatenate([answer.data.states(k, run.times) for k, run in enumerate(runs)])
    low, span = np.min(states, axis=0), np.ptp(states, axis=0)
    starts = states_in(low - _AROUND * span, low + (1.0 + _AROUND) * span, _STARTS)
    each = [row.system.with_constants(own) for own, _ in row.by_group] or [row.system]
    solvers = [Solver(one, np.max(np.abs(states), axis=0)) for one in each]
    times = np.linspace(0.0, max(run.span for run in runs), 20)
    return any(one.solve(start, times).diverged_at is not None for one in solvers for start in starts)


def _constants_of(row: Row) -> list[str]:
    """What fitted constants are called, in the order of their covariance."""
    system, found = row.system, list[str]()
    for k, one in enumerate(system.equations):
        if not (system.known and system.known[k]):
            own = f"in the equation of {system.columns[k]}"
            found += [f"{rounded(value, 3)} {own}" for value in free_constants([one])]
    return [*found, *(one.name for one in system.numbers)]


def _entangled(row: Row) -> list[str]:
    """Pairs of constants of which these data say little but a combination."""
    spreads = np.sqrt(np.abs(np.diag(row.covariance)))
    with np.errstate(all="ignore"):
        together = row.covariance / np.outer(spreads, spreads)
    constants = _constants_of(row)
    pairs = np.argwhere(np.triu(np.abs(np.nan_to_num(together)) > _ENTANGLED, 1))
    return [
        f"{constants[i]} and {constants[j]} trade off (correlation {together[i, j]:.3f})"
        for i, j in pairs[:_MOST_ENTANGLED]
    ]


def repair_notes(row: Row, question: Question) -> tuple[str, ...]:
    """What became of the terms of guesses."""
    notes = []
    for place, guess in question.guesses.items():
        gone, added = changes(guess, row.system.equations[place])
        said = [f"{', '.join(gone)} left out"] * bool(gone) + [f"{', '.join(added)} added"] * bool(added)
        state = question.names.states[place]
        notes.append(f"the guess for {state} was repaired: {' and '.join(said)}" if said else
                     f"the guess for {state} has the right terms")  # fmt: skip
    return tuple(notes)


def unknown_notes(row: Row, question: Question) -> tuple[str, ...]:
    """What stands for unknown functions."""
    notes = []
    for place, name, part in row.unknown_parts():
        called = f"{name}({', '.join(question.unknowns[place].arguments)})"
        notes.append(f"{called} in the equation of {question.names.states[place]} is {part.text(4)}")
    return tuple(notes)


def number_notes(row: Row) -> tuple[str, ...]:
    """Numbers of known equations."""
    numbers = row.numbers
    if not numbers:
        return ()
    each = [row.of_group(group).numbers for group in range(len(row.by_group))] or [numbers]
    values = ", ".join(
        f"{name} = {'; '.join(dict.fromkeys(with_error(*own[name]) for own in each))}" for name in numbers
    )
    return (f"names of known equations that are no columns are numbers that were fitted: {values}",)
