"""A problem: a law, where its inputs lie, and rows drawn from it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.language import Expression, parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_DRAWS = 1000


class Input(NamedTuple):
    """One input of a law.

    Attributes
    ----------
    name
        Its name in the formula.
    low, high
        The range in which rows are drawn.
    points
        Number of equidistant values where the problem states a grid, else 0.
    unit
        Such as ``"m kg s-2"``; empty where there is none.
    """

    name: str
    low: float
    high: float
    points: int = 0
    unit: str = ""


class Sample(NamedTuple):
    """Rows of a problem.

    Attributes
    ----------
    X
        Inputs, float64 (n_rows, n_inputs).
    y
        Target with noise, float64 (n_rows,).
    y_clean
        Target without, float64 (n_rows,).
    """

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    y_clean: NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """A law to be found again from rows.

    Parameters
    ----------
    name, suite, index
        The name, the table that it comes from, and its place there.
    formula
        The law, in symlaw's own language.
    inputs
        Every input, also those that the law does not use.
    own_rows
        Number of training rows where the suite states it, else 0; grids state it by their points.
    limit
        Rows drawn at random are drawn again unless abs(y) is below this.
    unit
        Unit of the output; empty where there is none.
    """

    name: str
    suite: str
    index: int
    formula: str
    inputs: tuple[Input, ...]
    own_rows: int = 0
    limit: float = np.inf
    unit: str = ""

    @property
    def names(self) -> list[str]:
        """Names of the inputs, as the columns of ``X``."""
        return [variable.name for variable in self.inputs]

    @cached_property
    def expression(self) -> Expression:
        """The law; inputs may be named as operators are (``gamma``, ``beta``)."""
        return parse(self.formula, self.names)

    def values(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """The law's values on rows ``X`` (n_rows, n_inputs); nan where it is undefined."""
        return reference.values(self.expression, dict(zip(self.names, X.T, strict=True)))

    def draw(self, n_rows: int = 1000, seed: int = 0, noise: float = 0.0) -> Sample:
        """Training rows: the suite's own number or grid where it states one, else ``n_rows`` uniform ones.

        Parameters
        ----------
        n_rows
            How many where the suite does not say.
        seed
            The same seed gives the same rows.
        noise
            Standard deviation of Gaussian noise on the target, as a share of the target's RMS.
        """
        rng = self.random(seed, "train")
        X = self._grid() if self.inputs[0].points else self._uniform(self.own_rows or n_rows, rng)
        clean = self.values(X)
        spread = noise * float(np.sqrt(np.mean(clean**2)))
        return Sample(X, clean + spread * rng.standard_normal(len(clean)), clean)

    def fresh(self, n_rows: int, seed: int = 0, purpose: str = "fresh") -> Sample:
        """Clean rows, uniform in the stated ranges, that share no random numbers with `draw`."""
        X = self._uniform(n_rows, self.random(seed, purpose))
        clean = self.values(X)
        return Sample(X, clean, clean)

    def random(self, seed: int, purpose: str) -> np.random.Generator:
        """A random stream of this problem's own for each seed and purpose."""
        return np.random.default_rng([seed, *(zlib.crc32(t.encode()) for t in (self.name, purpose))])

    def _grid(self) -> NDArray[np.float64]:
        axes = [np.linspace(variable.low, variable.high, variable.points) for variable in self.inputs]
        X = np.array(list(product(*axes)))
        return np.compress(np.isfinite(self.values(X)), X, axis=0)

    def _uniform(self, n_rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
        low = [variable.low for variable in self.inputs]
        high = [variable.high for variable in self.inputs]
        kept = np.empty((0, len(low)))
        for _ in range(MAX_DRAWS):
            X = rng.uniform(low, high, (n_rows, len(low)))
            # nan compares as False
            kept = np.concatenate([kept, X[np.abs(self.values(X)) < self.limit]])
            if len(kept) >= n_rows:
                return kept[:n_rows]
        raise ValueError(f"{self.name} is hardly ever defined within the ranges of its inputs")
