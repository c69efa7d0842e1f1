"""What is known of the sub-formulas of a formula all over a box, by enclosures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Node, Nodes, Variable
from symlaw.language.operators import Operator
from symlaw.language.operators.enclosures import enclosed
from symlaw.language.simplifying.graph import Known
from symlaw.language.simplifying.rules import FOLLOWING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from symlaw.language.operators.row import Ends

    Box = Mapping[str, tuple[float, float]]

# Parts of the box that are looked at one by one, about.
_PARTS = 216
# What each operator's own errors may move an end by, as a share of it: above any bound of ours and NumPy's.
_SLACK = 1e-14


class Survey:
    """What is known of formulas all over a box, each sub-formula looked at once.

    Parameters
    ----------
    box
        Ends by variable; a variable that is not named may be any number.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> for one in Survey({"x": (1.0, 2.0)}).known(parse("log(x) * y")):
    ...     print(one.formula, one.relations)
    x ('defined', 'positive')
    log(x) ('defined', 'not_negative')
    """

    def __init__(self, box: Box) -> None:
        self._box = box
        self._parts: dict[frozenset[str], dict[str, Ends]] = {}
        self._relations: dict[tuple[frozenset[str], Nodes], tuple[str, ...]] = {}
        self._ends: dict[tuple[frozenset[str], Nodes], Ends] = {}

    def known(self, expression: Expression) -> list[Known]:
        """What is known of each sub-formula."""
        found: dict[Nodes, Known] = {}
        for part, relations in self._told(expression):
            follows = isinstance(part[-1], Operator) and part[-1].name in FOLLOWING
            if relations and not follows and not isinstance(part[-1], Constant):
                found[part] = Known(Expression(part), relations)
        return list(found.values())

    def is_defined(self, expression: Expression) -> bool:
        """Whether a formula is defined and finite all over the box, for certain."""
        *_, (_, relations) = self._told(expression)
        return "defined" in relations

    def _told(self, expression: Expression) -> Iterator[tuple[Nodes, tuple[str, ...]]]:
        """Each sub-formula, in postfix order, and the relations that hold of it."""
        names = frozenset(expression.variables)
        stack: list[Ends] = []
        for place, node in enumerate(expression.nodes):
            part = expression.nodes[expression.starts[place] : place + 1]
            rest = len(stack) - (node.arity if isinstance(node, Operator) else 0)
            if (names, part) not in self._ends:
                ends = self._found(node, stack[rest:], names)
                self._ends[names, part], self._relations[names, part] = ends, _relations(*ends)
            stack[rest:] = [self._ends[names, part]]
            yield part, self._relations[names, part]

    def _found(self, node: Node, arguments: list[Ends], names: frozenset[str]) -> Ends:
        if isinstance(node, Operator):
            return _outward(node, arguments)
        if names not in self._parts:
            self._parts[names] = _parts(sorted(names), self._box)
        if isinstance(node, Variable) and node.value is None:
            return self._parts[names][node.name]
        assert node.value is not None
        n_parts = len(next(iter(self._parts[names].values()))[0]) if names else 1
        number = np.full(n_parts, node.value)
        return number, number


def _relations(low: np.ndarray, high: np.ndarray) -> tuple[str, ...]:
    least = low.min()  # nan where any is, and then nothing is told
    told = ["defined"] if np.isfinite(least) and np.isfinite(high.max()) else []
    if least > 0:
        return (*told, "positive")
    if ((low > 0) | (high < 0)).all():
        told.append("not_zero")
    return (*told, "not_negative") if least >= 0 else tuple(told)


def _parts(names: Sequence[str], box: Box) -> dict[str, Ends]:
    """Boxes that cover the box, as ends by variable; nan for those that may be anything."""
    bounded = [name for name in names if name in box]
    each = max(1, int(_PARTS ** (1 / max(1, len(bounded)))))
    numbers = np.indices((each,) * len(bounded)).reshape(len(bounded), each ** len(bounded))
    cuts = {name: np.linspace(*box[name], each + 1) for name in bounded}
    found = {name: (cuts[name][k], cuts[name][k + 1]) for name, k in zip(bounded, numbers, strict=True)}
    nothing = np.full(numbers.shape[1], np.nan)
    return {name: found.get(name, (nothing, nothing)) for name in names}


def _outward(row: Operator, arguments: list[Ends]) -> Ends:
    ends = enclosed(row, arguments)
    if ends is None:
        nothing = np.full(len(arguments[0][0]), np.nan)
        return nothing, nothing
    low, high = (np.asarray(end, dtype=float) for end in ends)
    with np.errstate(all="ignore"):
        if len(row.coefficients) < 2:
            low, high = low - _SLACK * np.abs(low), high + _SLACK * np.abs(high)
        elif not np.array_equal(low, high):
            # a difference of rounded numbers may have the wrong sign
            size = sum(np.maximum(np.abs(a), np.abs(b)) for a, b in arguments)
            low = np.where(low == 0, low, low - _SLACK * np.maximum(np.abs(low), size))
            high = np.where(high == 0, high, high + _SLACK * np.maximum(np.abs(high), size))
    known = np.isfinite(low) & np.isfinite(high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)
