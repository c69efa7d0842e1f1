"""Plain English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.rules.formula import Formula, Gate, Odd
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, date_text, shown_number

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS: tuple[str, ...] = ()


def write(decision: Decision) -> str:
    """A sentence for each label.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> write(Decision((Clause(Above("age", 71.0), "yes"),), "no"))
    'It is yes if age is above 71. Otherwise it is no.'
    """
    sentences = [
        f"{'It' if not place else 'Otherwise it'} is {clause.label} if {_said(clause.formula)}."
        for place, clause in enumerate(decision.clauses)
    ]
    last = "Otherwise it is" if sentences else "It is always"
    return " ".join([*sentences, f"{last} {decision.otherwise}."])


def _said(formula: Formula, inner: bool = False) -> str:
    if not isinstance(formula, (Gate, Odd)):
        return _literal(formula)
    if isinstance(formula, Gate) and formula.is_constant:
        return "always" if formula.least <= 0 else "never"
    parts = [_said(part, True) for part in formula.parts]
    if isinstance(formula, Odd):
        return f"an odd number of these holds: {'; '.join(parts)}"
    if formula.is_any or formula.is_all:
        text = (" or " if formula.is_any else " and ").join(parts)
        if len(parts) == 2:
            return f"{'either' if formula.is_any else 'both'} {text}" if inner else text
        return f"{'any' if formula.is_any else 'all'} of these holds: {'; '.join(parts)}"
    return f"at least {formula.least} of these {len(parts)} hold: {'; '.join(parts)}"


def _literal(literal: Literal) -> str:
    name = literal.columns[0]
    match literal:
        case Above():
            cut = date_text(literal.cut) if literal.is_date else shown_number(literal.cut)
            over, under = ("after", "not after") if literal.is_date else ("above", "at most")
            return f"{name} is {over if literal.above else under} {cut}"
        case Equal():
            return f"{name} is {'' if literal.equal else 'not '}{shown_number(literal.value)}"
        case Holds():
            return f"{name} is {'true' if literal.truth else 'false'}"
        case Among():
            labels = " or ".join(literal.labels)
            return f"{name} is {'' if literal.inside else 'not '}{labels}"
        case Missing():
            return f"{name} is {'missing' if literal.missing else 'known'}"
        case _:
            apart = "not equal to" if literal.equal else "at most"
            said = ("equal to" if literal.equal else "above") if literal.holds else apart
            return f"{name} is {said} {literal.other}"
