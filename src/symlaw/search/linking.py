"""Formulas of a probability from formulas of its log-odds, and back."""

from __future__ import annotations

import math

from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import operator


def linked(log_odds: Expression) -> Expression:
    """``1 / (1 + exp(-log_odds))``.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(linked(parse("2 * x")))
    1.0 / (1.0 + exp(-(2.0 * x)))
    """
    if isinstance(log_odds.nodes[-1], Constant):
        return Expression((Constant(0.5 + 0.5 * math.tanh(0.5 * log_odds.nodes[-1].value)),))
    one = Constant(1.0)
    inner = (*log_odds.nodes, operator("neg"), operator("exp"))
    return Expression((one, one, *inner, operator("+"), operator("/")))


def unlinked(probability: Expression) -> Expression:
    """The formula of the log-odds, where a formula is such a link; any other formula as it is."""
    nodes, one = probability.nodes, Constant(1.0)
    last = tuple(operator(name) for name in ("neg", "exp", "+", "/"))
    if len(nodes) > 6 and nodes[:2] == (one, one) and nodes[-4:] == last:
        return Expression(nodes[2:-4])
    return probability
