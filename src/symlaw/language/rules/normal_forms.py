"""One formula printed in other ways: conjunctions side by side (two levels), and a list of decisions."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from symlaw.errors import CannotExport, InvalidSetting
from symlaw.language.rules.formula import ALWAYS, NEVER, Formula, Gate, Odd, text_of
from symlaw.language.rules.literals import Literal, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

# Ways of printing, and what each is.
WAYS = {
    "factored": "as it was found",
    "two-level": "conjunctions, one of which has to hold",
    "decision-list": "conjunctions in order, each with what it decides",
}
# Conjunctions beyond which nobody reads them.
_MOST = 500

Term = frozenset[Literal]


def printed(formula: Formula, way: str = "factored", *, gaps: bool = True) -> str:
    """A formula as text in one of `WAYS`.

    Parameters
    ----------
    formula
        The formula.
    way
        One of the ways.
    gaps
        Whether cells may be missing, in which neither a literal nor its opposite holds.

    Raises
    ------
    InvalidSetting
        When there is no such way.
    CannotExport
        When there would be too many conjunctions.

    Examples
    --------
    >>> from symlaw.language.rules.literals import Holds
    >>> rule = Gate(2, (Holds("a"), Gate(1, (Holds("b"), Holds("c", False)))))
    >>> print(printed(rule, "two-level"))
    a and b or a and not c
    >>> print(printed(rule, "decision-list"))
    if a and b: true
    else if a and not c: true
    else: false
    """
    if way not in WAYS:
        raise InvalidSetting(f"unknown way {way!r} of printing a rule: give one of {', '.join(WAYS)}")
    if way == "factored":
        return text_of(formula)
    whole = two_level(formula, gaps=gaps)
    if way == "two-level":
        return text_of(whole)
    if isinstance(whole, Gate) and whole.is_constant:
        return f"always: {str(whole.least <= 0).lower()}"
    terms = whole.parts if isinstance(whole, Gate) and whole.is_any else (whole,)
    lines = [f"{'else ' if place else ''}if {text_of(term)}: true" for place, term in enumerate(terms)]
    return "\n".join([*lines, "else: false"])


def two_level(formula: Formula, *, gaps: bool = True) -> Formula:
    """An equal formula that is conjunctions of literals, one of which has to hold.

    Raises
    ------
    CannotExport
        When there would be too many conjunctions.
    """
    terms = _terms(formula, gaps)
    if not terms:
        return NEVER
    if frozenset() in terms:
        return ALWAYS
    order = {literal: place for place, literal in enumerate(dict.fromkeys(_all_literals(formula, gaps)))}
    own = [sorted(term, key=order.__getitem__) for term in terms]
    parts = [_conjunction(term) for term in sorted(own, key=lambda term: [order[one] for one in term])]
    return parts[0] if len(parts) == 1 else Gate(1, tuple(parts))


def opposite(formula: Formula, *, gaps: bool = True) -> Formula:
    """The formula that holds in all rows in which another does not, those with gaps too.

    Examples
    --------
    >>> from symlaw.language.rules.literals import Above
    >>> text_of(opposite(Above("age", 71.0)))
    'age <= 71 or age is missing'
    """
    if isinstance(formula, Odd):
        return Odd((opposite(formula.parts[0], gaps=gaps), *formula.parts[1:]))
    if isinstance(formula, Gate):
        least = len(formula.parts) - formula.least + 1
        return Gate(least, tuple(opposite(part, gaps=gaps) for part in formula.parts))
    other = formula.negated()
    if not gaps or isinstance(formula, Missing):
        return other
    return Gate(1, (other, *(Missing(name) for name in formula.columns)))


def _conjunction(literals: list[Literal]) -> Formula:
    return literals[0] if len(literals) == 1 else Gate(len(literals), tuple(literals))


def _all_literals(formula: Formula, gaps: bool) -> Iterable[Literal]:
    """Literals of a formula and of its opposite, those of each part together."""
    if isinstance(formula, (Gate, Odd)):
        for part in formula.parts:
            yield from _all_literals(part, gaps)
        return
    yield formula
    yield formula.negated()
    if gaps:
        yield from (Missing(name) for name in formula.columns)
        yield from (Missing(name, False) for name in formula.columns)


def _terms(formula: Formula, gaps: bool) -> set[Term]:
    """Conjunctions of literals, none of which is longer than another that it contains."""
    if isinstance(formula, Odd):
        found = _terms(formula.parts[0], gaps)
        rest = formula.parts[1:]
        if not rest:
            return found
        others = rest[0] if len(rest) == 1 else Odd(rest)
        own, without = formula.parts[0], opposite(others, gaps=gaps)
        left = _products([found, _terms(without, gaps)])
        right = _products([_terms(opposite(own, gaps=gaps), gaps), _terms(others, gaps)])
        return _least(left | right)
    if isinstance(formula, Gate):
        if formula.is_constant:
            return {frozenset()} if formula.least <= 0 else set()
        parts = [_terms(part, gaps) for part in formula.parts]
        whole: set[Term] = set()
        for chosen in combinations(parts, formula.least):
            whole |= _products(list(chosen))
        return _least(whole)
    return {frozenset([formula])}


def _products(parts: list[set[Term]]) -> set[Term]:
    """Conjunctions of one of each of several sets, without those that never hold."""
    found: set[Term] = {frozenset()}
    for part in parts:
        found = _least({one | other for one in found for other in part if _can_hold(one | other)})
    return found


def _can_hold(term: Term) -> bool:
    return not any(
        literal.negated() in term
        or (not isinstance(literal, Missing) and any(Missing(name) in term for name in literal.columns))
        for literal in term
    )


def _least(terms: set[Term]) -> set[Term]:
    """The terms that contain no other one."""
    kept: list[Term] = []
    for term in sorted(terms, key=len):
        if not any(other <= term for other in kept):
            kept.append(term)
        if len(kept) > _MOST:
            raise CannotExport(
                f"the rule has more than {_MOST} conjunctions side by side: print it as it was found"
            )
    return set(kept)
