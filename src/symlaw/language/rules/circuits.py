"""Circuits of conjunctions and inverters with one or several outputs (and-inverter graphs)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]


# Literals that hold in no row, and in every row; a circuit has them at outputs only.
FALSE, TRUE = -2, -1


@dataclass(frozen=True)
class AndGraph:
    """A circuit of conjunctions of two signals or their opposites.

    Signals are the inputs 0, 1, ... and then the nodes in order. A *literal* is twice a signal's number, and
    one more for its opposite.

    Attributes
    ----------
    n_inputs
        How many inputs there are.
    nodes
        The two literals of each conjunction, of inputs and earlier nodes.
    outputs
        A literal for each output.
    """

    n_inputs: int
    nodes: tuple[tuple[int, int], ...]
    outputs: tuple[int, ...]

    def truths(self, rows: Truths) -> Truths:
        """The outputs in each row of the inputs, (n_rows, n_outputs).

        Examples
        --------
        >>> rows = np.array([[0, 0], [0, 1], [1, 1]], bool)
        >>> AndGraph(2, ((0, 2),), (5, 4)).truths(rows).astype(int).tolist()
        [[1, 0], [1, 0], [0, 1]]
        """
        signals = list(rows.T)
        for one, other in self.nodes:
            signals.append((signals[one >> 1] ^ bool(one & 1)) & (signals[other >> 1] ^ bool(other & 1)))
        # the signal -1 is false
        signals.append(np.zeros(len(rows), bool))
        return np.array([signals[one >> 1] ^ bool(one & 1) for one in self.outputs]).T

    def blif(self, inputs: Sequence[str], outputs: Sequence[str], model: str = "symlaw") -> str:
        """The circuit in the Berkeley Logic Interchange Format, which synthesis programs read."""
        taken = {*inputs, *outputs}
        names = [*inputs]
        for number in range(len(self.nodes)):
            name = f"n{number + 1}"
            while name in taken:
                name += "_"
            names.append(name)
        lines = [f".model {model}", f".inputs {' '.join(inputs)}", f".outputs {' '.join(outputs)}"]
        for number, pair in enumerate(self.nodes):
            sources = " ".join(names[one >> 1] for one in pair)
            lines += [f".names {sources} {names[self.n_inputs + number]}", _signs(pair) + " 1"]
        for name, one in zip(outputs, self.outputs, strict=True):
            if one < 0:
                lines += [f".names {name}", *(["1"] if one == TRUE else [])]
            else:
                lines += [f".names {names[one >> 1]} {name}", _signs((one,)) + " 1"]
        return "\n".join([*lines, ".end", ""])


def _signs(literals: Sequence[int]) -> str:
    return "".join("01"[1 - (one & 1)] for one in literals)


class Builder:
    """Writes a circuit, each conjunction once."""

    def __init__(self, n_inputs: int) -> None:
        self._n = n_inputs
        self._nodes: dict[tuple[int, int], int] = {}

    def both(self, one: int, other: int) -> int:
        """A literal that holds where both do."""
        low, high = min(one, other), max(one, other)
        if low == FALSE or low == high ^ 1:
            return FALSE
        if low in (TRUE, high):
            return high
        return 2 * self._nodes.setdefault((low, high), self._n + len(self._nodes))

    def either(self, one: int, other: int) -> int:
        """A literal that holds where one does."""
        return self.both(one ^ 1, other ^ 1) ^ 1

    def odd(self, one: int, other: int) -> int:
        """A literal that holds where exactly one does."""
        return self.either(self.both(one, other ^ 1), self.both(one ^ 1, other))

    def graph(self, outputs: Sequence[int]) -> AndGraph:
        """The circuit."""
        return AndGraph(self._n, tuple(self._nodes), tuple(outputs))
