"""`symlaw.machine`: sequences in and sequences or labels out give a machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from symlaw.engine.programs.machines import Machine
from symlaw.errors import DataError
from symlaw.search.machines.registers import Sequences
from symlaw.search.machines.search import find_machine
from symlaw.search.machines.states import States, find_states
from symlaw.search.watch import Watch, watching
from symlaw.tasks.machines.alphabet import Alphabet, alphabet_of
from symlaw.tasks.machines.devices import Device, states_of_device
from symlaw.tasks.machines.result import FoundMachine

# A share of the sequences is kept back, and a machine has to be right on all of these.
_HELD_OUT = 4
_LONGEST, _MOST = 5_000, 200_000
# States that a machine without formulas may have, as a share of the steps that it was found from.
_STEPS_PER_TRANSITION = 4


def machine(
    inputs: Any,
    outputs: Any = None,
    *,
    alphabet: Iterable[Any] | None = None,
    hidden: Callable[[list[Any]], Any] | None = None,
    seed: int = 0,
    time_budget: float | None = 60.0,
    watch: Watch | None = None,
) -> FoundMachine:
    """Find the machine behind sequences, or behind a device that can be asked.

    Parameters
    ----------
    inputs
        Sequences of numbers, of texts, or of tuples of numbers; a text is a sequence of letters. Or a
        function of a sequence (a list), such as a device or a trained network, which gives its outputs.
    outputs
        For each a list of as many outputs, numbers or texts or tuples of numbers; or one label, a number or
        a text. None where a function is given.
    alphabet
        With a function: the steps that it takes, 64 at most.
    hidden
        With a function: what it keeps after each step of a sequence, (n_steps, n) numbers, such as the hidden
        states of a recurrent network. States are read out of them.
    seed
        Of the sequences that a function is asked for.
    time_budget
        Seconds after which no longer formulas are looked for, or None.
    watch
        What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it.

    Returns
    -------
    FoundMachine
        To be called on sequences of any length.

    Raises
    ------
    DataError
        When the sequences do not fit together, or no machine was found that is right on all of them.

    Examples
    --------
    >>> import symlaw
    >>> parity = symlaw.machine([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 1, 1], [0, 0, 1, 0]],
    ...                         [[1, 1, 0, 1], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]])
    >>> parity([1] * 7)
    [1, 0, 1, 0, 1, 0, 1]
    """
    watch = watching(time_budget, watch)
    if callable(inputs):
        return _of_device(inputs, alphabet, hidden, seed, watch)
    if outputs is None:
        raise DataError("outputs are missing: give one for each sequence")
    given = [list(sequence) for sequence in inputs]
    if not given or any(not sequence for sequence in given):
        raise DataError("give at least one sequence, and no empty ones")
    is_label = not _are_sequences(outputs)
    wanted = [[output] for output in outputs] if is_label else [list(output) for output in outputs]
    _check(given, wanted, is_label)
    read, write = alphabet_of(given, "inputs"), alphabet_of(wanted, "outputs")
    watch.tell(f"machines for {len(given)} sequences")
    with watch.heeding_signals():
        found = _searched(given, wanted, (read, write), is_label, watch.is_late)
    if found is None:
        raise DataError(
            f"no machine was found{watch.within} that gives all outputs: give more or longer sequences, or"
            " tuples that say more of a step"
        )
    bits, best = found
    return FoundMachine(best, read, write, is_label, bits, len(given))


def _of_device(function: Any, alphabet: Any, hidden: Any, seed: int, watch: Watch) -> FoundMachine:
    if alphabet is None:
        raise DataError("give the steps that the function takes: alphabet=[0, 1]")
    device = Device(function, alphabet, seed)
    watch.tell(f"machines for a function, asked for {len(device.sequences)} sequences")
    with watch.heeding_signals():
        wanted = device.said
        found = _searched(
            device.sequences, wanted, (device.read, device.write), device.is_label, watch.is_late
        )
        candidates = [found] if found is not None and device.agrees(found[1], seed + 1) else []
        lacking = ""
        if not candidates or hidden is not None:
            more, lacking = states_of_device(device, hidden, seed, watch)
            candidates += more
    if not candidates:
        raise DataError(
            "no machine was found that says what the function says to fresh sequences: its states may be"
            f" many, or its outputs not all right{lacking}"
        )
    bits, best = min(candidates, key=lambda one: one[0])
    n_asked = len(device.sequences)
    return FoundMachine(best, device.read, device.write, device.is_label, bits, n_asked)


def _are_sequences(outputs: Any) -> bool:
    """Whether outputs are sequences; texts and numbers are labels."""
    return isinstance(next(iter(outputs), None), (list, tuple, np.ndarray))


def _check(given: list[list[Any]], wanted: list[list[Any]], is_label: bool) -> None:
    if len(given) != len(wanted):
        raise DataError(f"there are {len(given)} inputs and {len(wanted)} outputs: give one output for each")
    for place, (one, other) in enumerate(zip(given, wanted, strict=True)):
        if not is_label and len(one) != len(other):
            raise DataError(
                f"sequence {place + 1} has {len(one)} steps and {len(other)} outputs: give one output a step,"
                " or one label for each sequence"
            )
    steps = sum(map(len, given))
    if max(map(len, given)) > _LONGEST or steps > _MOST:
        raise DataError(
            f"the sequences have {steps} steps: give at most {_MOST}, each sequence at most {_LONGEST}"
        )


def _searched(
    given: list[list[Any]],
    wanted: list[list[Any]],
    alphabets: tuple[Alphabet, Alphabet],
    is_label: bool,
    is_late: Callable[[], bool],
) -> tuple[float, Machine | States] | None:
    """The shorter of the machines that are right on what was kept back, with its bits."""
    read, write = alphabets
    kept = [place for place in range(len(given)) if len(given) >= 8 and place % _HELD_OUT == _HELD_OUT - 1]
    shown = [place for place in range(len(given)) if place not in kept]
    coded = [[read.code(step) for step in sequence] for sequence in given]
    answers = [[write.code(step) for step in sequence] for sequence in wanted]
    chosen, answers_ = [coded[place] for place in shown], [answers[place] for place in shown]
    candidates: list[tuple[float, Machine | States]] = []
    states = find_states(chosen, answers_, is_label)
    n_symbols = len({step for sequence in coded for step in sequence})
    steps = sum(map(len, chosen))

    def is_right(candidate: Machine | States) -> bool:
        return all(
            _is_right(candidate, coded[place], answers[place], is_label) for place in range(len(coded))
        )

    if (
        states is not None
        and len(states.steps) * n_symbols * _STEPS_PER_TRANSITION <= steps
        and is_right(states)
    ):
        candidates.append((states.bits(n_symbols), states))
    # where a few states do, no long formulas are looked for
    found = find_machine(padded(chosen, answers_, is_label), is_deep=not candidates, is_late=is_late)
    if found is not None and is_right(found.machine):
        candidates.append((found.bits, found.machine))
    return min(candidates, key=lambda one: one[0], default=None)


def _is_right(machine: Machine | States, steps: list[Any], answers: list[Any], is_label: bool) -> bool:
    said = machine.run(steps)
    said = said[-1:] if is_label else said
    return len(said) == len(answers) and all(
        one is not None and np.allclose(np.array(one, dtype=float), other, rtol=1e-8, atol=1e-8)
        for one, other in zip(said, answers, strict=True)
    )


def padded(inputs: Sequence[Sequence[Any]], outputs: Sequence[Sequence[Any]], is_label: bool) -> Sequences:
    """Sequences in arrays, zeros where they have ended."""
    n, longest = len(inputs), max(map(len, inputs))
    read, written = len(inputs[0][0]), len(outputs[0][0])
    x, y = np.zeros((read, n, longest)), np.zeros((written, n, longest))
    asked = np.zeros((n, longest), dtype=bool)
    for place, (steps, answers) in enumerate(zip(inputs, outputs, strict=True)):
        x[:, place, : len(steps)] = np.array(steps, dtype=float).T
        at = slice(len(steps) - 1, len(steps)) if is_label else slice(0, len(steps))
        y[:, place, at] = np.array(answers, dtype=float).T
        asked[place, at] = True
    return Sequences(x, y, asked, is_label)
