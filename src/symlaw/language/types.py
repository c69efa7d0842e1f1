"""The types a value inside a formula can have."""

from __future__ import annotations

from enum import Enum


class Type(Enum):
    """Type of an operator's argument or result."""

    REAL = "real"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    PAIR = "pair"
    TRIPLE = "triple"
    QUADRUPLE = "quadruple"
    QUINTUPLE = "quintuple"
    SEXTUPLE = "sextuple"


# Types of several formulas as one, by how many they are, from two on.
TUPLES = (Type.PAIR, Type.TRIPLE, Type.QUADRUPLE, Type.QUINTUPLE, Type.SEXTUPLE)
