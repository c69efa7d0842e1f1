"""Machines of devices that can be called: a function of a sequence, such as a trained network."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from symlaw.engine.programs.machines import Machine
from symlaw.errors import DataError, MissingDependency
from symlaw.search.machines.clusters import labelled, states_of_vectors
from symlaw.search.machines.queries import learned_states
from symlaw.search.machines.states import States, Step
from symlaw.search.watch import Watch
from symlaw.tasks.machines.alphabet import alphabet_of

# Sequences that the device is asked for, their lengths, and fresh ones on which a machine has to be right.
_ASKED, _FRESH, _LONGEST = 160, 60, 16
_MOST_SYMBOLS = 64

Candidate = tuple[float, Machine | States]


class Device:
    """A device that is asked, each sequence once.

    Parameters
    ----------
    function
        What gives outputs of a sequence, or one label.
    symbols
        The steps that there are.
    seed
        Of the sequences that are drawn.
    """

    def __init__(self, function: Callable[[list[Any]], Any], symbols: Iterable[Any], seed: int) -> None:
        self.symbols = _checked(symbols)
        self.read = alphabet_of([self.symbols], "the alphabet")
        self.sequences = _drawn(self.symbols, seed)
        self._function = function
        said = [function(list(sequence)) for sequence in self.sequences]
        self.is_label = not isinstance(said[0], (list, tuple, np.ndarray))
        self.said = [self._outputs(one, sequence) for one, sequence in zip(said, self.sequences, strict=True)]
        self.write = alphabet_of(self.said, "outputs")
        self._known: dict[tuple[Step, ...], list[Step]] = {}

    def _outputs(self, said: Any, sequence: Sequence[Any]) -> list[Any]:
        if isinstance(said, (list, tuple, np.ndarray)) is self.is_label:
            raise DataError(
                "the function gives a label for some sequences and lists for others: give one kind"
            )
        outputs = [said] if self.is_label else list(said)
        if not self.is_label and len(outputs) != len(sequence):
            raise DataError(
                f"the function gives {len(outputs)} outputs for {len(sequence)} steps: give one for"
                " each, or one label for all"
            )
        return [one.item() if isinstance(one, np.generic) else one for one in outputs]

    def ask(self, steps: Sequence[Step]) -> list[Step]:
        """What it writes in each step, as numbers; of a label what it says to each beginning."""
        key = tuple(steps)
        if key not in self._known:
            sequence = [self.read.decode(step) for step in key]
            if self.is_label:
                parts = (
                    [*self.ask(key[:-1]), *self._coded(sequence)] if len(key) > 1 else self._coded(sequence)
                )
            else:
                parts = self._coded(sequence)
            self._known[key] = parts
        return self._known[key]

    def _coded(self, sequence: list[Any]) -> list[Step]:
        said = self._outputs(self._function(sequence), sequence)
        if self.write.symbols:
            # what is said seldom may come up only now; places of what was said before stay
            new = tuple(dict.fromkeys(one for one in said if one not in self.write.symbols))
            self.write = replace(self.write, symbols=(*self.write.symbols, *new))
        return [self.write.code(one) for one in said]

    @property
    def is_discrete(self) -> bool:
        """Whether it says few different things, as states do."""
        return len({one for said in self.said for one in said}) <= _MOST_SYMBOLS

    def agrees(self, machine: Machine | States, seed: int) -> bool:
        """Whether a machine says the same to sequences that were not asked for yet."""
        for sequence in _drawn(self.symbols, seed, _FRESH):
            steps = [self.read.code(step) for step in sequence]
            said = machine.run(steps)
            wanted = self._coded(list(sequence))
            said = said[-1:] if self.is_label else said
            if any(one is None or not np.allclose(np.array(one, float), np.array(other, float), atol=1e-8)
                   for one, other in zip(said, wanted, strict=True)):  # fmt: skip
                return False
        return True


def states_of_device(device: Device, hidden: Any, seed: int, watch: Watch) -> tuple[list[Candidate], str]:
    """Machines with states that say what the device says to fresh sequences, and what would help.

    Parameters
    ----------
    device
        The device.
    hidden
        What it keeps after each step of a sequence, (n_steps, n); None where that is not known.
    seed
        Of the sequences that are tried.
    watch
        What ends the search.
    """
    if not device.is_discrete:
        return [], ""
    steps = [device.read.code(symbol) for symbol in device.symbols]
    found: list[States | None] = []
    lacking = ""
    if hidden is not None:
        inputs = [[device.read.code(step) for step in sequence] for sequence in device.sequences]
        vectors = [_vectors(hidden, sequence) for sequence in device.sequences]
        found.append(states_of_vectors(inputs, [device.ask(one) for one in inputs], vectors))
    try:
        found.append(learned_states(device.ask, steps, seed, watch.is_late))
    except MissingDependency as error:
        lacking = f"; {error}"
    made = [labelled(one) if device.is_label else one for one in found if one is not None]
    return [(one.bits(len(steps)), one) for one in made if device.agrees(one, seed + 1)], lacking


def _vectors(hidden: Any, sequence: Sequence[Any]) -> Any:
    vectors = np.asarray(hidden(list(sequence)), dtype=float)
    if vectors.ndim != 2 or len(vectors) != len(sequence) or not np.all(np.isfinite(vectors)):
        raise DataError(
            f"hidden gives the shape {vectors.shape} for {len(sequence)} steps: give a row of finite numbers"
            " for each step"
        )
    return vectors


def _checked(symbols: Iterable[Any]) -> list[Any]:
    listed = list(dict.fromkeys(tuple(one) if isinstance(one, list) else one for one in symbols))
    if not 1 <= len(listed) <= _MOST_SYMBOLS:
        raise DataError(
            f"the alphabet has {len(listed)} symbols: give 1 to {_MOST_SYMBOLS} steps that the function takes"
        )
    return listed


def _drawn(symbols: Sequence[Any], seed: int, n: int = _ASKED) -> list[list[Any]]:
    generator = random.Random(f"machine {seed}")
    return [
        [symbols[generator.randrange(len(symbols))] for _ in range(1 + place % _LONGEST)]
        for place in range(n)
    ]
