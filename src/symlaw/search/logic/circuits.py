"""Circuits: gates of two signals, each of which is an input or an earlier gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]


@dataclass(frozen=True)
class Circuit:
    """A circuit of one output.

    Attributes
    ----------
    n_inputs
        How many inputs there are.
    gates
        For each gate its two signals, numbered from the inputs on, and its outputs where these are 01, 10 and
        11; where both are 0 it is 0.
    inverted
        Whether the output is the opposite of the last gate.
    """

    n_inputs: int
    gates: tuple[tuple[int, int, tuple[bool, bool, bool]], ...]
    inverted: bool

    def truths(self, rows: Truths) -> Truths:
        """The output in each row, (n_rows, n_inputs)."""
        signals = list(rows.T)
        for first, second, (only_second, only_first, both) in self.gates:
            a, b = signals[first], signals[second]
            signals.append((~a & b & only_second) | (a & ~b & only_first) | (a & b & both))
        return np.asarray(signals[-1] ^ self.inverted)

    def lines(self, names: Sequence[str]) -> list[str]:
        """Each gate as an equation."""
        signals = [*names, *(f"n{number}" for number in range(1, len(self.gates) + 1))]
        found = []
        for number, (first, second, outputs) in enumerate(self.gates):
            a, b = signals[first], signals[second]
            found.append(f"{signals[self.n_inputs + number]} = {_WORDS[outputs].format(a=a, b=b)}")
        found.append(f"output = {'not ' * self.inverted}{signals[-1]}")
        return found


_WORDS = {
    (False, False, True): "{a} and {b}",
    (True, False, False): "not {a} and {b}",
    (False, True, False): "{a} and not {b}",
    (True, True, True): "{a} or {b}",
    (True, True, False): "{a} xor {b}",
}
