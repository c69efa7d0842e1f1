"""A searcher: products of random whole powers of the columns, such as ``a * a / b``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from symlaw import Expression, parse
from symlaw.language.parser import quote_name
from symlaw.search.archive import Entry, Snapshot
from symlaw.search.problem import Problem
from symlaw.search.searchers.base import Mapper, Proposals


@dataclass
class PowerLawState:
    """What it carries from epoch to epoch: the seed of the search, and how many epochs there were."""

    seed: int
    epochs: int = 0


@dataclass(frozen=True)
class PowerLaws:
    """Random products of powers; symlaw fits the scale and the offset of each.

    Parameters
    ----------
    largest
        Largest exponent.
    each_epoch
        Formulas that are proposed in an epoch.
    """

    largest: int = 2
    each_epoch: int = 20
    name: str = "power_laws"
    stores: ClassVar[tuple[type, ...]] = (PowerLawState,)

    def objection(self, problem: Problem) -> str | None:
        """It writes its formulas with * and /."""
        names = {row.name for row in problem.language.operators}
        return None if {"*", "/"} <= names else "it needs the operators * and /"

    def start(self, problem: Problem, seed: int) -> PowerLawState:
        """Before the first epoch."""
        return PowerLawState(seed)

    def ask(
        self, state: PowerLawState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Some products that the language allows; the same for the same seed and epoch."""
        rng = np.random.Generator(np.random.Philox(key=[state.seed, state.epochs]))
        state.epochs += 1
        language, count = problem.language, max(1, min(evaluations, self.each_epoch))
        exponents = rng.integers(-self.largest, self.largest + 1, (count, len(language.variables)))
        formulas = [product(language.variables, row) for row in exponents.tolist() if any(row)]
        allowed = [formula for formula in formulas if language.allows(formula)]
        counters = {"evaluations": count, "distinct": len(allowed)}
        return Proposals(formulas=allowed, counters=counters)

    def tell(self, state: PowerLawState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn."""


def product(names: Sequence[str], exponents: Sequence[int]) -> Expression:
    """The product of columns to some whole powers, written with * and / only.

    Examples
    --------
    >>> print(product(["a", "b"], [2, -1]))
    a * a / b
    """
    above = [quote_name(name) for name, e in zip(names, exponents, strict=True) for _ in range(e)]
    below = [quote_name(name) for name, e in zip(names, exponents, strict=True) for _ in range(-e)]
    if not above:
        above, below = ["1"], [f"({' * '.join(below)})"]
    return parse(" / ".join([" * ".join(above), *below]))
