"""A row of the table of programs' operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ProgramOperator:
    """What is known of one operator on text, numbers, moments, lists or truths.

    Attributes
    ----------
    function
        What it computes; None where there is no value. Its name is the operator's.
    arguments
        Types of the arguments; ``"text..."`` stands for one or more texts.
    result
        Type of the value.
    cost
        Bits that naming it takes in a program's description.
    role
        What the search tries it for: ``"case"``, ``"tidy"``, ``"ends"``, ``"reshape"``, ``"shorten"``; empty
        where it has a
        place of its own there.
    """

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    result: str
    cost: float
    role: str = ""

    @property
    def name(self) -> str:
        """As programs write it."""
        return self.function.__name__

    @property
    def takes_many(self) -> bool:
        """Whether the number of arguments is free."""
        return self.arguments[0].endswith("...")
