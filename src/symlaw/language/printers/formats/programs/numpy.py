"""NumPy: a function of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.printers.dialect import Dialect, cells
from symlaw.language.printers.notation import numpy_source
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression

NUMPY = Dialect("NumPy", cells("numpy"), number=repr, choice="", rest="")


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A Python function ``formula`` of arrays."""
    NUMPY.prepared(expression)
    return numpy_source(expression, columns)


TARGETS = (Target("numpy", "Python function of NumPy arrays", write, NUMPY, options=("columns",)),)
