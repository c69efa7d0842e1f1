"""What holds of a machine with states whatever is read: its table proves it for all sequences."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

from symlaw.search.machines.states import States, Step

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_SHOWN = 40


def invariants_of(machine: States, says: Callable[[Step], Any]) -> list[str]:
    """Sentences on steps and states.

    Parameters
    ----------
    machine
        The machine; a step that some state has never read gives no sentence.
    says
        What a step is in the user's words.
    """
    everywhere = sorted(set.intersection(*(set(own) for own in machine.steps)))
    moves = {step: tuple(own[step][0] for own in machine.steps) for step in everywhere}
    said = _of_steps(moves, says) + _of_pairs(moves, says)
    said += [
        f"state {state} is never left"
        for state, own in enumerate(machine.steps)
        if own and all(after == state for after, _ in own.values())
    ]
    return said[:_MOST_SHOWN]


def _of_steps(moves: dict[Step, tuple[int, ...]], says: Callable[[Step], Any]) -> list[str]:
    said = []
    for step, places in moves.items():
        stays = tuple(range(len(places)))
        if places == stays:
            said.append(f"{says(step)!r} never changes the state")
        elif len(set(places)) == 1:
            said.append(f"after {says(step)!r} the state is {places[0]}, whatever was before")
        elif sorted(places) == list(stays):
            times = _order(places)
            said.append(f"{times} times {says(step)!r} lead back to the same state")
        elif tuple(places[after] for after in places) == places:
            said.append(f"{says(step)!r} several times is the same as once")
    return said


def _of_pairs(moves: dict[Step, tuple[int, ...]], says: Callable[[Step], Any]) -> list[str]:
    stays = {step for step, places in moves.items() if places == tuple(range(len(places)))}
    moving = [step for step in moves if step not in stays]
    pairs = list(combinations(moving, 2))
    free = [
        (one, other) for one, other in pairs
        if all(moves[other][after] == moves[one][moves[other][at]] for at, after in enumerate(moves[one]))
    ]  # fmt: skip
    if len(pairs) > 1 and len(free) == len(pairs):
        return ["the order of the steps does not change the state that they lead to"]
    return [f"{says(one)!r} and {says(other)!r} may change places" for one, other in free]


def _order(places: tuple[int, ...]) -> int:
    """How often a permutation has to be done until all is as before."""
    times, now = 1, places
    while now != tuple(range(len(places))):
        times, now = times + 1, tuple(places[after] for after in now)
    return times
