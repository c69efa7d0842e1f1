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
    """The formula of the log-odds, where a formula is such a link; any other formula as it is.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(unlinked(parse(text))) for text in ("1 / (exp(2 - x) + 1)", "logistic(3 * x)", "1 / x")]
    ['x - 2.0', '3.0 * x', '1.0 / x']
    """
    if probability.nodes[-1] == operator("logistic"):
        return probability.arguments()[0]
    if probability.nodes[-1] != operator("/"):
        return probability
    above, below = probability.arguments()
    if not _is_one(above) or below.nodes[-1] != operator("+"):
        return probability
    terms = below.arguments()
    odds_against = next((one for one, other in zip(terms, terms[::-1], strict=True) if _is_one(other)), None)
    if odds_against is None or odds_against.nodes[-1] != operator("exp"):
        return probability
    return _negative(odds_against.arguments()[0])


def _is_one(formula: Expression) -> bool:
    node = formula.nodes[-1]
    return isinstance(node, Constant) and node.value == 1.0


def _negative(formula: Expression) -> Expression:
    """A formula with its sign turned."""
    root = formula.nodes[-1]
    if root == operator("neg"):
        return formula.arguments()[0]
    if root == operator("-"):
        first, second = formula.arguments()
        return Expression((*second.nodes, *first.nodes, root))
    return Expression((*formula.nodes, operator("neg")))
