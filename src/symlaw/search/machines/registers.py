"""Registers that may be worth keeping: delays, sums, extremes, counts, carries, remainders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.language.programs.program import Input, Program
from symlaw.language.programs.steps import evaluated, step_bits, step_call

Array = NDArray[np.float64]
MOST_DELAYS = 7
_MOST_MODULUS = 10
_MOST_SYMBOLS = 8


@dataclass(frozen=True)
class Sequences:
    """Sequences of one length or several, padded.

    Attributes
    ----------
    inputs, outputs
        (n_channels, n_sequences, n_steps).
    asked
        (n_sequences, n_steps): where an output is known.
    is_label
        Whether it is known at the ends only, so that no step can read those before.
    """

    inputs: Array
    outputs: Array
    asked: NDArray[np.bool_]
    is_label: bool


@dataclass(frozen=True, eq=False)
class Kept:
    """A register with its values.

    Attributes
    ----------
    name, initial
        As a machine's register has them.
    values
        (n_sequences, n_steps), as outputs read them.
    bits
        Of its update and what it needs.
    update
        Its next value, of inputs, the index, then what it needs, then itself; None where it takes over
        ``source``.
    needs
        Registers that the update reads.
    source
        What it takes over after each step: ``("input", place)``, ``("output", place)`` or a register.
    """

    name: str
    initial: Any
    values: Array
    bits: float
    update: Program | None = None
    needs: tuple[Kept, ...] = ()
    source: tuple[str, int] | Kept | None = None


def keep(
    sequences: Sequences, name: str, initial: float, update: Program, needs: tuple[Kept, ...] = ()
) -> Kept:
    """A register with its values on sequences."""
    n_sequences, n_steps = sequences.asked.shape
    state = np.full(n_sequences, float(initial))
    values = np.empty((n_sequences, n_steps))
    with np.errstate(all="ignore"):
        for step in range(n_steps):
            known: list[Any] = [*sequences.inputs[:, :, step], float(step + 1)]
            known += [one.values[:, step] for one in needs]
            state = np.asarray(evaluated(update, [*known, state], arrays=True), dtype=float)
            values[:, step] = state
    whole: Any = int(initial) if np.isfinite(initial) else initial
    bits = 2.0 + step_bits(update) + sum(one.bits for one in needs)
    return Kept(name, whole, values, bits, update, needs)


def before(values: Array) -> Array:
    """Values one step before, 0 at first."""
    shifted = np.zeros_like(values)
    shifted[:, 1:] = values[:, :-1]
    return shifted


def delays(values: Array, name: str, source: tuple[str, int], most: int) -> list[Kept]:
    """What something was one step before, two steps before, and so on."""
    found: list[Kept] = []
    for steps in range(1, most + 1):
        values = before(values)
        found.append(
            Kept(
                f"{name}_{steps}_before", 0, values, 1.0 + 0.3 * steps, source=found[-1] if found else source
            )
        )
    return found


def as_it_was(one: Kept) -> Kept:
    """A register as it was before the step."""
    return Kept(f"{one.name}_before", 0, before(one.values), one.bits + 1.0, source=one)


def registers(sequences: Sequences) -> list[Kept]:
    """All registers that are tried."""
    n = len(sequences.inputs)
    found = [one for place in range(n) for one in _of_channel(sequences, place)]
    if n == 2:
        found += _of_two(sequences)
    if not sequences.is_label:
        found += _of_outputs(sequences)
    return found


def _of_channel(sequences: Sequences, place: int) -> Iterator[Kept]:
    x, itself = Input(place), Input(len(sequences.inputs) + 1)
    tag = "" if len(sequences.inputs) == 1 else str(place + 1)
    yield from delays(sequences.inputs[place], f"input{place + 1}", ("input", place), MOST_DELAYS)
    total = keep(sequences, f"sum{tag}", 0, step_call("plus", itself, x))
    yield total
    yield keep(sequences, f"largest{tag}", -np.inf, step_call("larger", itself, x))
    yield keep(sequences, f"smallest{tag}", np.inf, step_call("smaller", itself, x))
    yield keep(sequences, f"sizes{tag}", 0, step_call("plus", itself, step_call("magnitude", x)))
    above = Input(len(sequences.inputs) + 2)
    yield keep(sequences, f"lowest_sum{tag}", 0, step_call("smaller", above, itself), (total,))
    yield keep(sequences, f"highest_sum{tag}", 0, step_call("larger", above, itself), (total,))
    symbols = np.unique(sequences.inputs[place][sequences.asked])
    if not sequences.is_label and len(symbols) > 40:
        return
    for symbol in symbols[:_MOST_SYMBOLS]:
        yield keep(
            sequences, f"count_{symbol:g}", 0, step_call("plus", itself, step_call("same", x, float(symbol)))
        )
    if np.all(symbols == np.round(symbols)):
        even = step_call("same", step_call("modulo", x, 2), 0)
        yield keep(sequences, f"evens{tag}", 0, step_call("plus", itself, even))
        yield from _remainders(sequences, x, itself, tag)
        if len(symbols) <= 3:
            yield from _numerals(sequences, x, itself)


def _remainders(sequences: Sequences, x: Program, itself: Program, tag: str) -> Iterator[Kept]:
    """Remainders of the number that has been read, in base 2 or 10."""
    for base in (2, 10):
        for modulus in range(3, _MOST_MODULUS + 1):
            read = step_call("plus", step_call("product", itself, base), x)
            rest = keep(sequences, f"remainder{tag}_{base}_{modulus}", 0, step_call("modulo", read, modulus))
            yield rest
            yield as_it_was(rest)


def _numerals(sequences: Sequences, x: Program, itself: Program) -> Iterator[Kept]:
    """The number that has been read, from its front and from its back."""
    if sequences.asked.shape[1] > 48:
        return
    yield keep(sequences, "numeral", 0, step_call("plus", step_call("product", itself, 2), x))
    power = keep(sequences, "power", 1, step_call("product", itself, 2))
    above = Input(len(sequences.inputs) + 2)
    added = step_call("product", step_call("quotient", itself, 2), x)
    yield keep(sequences, "backward_numeral", 0, step_call("plus", above, added), (power,))


def _of_two(sequences: Sequences) -> Iterator[Kept]:
    one, other, itself = Input(0), Input(1), Input(3)
    yield keep(sequences, "products", 0, step_call("plus", itself, step_call("product", one, other)))
    both = step_call("plus", one, other)
    for base in range(2, _MOST_MODULUS + 1):
        carry = keep(
            sequences, f"carry_{base}", 0, step_call("quotient", step_call("plus", both, itself), base)
        )
        yield carry
        yield as_it_was(carry)


def _of_outputs(sequences: Sequences) -> Iterator[Kept]:
    """Outputs one and two steps before, and their sum."""
    for place, output in enumerate(sequences.outputs):
        last, earlier = delays(output, f"output{place + 1}", ("output", place), 2)
        yield last
        yield earlier
        n = len(sequences.inputs)
        total = step_call("plus", Input(n + 2), Input(n + 1))
        yield keep(sequences, f"outputs{place + 1}", 0, total, (last,))
