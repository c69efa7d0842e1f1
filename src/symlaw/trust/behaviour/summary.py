"""How a formula behaves: where it is defined, what lies beyond the data, what matters, what it is called."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.statements.domain import Domain
from symlaw.trust.behaviour.extrapolation import Extrapolation, extrapolated
from symlaw.trust.behaviour.importance import Importance, importance
from symlaw.trust.behaviour.ranges import Break, Region, breaks, region, widened
from symlaw.trust.laws.recognise import Match, recognised

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from symlaw.knowledge.units.analysis import Units
    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

_WIDTH = 80


@dataclass(frozen=True)
class Behaviour:
    """What can be said of a formula beside how well it fits.

    Parameters
    ----------
    expression
        The formula.
    data, wider
        Its values over the data's box and over one of twice its sides.
    breaks
        Poles, jumps and ends of the domain in or near the data.
    extrapolations
        What it does beyond the data, along each variable.
    importances
        How much each variable matters; nothing where only the box of the data is known.
    laws
        Named laws that it is.
    objection
        Why its units do not go together; None where they do or are not known.
    """

    expression: Expression
    data: Region
    wider: Region
    breaks: tuple[Break, ...]
    extrapolations: tuple[Extrapolation, ...]
    importances: tuple[Importance, ...]
    laws: tuple[Match, ...]
    objection: str | None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to be careful about, in sentences."""
        found = [one.words() for one in self.breaks]
        if self.data.share < 1.0:
            found.append(f"undefined at {1 - self.data.share:.1%} of the points tried in the data's box")
        return (*found, *((self.objection,) if self.objection else ()))

    def frame(self) -> pd.DataFrame:
        """One row per variable: what happens beyond the data, and how much it matters."""
        import pandas as pd

        matter = {one.variable: one for one in self.importances}
        rows = []
        for one in self.extrapolations:
            figures = matter.get(one.variable, Importance(one.variable, np.nan, np.nan, np.nan))
            rows.append({**vars(one), **vars(figures)})
        return pd.DataFrame(rows)

    def text(self) -> str:
        """All of it, at most 80 columns wide."""
        lines = [f"Formula: {self.expression.shown()}"]
        lines += [f"Law: {match.words()} ({match.law.source})" for match in self.laws]
        for name, found in (("the data's box", self.data), ("twice that box", self.wider)):
            lines.append(f"Over {name}: {_of_region(found)}")
        lines += [f"Warning: {sentence}" for sentence in self.warnings]
        for one in self.extrapolations:
            lines.append(
                f"Along {one.variable}: {one.below} as it falls, {one.above} as it rises;"
                f" {one.low:.4g} and {one.high:.4g} at the ends of the wider box"
            )
        for figures in self.importances:
            lines.append(
                f"{figures.variable} alone explains {figures.first:.0%} of the variance, with others"
                f" {figures.total:.0%}; a typical change of it moves the value by {figures.slope:.3g}"
            )
        return "\n".join(textwrap.fill(line, _WIDTH, subsequent_indent="  ") for line in lines)

    def __str__(self) -> str:
        return self.text()


def _of_region(found: Region) -> str:
    seen = f"values seen {found.low:.6g} to {found.high:.6g}"
    if not found.proven:
        return f"{seen}, defined at {found.share:.1%} of the points tried"
    if np.isnan(found.least + found.most):
        return f"defined everywhere (proven), {seen}"
    return f"defined everywhere and within {found.least:.6g} to {found.most:.6g} (proven), {seen}"


def behaviour_on(
    expression: Expression, domain: Domain, X: Array | None, names: Sequence[str], units: Units | None
) -> Behaviour:
    """The behaviour of a formula on a box, and on data (n_samples, n_features) where there are some."""
    wide = widened(domain)
    return Behaviour(
        expression,
        region(expression, domain),
        region(expression, wide),
        breaks(expression, domain),
        extrapolated(expression, domain, wide),
        () if X is None else importance(expression, X, names),
        recognised(expression, domain),
        None if units is None else units.objection(expression),
    )
