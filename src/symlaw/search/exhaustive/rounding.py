"""Values of formulas whose parts are rounded otherwise: what is made of rounding changes then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Variable, reduced

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression, Leaf
    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

# How often, and by how many units in the last place at most.
_TIMES, _UNITS = 2, 3


def rounded_otherwise(formula: Expression, columns: Mapping[str, Array]) -> Iterator[Array]:
    """Values of a formula when each part's value is a few units in the last place nearer to 0.

    Nought stays, and so does what ends at -1 and 1: arguments of logarithms, roots and inverse sines.

    Parameters
    ----------
    formula
        A formula without constants.
    columns
        Its columns, which are exact, (n_rows,) each.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> x = {"x": np.array([1.0, 40.0])}
    >>> [np.round(next(rounded_otherwise(parse(text), x)), 6) for text in ("sin(x)", "x / x")]
    [array([0.841471, 0.745113]), array([1., 1.])]
    """
    for time in range(_TIMES):
        rng = np.random.Generator(np.random.Philox(20261202 + time))

        def moved(row: Operator, arguments: Sequence[Array], rng: np.random.Generator = rng) -> Array:
            values = np.asarray(row.numpy_function(*arguments), float)
            units = rng.integers(0, _UNITS, len(values), endpoint=True)
            return values * (1.0 - units * np.finfo(float).epsneg)

        def leaf(node: Leaf) -> Array:
            if isinstance(node, Variable):
                return columns[node.name]
            raise ValueError("formulas with constants are not among those that are enumerated")

        yield reduced(formula.nodes, leaf, moved)
