"""Machines with states of a device that can be asked: learned by queries, with AALpy (an optional package).

The algorithm of Kearns and Vazirani asks for what tells states apart; where its machine and the device differ
on a drawn sequence, it learns on. This is the only module that knows AALpy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from symlaw.errors import MissingDependency
from symlaw.search.machines.states import States, Step

# What a device says to each step of a sequence.
Ask = Callable[[Sequence[Step]], Sequence[Step]]
_MOST_ROUNDS = 60
# Sequences that a machine and the device have to agree on before it is believed, and their lengths.
_TRIED, _SHORTEST, _LONGEST = 300, 4, 40


def learned_states(
    ask: Ask, symbols: Sequence[Step], seed: int = 0, is_late: Callable[[], bool] = lambda: False
) -> States | None:
    """The states behind a device, with what is written in each step; None where time did not do.

    Parameters
    ----------
    ask
        What the device says to each step of a sequence.
    symbols
        The steps that there are.
    seed
        Of the sequences that are tried.
    is_late
        Whether to give up.

    Raises
    ------
    MissingDependency
        When AALpy is not installed.
    """
    try:
        from aalpy.base import SUL, Oracle
        from aalpy.learning_algs import run_KV
    except ImportError:
        raise MissingDependency('learning by queries needs AALpy: pip install "symlaw[machines]"') from None

    class Device(SUL):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self._word: list[Step] = []

        def pre(self) -> None:
            self._word = []

        def post(self) -> None:
            self._word = []

        def step(self, letter: Step) -> Step:
            self._word.append(letter)
            return ask(self._word)[-1]

        def query(self, word: Sequence[Step]) -> list[Step]:
            return list(ask(word))

    class Trials(Oracle):  # type: ignore[misc]
        def find_cex(self, hypothesis: Any) -> tuple[Step, ...] | None:
            generator = random.Random(seed)
            for _ in range(_TRIED):
                if is_late():
                    return None
                word = _drawn(generator, hypothesis, symbols)
                said = ask(word)
                hypothesis.reset_to_initial()
                for place, step in enumerate(word):
                    if hypothesis.step(step) != said[place]:
                        return tuple(word[: place + 1])
            return None

    device = Device()
    found = run_KV(
        list(symbols), device, Trials(list(symbols), device), "mealy", max_learning_rounds=_MOST_ROUNDS,
        cache_and_non_det_check=False, print_level=0,
    )  # fmt: skip
    return None if is_late() else _as_states(found, symbols)


def _drawn(generator: random.Random, hypothesis: Any, symbols: Sequence[Step]) -> list[Step]:
    """A way to one of the machine's states, and steps from there on."""
    state = hypothesis.states[generator.randrange(len(hypothesis.states))]
    length = generator.randint(_SHORTEST, _LONGEST)
    return [*(state.prefix or ()), *(symbols[generator.randrange(len(symbols))] for _ in range(length))]


def _as_states(found: Any, symbols: Sequence[Step]) -> States:
    order = [found.initial_state, *(one for one in found.states if one is not found.initial_state)]
    places = {id(state): place for place, state in enumerate(order)}
    steps = tuple(
        {step: (places[id(state.transitions[step])], state.output_fun[step]) for step in symbols}
        for state in order
    )
    return States(steps, ())
