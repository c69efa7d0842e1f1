"""Measures of a Boolean function: influence, sensitivity, spectra, symmetry and structure.

O'Donnell, Analysis of Boolean Functions (2014), chapters 1 and 2, has all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.tasks.logic.read_once import is_read_once

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]

# Coefficients that are shown.
_SHOWN = 6


@dataclass(frozen=True)
class Measures:
    """What a function of n inputs is like.

    Attributes
    ----------
    influence
        By input, the share of rows in which the output changes with it.
    sensitivity
        The most inputs of one row with each of which the output changes.
    spectrum
        By set of inputs, the correlation of the output with their parity, from -1 to 1 (Fourier, with true as
        -1); those that are 0 are left out.
    polynomial
        Sets of inputs whose products, added modulo 2, are the output (Moebius, the algebraic normal form).
    direction
        By input ``increasing``, ``decreasing``, ``both`` or ``none``.
    symmetric
        Groups of inputs that can be exchanged among each other.
    is_read_once
        Whether a formula of ``and``, ``or`` and ``not`` has each input that matters once.
    """

    influence: dict[str, float]
    sensitivity: int
    spectrum: dict[tuple[str, ...], float]
    polynomial: tuple[tuple[str, ...], ...]
    direction: dict[str, str]
    symmetric: tuple[tuple[str, ...], ...]
    is_read_once: bool

    @property
    def relevant(self) -> tuple[str, ...]:
        """The inputs that matter: it is a junta of these."""
        return tuple(name for name, share in self.influence.items() if share > 0.0)

    @property
    def is_linear(self) -> bool:
        """Whether it is a parity of inputs, or the opposite of one."""
        return all(len(term) <= 1 for term in self.polynomial)

    @property
    def is_monotone(self) -> bool:
        """Whether no input that becomes true makes the output false."""
        return set(self.direction.values()) <= {"increasing", "none"}

    @property
    def degree(self) -> int:
        """Of the polynomial over the reals."""
        return max((len(term) for term in self.spectrum), default=0)

    def __str__(self) -> str:
        largest = sorted(self.spectrum.items(), key=lambda one: (-abs(one[1]), one[0]))[:_SHOWN]
        named = {"linear": self.is_linear, "monotone": self.is_monotone, "read-once": self.is_read_once}
        groups = [" = ".join(group) for group in self.symmetric if len(group) > 1]
        lines = [
            f"depends on {len(self.relevant)} of {len(self.influence)} inputs",
            "influence: " + ", ".join(f"{name} {share:.4g}" for name, share in self.influence.items()),
            f"average sensitivity {sum(self.influence.values()):.4g}, largest {self.sensitivity}",
            "direction: " + ", ".join(f"{name} {word}" for name, word in self.direction.items()),
            f"degree {self.degree} over the reals, {max(map(len, self.polynomial), default=0)} modulo 2"
            f" ({len(self.polynomial)} products)",
            "spectrum: " + ", ".join(f"{{{', '.join(term)}}} {value:.4g}" for term, value in largest),
            "is: "
            + (
                ", ".join(word for word, holds in named.items() if holds)
                or "neither linear, monotone nor read-once"
            ),
        ]
        return "\n".join(lines + (["inputs that can be exchanged: " + "; ".join(groups)] if groups else []))


def measures_of(truths: Truths, names: Sequence[str]) -> Measures:
    """The measures of a full table of 2^n outputs in the order of `every_row`.

    Examples
    --------
    >>> found = measures_of(every_row(3).sum(axis=1) > 1, "abc")
    >>> found.influence["a"], found.is_monotone, found.symmetric
    (0.5, True, (('a', 'b', 'c'),))
    """
    n = len(names)
    table = truths.reshape((2,) * n)
    changes = [table != np.flip(table, axis) for axis in range(n)]
    rises = [np.take(table, 1, axis) & ~np.take(table, 0, axis) for axis in range(n)]
    falls = [np.take(table, 0, axis) & ~np.take(table, 1, axis) for axis in range(n)]
    words = {(False, False): "none", (True, False): "increasing", (False, True): "decreasing"}
    sets = [tuple(name for name, held in zip(names, row, strict=True) if held) for row in every_row(n)]
    spectrum, products = _walsh(table), _moebius(table)
    return Measures(
        {name: float(change.mean()) for name, change in zip(names, changes, strict=True)},
        int(np.sum(changes, axis=0).max()),
        {own: float(value) for own, value in zip(sets, spectrum, strict=True) if abs(value) > 1e-12},
        tuple(own for own, there in zip(sets, products, strict=True) if there),
        {
            name: words.get((bool(up.any()), bool(down.any())), "both")
            for name, up, down in zip(names, rises, falls, strict=True)
        },
        _symmetric(table, names),
        is_read_once(truths),
    )


def _walsh(table: Truths) -> NDArray[np.float64]:
    """Correlations with the parities of all sets of inputs."""
    values = np.where(table, -1.0, 1.0)
    for axis in range(table.ndim):
        low, high = np.take(values, 0, axis), np.take(values, 1, axis)
        values = np.stack([(low + high) / 2.0, (low - high) / 2.0], axis)
    return values.ravel()


def _moebius(table: Truths) -> Truths:
    """Which products of inputs are in the polynomial modulo 2."""
    values = table
    for axis in range(table.ndim):
        low, high = np.take(values, 0, axis), np.take(values, 1, axis)
        values = np.stack([low, low ^ high], axis)
    return values.ravel()


def _symmetric(table: Truths, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Inputs in groups of which each two can be exchanged."""
    groups: list[list[int]] = []
    for place in range(len(names)):
        for group in groups:
            if np.array_equal(table, np.swapaxes(table, group[0], place)):
                group.append(place)
                break
        else:
            groups.append([place])
    return tuple(tuple(names[place] for place in group) for group in groups)
