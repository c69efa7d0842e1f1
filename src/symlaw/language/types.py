"""The types a value inside a formula can have."""

from __future__ import annotations

from enum import Enum


class Type(Enum):
    """Type of an operator's argument or result."""

    REAL = "real"
    BOOLEAN = "boolean"
    INTEGER = "integer"
