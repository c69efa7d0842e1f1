"""What a bank decides of all rules up to a size: that none of them does as well, or which does."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from symlaw.search.rules.bank.enumerating import bank_of
from symlaw.search.rules.bank.meeting import Met, Work, asked_of, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.search.rules.bank.enumerating import Bank
    from symlaw.search.rules.bank.meeting import Asked
    from symlaw.search.rules.growth import Ground

_TINY = 1e-9
# The largest size that a bank is made for: small tables have few behaviours, which would end no sooner.
_DEEPEST = 12


class Effort(NamedTuple):
    """How many words may be made for a bank, and compared where its entries meet."""

    made: float = 2e6
    compared: float = 3e8


QUICK, THOROUGH = Effort(), Effort(2e7, 1e10)


class Table(NamedTuple):
    """A table's bank, what it says of the rows, and how much may be compared for one question."""

    ground: Ground
    bank: Bank
    asked: Asked
    compared: float
    is_late: Callable[[], bool]

    def work(self) -> Work:
        """What may be compared for a question."""
        return Work(self.compared, self.is_late)


class Decided(NamedTuple):
    """What is known of all rules up to a size.

    Attributes
    ----------
    size
        Every rule of up to this size was looked at.
    rules
        Those that do as well as was asked.
    """

    size: int
    rules: tuple[Met, ...] = ()


def table_of(
    ground: Ground, most: int, effort: Effort = QUICK, is_late: Callable[[], bool] = lambda: False
) -> Table:
    """The bank of a ground, for rules of up to a size to meet in."""
    bank, _ = bank_of(ground, min(most, _DEEPEST), effort.made)
    return Table(ground, bank, asked_of(bank, ground.planes), effort.compared, is_late)


def shorter(table: Table, most: int, gain: float) -> Decided:
    """The smallest rule of up to a size that gains so much, or how far there is none."""
    bar, work = gain - _TINY * max(1.0, table.ground.whole), table.work()
    for size in range(1, most + 1):
        found = rules_of(table.bank, table.asked, (size, bar, 1), work)
        if found is None:
            return Decided(size - 1)
        if found:
            return Decided(size - 1, tuple(found))
    return Decided(most)


def bettered(table: Table, most: int, gain_of: Callable[[int], float]) -> Decided:
    """Rules of up to a size that gain more than the best that is known of their size and of smaller ones.

    Parameters
    ----------
    table
        What rules are made of, and what may be compared.
    most
        The largest size.
    gain_of
        The most that a known rule of up to a size gains, by the size.
    """
    rules: list[Met] = []
    tiny, work = _TINY * max(1.0, table.ground.whole), table.work()
    for size in range(1, most + 1):
        known = max([gain_of(size), *(one.gain for one in rules)])
        found = rules_of(table.bank, table.asked, (size, known + tiny, 1), work)
        if found is None:
            return Decided(size - 1, tuple(rules))
        rules += found
    return Decided(most, tuple(rules))
