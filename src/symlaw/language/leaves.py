"""The leaves of formulas: columns, named constants and numbers."""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """A column of the data by name, or a named constant, which knows its value."""

    name: str
    value: float | None = None


class Constant(NamedTuple):
    """A number in a formula; searches may fit it, and fits as well unless it is fixed."""

    value: float
    fixed: bool = False


Leaf = Variable | Constant
