"""Several formulas as one: a candidate that is a tuple has one vector of constants and one complexity.

Operators of no cost join formulas from left to right, each to a type of its own, so that what is well typed
is a tuple of the length that is asked for, and parts of one formula may go to another.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from symlaw.language.expression import Expression
from symlaw.language.operators import Operator, operator
from symlaw.language.operators.row import Precedence, Spelling
from symlaw.language.parser import parse
from symlaw.language.types import TUPLES, Type

if TYPE_CHECKING:
    from collections.abc import Sequence

# Formulas that a tuple may have.
MOST_FORMULAS = 1 + len(TUPLES)
# What the values of the parts are multiplied by in that of a tuple, which only tells tuples apart.
_SHARE = 0.6180339887498949


@cache
def joining_operators(count: int) -> tuple[Operator, ...]:
    """The operators that join so many formulas."""
    kinds = (Type.REAL, *TUPLES)
    return tuple(_joining(kinds[place], kinds[place + 1]) for place in range(count - 1))


def _joining(held: Type, kind: Type) -> Operator:
    name = f"join_{TUPLES.index(kind) + 2}"
    digest = hashlib.sha256(name.encode()).hexdigest()
    return replace(
        operator("+"),
        name=name,
        kernel=f"symlaw.joining.{name}",
        partials=("1", str(_SHARE)),
        body=parse(f"x + {_SHARE!r} * y"),
        inverses=(),
        monotonicity=(),
        text=Spelling("{0}; {1}", Precedence.OR),
        latex=Spelling(r"{0};\; {1}", Precedence.OR),
        argument_types=(held, Type.REAL),
        result_type=kind,
        commutative=False,
        cost=0.0,
        digest=digest,
    )


def joined_formulas(parts: Sequence[Expression]) -> Expression:
    """Formulas as one; a single one is itself."""
    nodes = parts[0].nodes
    for row, part in zip(joining_operators(len(parts)), parts[1:], strict=True):
        nodes = (*nodes, *part.nodes, row)
    return Expression(nodes)


def formulas_of(whole: Expression, count: int) -> tuple[Expression, ...]:
    """The formulas of a tuple of so many.

    Raises
    ------
    ValueError
        When it is none of that length.

    Examples
    --------
    >>> pair = joined_formulas([parse("x + 1"), parse("2 * x")])
    >>> [str(formula) for formula in formulas_of(pair, 2)]
    ['x + 1.0', '2.0 * x']
    """
    found: list[Expression] = []
    for row in reversed(joining_operators(count)):
        last_node = whole.nodes[-1]
        if not isinstance(last_node, Operator) or last_node.digest != row.digest:
            raise ValueError(f"{whole} is no tuple of {count} formulas")
        whole, last = whole.arguments()
        found.append(last)
    return (whole, *reversed(found))
