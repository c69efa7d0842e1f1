"""A scale that is an allowed number times named constants, where numbers have to be of a kind."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from symlaw.knowledge.named_constants import small_products
from symlaw.language.expression import Expression, Variable
from symlaw.search.constants.admissible import Moments, allowed_lines
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from symlaw.knowledge.constants import ConstantKind
    from symlaw.language.grammar import Language

# Sum of the sizes of exponents at most.
_LARGEST = 2


def with_named_factor(
    inner: Expression, moments: Moments, kind: ConstantKind, language: Language
) -> Expression | None:
    """The formula times the product of named constants that best leaves an allowed line; None without any.

    Parameters
    ----------
    inner
        A formula without its line.
    moments
        Of its values and the target.
    kind
        What scale and offset may be.
    language
        With named constants.
    """
    names, values = list(language.named), list(language.named.values())
    best, chosen = math.inf, None
    for places, exponents in small_products(len(names)):
        if sum(map(abs, exponents)) > _LARGEST:
            continue
        size = math.prod(values[k] ** e for k, e in zip(places, exponents, strict=True))
        lines = allowed_lines(kind, _times(moments, size)) if 0 < abs(size) < math.inf else []
        excess = min((_times(moments, size).excess(*line) for line in lines), default=math.inf)
        if excess < best:
            best, chosen = excess, tuple(zip(places, exponents, strict=True))
    if chosen is None:
        return None
    factors = tuple(((Variable(names[k]),), Fraction(e)) for k, e in chosen)
    nodes = Writer(language).product(((inner.nodes, Fraction(1)), *factors))
    return None if nodes is None else Expression(nodes)


def _times(moments: Moments, size: float) -> Moments:
    """The moments of a formula times a number."""
    return Moments(moments.scale / size, moments.centre * size, moments.spread * abs(size), moments.mean)
