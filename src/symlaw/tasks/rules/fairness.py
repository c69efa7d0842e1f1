"""Fairness that can be read: between groups of rows, by how much the rates of a rule may differ.

The rate is the share of a group's rows in which the rule holds (demographic parity). Of the rows of the
rule's class it is the true-positive rate (equal opportunity), of the others the false-positive rate; both
together are equalised odds (Hardt, Price and Srebro 2016).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.errors import ColumnNotFound, InvalidSetting
from symlaw.search.rules.preparing import FEWEST_OF_GROUP, RATES, Bound, large_groups

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Truths = NDArray[np.bool_]

# Labels beyond which a column makes no groups.
_MOST_GROUPS = 50
_SUCH_AS = "{'sex': 0.05}, or {'sex': {'true_positive_rate': 0.05}}"


def bounds_of(fair: Any, columns: Columns) -> tuple[Bound, ...]:
    """Columns, and by how much which rates may differ between their labels.

    Raises
    ------
    ColumnNotFound
        When one is no column.
    InvalidSetting
        When a difference is no share, a rate is unknown, or a column has too many labels.
    """
    if fair is not None and not isinstance(fair, Mapping):
        raise InvalidSetting(f"fair is {fair!r}: give such as {_SUCH_AS}")
    found = []
    for name, given in (fair or {}).items():
        if name not in columns:
            raise ColumnNotFound(
                f"fair names {name!r}, which is no column: the columns are {', '.join(columns)}"
            )
        count = len({str(cell) for cell in columns[name]})
        if count > _MOST_GROUPS:
            raise InvalidSetting(f"fair names {name!r}, which has {count} labels: name a column of groups")
        found += _of_column(name, given)
    if fair and len(set(fair)) == len(columns):
        raise InvalidSetting("fair names every column: leave one for the rules")
    return tuple(found)


def _of_column(name: str, given: Any) -> list[Bound]:
    rates = given if isinstance(given, Mapping) else {"rate": given}
    found = []
    for rate, most in rates.items():
        if rate not in RATES:
            raise InvalidSetting(f"fair has {rate!r} for {name!r}: give one of {', '.join(RATES)}")
        if not isinstance(most, (int, float)) or isinstance(most, bool) or not 0.0 <= most <= 1.0:
            raise InvalidSetting(f"fair has {most!r} for {name!r}: give a share between 0 and 1")
        found.append(Bound(name, rate, float(most)))
    if not found:
        raise InvalidSetting(f"fair has no rate for {name!r}: give such as {_SUCH_AS}")
    return found


class Reached(NamedTuple):
    """What a rule reached of what was asked.

    Attributes
    ----------
    bound
        What was asked.
    shares
        The rate of each group and its rows; groups of few rows are left out.
    apart
        The largest difference, nan where there are not two such groups.
    left_out
        The same on rows left out; nan where none were.
    """

    bound: Bound
    shares: tuple[tuple[str, float, int], ...]
    apart: float
    left_out: float

    def line(self, positive: Any) -> str:
        """Each group's rate, a line."""
        of = {"rate": "", "true_positive_rate": f"the {positive} rows of "}
        own = of.get(self.bound.rate, f"the other rows than {positive} of ")
        shares = [f"{100.0 * share:.1f}% of {own}{label} ({n} rows)" for label, share, n in self.shares]
        return f"by {self.bound.column} it holds in {', '.join(shares)}"

    def sentence(self) -> str:
        """How far apart the groups are, as a clause of the status."""
        words = {"rate": "rates", "true_positive_rate": "true-positive rates"}
        what = f"by {self.bound.column} its {words.get(self.bound.rate, 'false-positive rates')}"
        if np.isnan(self.apart):
            return f"{what} are not compared: fewer than two groups have {FEWEST_OF_GROUP} rows"
        left = "" if np.isnan(self.left_out) else f", on rows left out by {100.0 * self.left_out:.1f}%"
        return f"{what} differ by {100.0 * self.apart:.1f}% ({100.0 * self.bound.most:g}% allowed){left}"


def reached(
    bounds: Iterable[Bound], columns: Columns, target: Truths, holds: Truths, left_out: Truths | None
) -> list[Reached]:
    """What a rule reached.

    Parameters
    ----------
    bounds
        What was asked.
    columns
        The rows.
    target
        Which are of the rule's class, (n_rows,).
    holds
        In which it holds, (n_rows,).
    left_out
        In which rules hold that were found without the row, (n_rows,); None where there are none.
    """
    found = []
    for bound in bounds:
        large = large_groups(columns[bound.column], bound.rows(target))
        shares = tuple((label, float(holds[rows].mean()), int(rows.sum())) for label, rows in large.items())
        outside = [left_out[rows].mean() for rows in large.values()] if left_out is not None else []
        found.append(Reached(bound, shares, _apart([one for _, one, _ in shares]), _apart(outside)))
    return found


def _apart(shares: list[float]) -> float:
    return float(np.ptp(shares)) if len(shares) > 1 else float("nan")
