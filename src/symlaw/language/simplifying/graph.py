"""Equality saturation with egglog: all ways to write a formula that the rules reach, and the cheapest.

The rules become a program of egglog (Zhang et al. 2023, "Better together: unifying datalog and equality
saturation"): formulas are terms, conditions are relations over classes of equal terms, and numbers fold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.language.expression import Constant, Expression, Leaf, Node, Variable, node_cost, reduced
from symlaw.language.operators import SUMS, Operator, operator
from symlaw.language.parser import parse
from symlaw.language.simplifying import owners
from symlaw.language.simplifying.rules import (
    RELATIONS,
    USUAL,
    Fact,
    Rule,
    facts,
    operators_of,
    usable,
)
from symlaw.language.simplifying.saturating import Request

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

# Formulas side by side in one graph, at most.
TOGETHER = 20
# Programs of rules that are kept.
_KEPT = 32
# Costs are whole numbers there: this many to one of ours.
_UNIT = 1000
# What may not be in the answer costs so much.
_FORBIDDEN = 10**9

_HEAD = """
(sort Formula)
(sort Formulas)
(constructor None () Formulas)
(constructor With (Formula Formulas) Formulas)
(ruleset start)
(constructor Num (f64) Formula :cost {constant})
(constructor Var (String) Formula :cost {variable})
(function value (Formula) f64 :merge old)
"""
_FOLDS = {"+": "(+ x y)", "-": "(- x y)", "*": "(* x y)", "neg": "(* -1.0 x)", "square": "(* x x)"}
# Numbers fold only where little is lost: sums in another order differ by rounding, and the rest of a
# cancellation, set equal to 0 and divided by itself, would make all numbers equal.
_KEPT_DIGITS = {
    "+": "(> (abs (+ x y)) (* 1e-3 (max (abs x) (abs y))))",
    "-": "(> (abs (- x y)) (* 1e-3 (max (abs x) (abs y))))",
    "*": "(> (abs (* x y)) 1e-150) (< (abs (* x y)) 1e150)",
    "square": "(> (* x x) 1e-150) (< (* x x) 1e150)",
}
_NUMBERS = """
(rule ((= e (Num x))) ((set (value e) x) (defined e)))
(rule ((= x (value e))) ((union e (Num x))))
(rule ((= x (value e)) (> x 0.0)) ((positive e)))
(rule ((= x (value e)) (>= x 0.0)) ((not_negative e)))
(rule ((= x (value e)) (!= x 0.0)) ((not_zero e)))
(rule ((positive e)) ((not_negative e) (not_zero e)))
(rule ((= x (value e)) (!= x 1.0) (< (abs (- x 1.0)) 1e-14)) ((union e (Num 1.0))))
(rule ((= x (value e)) (!= x -1.0) (< (abs (+ x 1.0)) 1e-14)) ((union e (Num -1.0))))
(rule ((= e (Var x))) ((defined e)))
(rule ((= e {divide}) (= x (value a)) (= y (value b)) {whole}) ((set (value e) (/ x y))))
(rule ((= e {invert}) (= y (value a)) {whole}) ((set (value e) (/ 1.0 y))))
(rule ((= e {root}) (= x (value a)) (> x 0.0)) ((set (value e) (^ x 0.5))))
(rule ((= e {growth}) (= x (value a)) (< (abs x) 340.0)) ((set (value e) (^ {euler} x))))
"""


def is_installed() -> bool:
    """Whether the package that holds the graphs is there."""
    return find_spec("egglog") is not None


@dataclass(frozen=True)
class Known:
    """What is known of one sub-formula all over the box.

    Parameters
    ----------
    formula
        The sub-formula.
    relations
        Which of `symlaw.language.simplifying.rules.RELATIONS` hold.
    """

    formula: Expression
    relations: tuple[str, ...]


class Case(NamedTuple):
    """A formula to be written.

    Parameters
    ----------
    equal
        The formula in one or more forms that are equal all over the box.
    known
        What is known of its sub-formulas there.
    """

    equal: tuple[Expression, ...]
    known: tuple[Known, ...]


class Saturator:
    """The rules as a program of egglog, for formulas of some operators and one kind of costs.

    Parameters
    ----------
    operators
        Those that the formulas have.
    allowed
        Those that answers may have.
    costs
        Cost by operator name, ``"variable"`` and ``"constant"``; the operator table's where not given.
    """

    def __init__(
        self, operators: Iterable[Operator], allowed: Iterable[Operator], costs: Mapping[str, float]
    ) -> None:
        own = dict.fromkeys(operators)
        answers = dict.fromkeys(allowed)
        named = {row.name for row in own if not row.is_users}
        ways, reached = usable(named, {row.name for row in answers if not row.is_users})
        rows = dict.fromkeys([*(operator(name) for name in sorted(reached)), *own])
        self._names = {row: f"f{place}" for place, row in enumerate(rows)}
        self._rows = {name: row for row, name in self._names.items()}
        by_name = {row.name: row for row in rows if row.name in reached and not row.is_users}
        self._rules = _declared(self._names, answers, costs) + _program(ways, by_name, self._names)

    def cheapest(self, cases: Sequence[Case]) -> list[Expression]:
        """The cheapest ways found to write some formulas, which share a box.

        Raises
        ------
        MissingDependency
            When egglog is not installed.
        SimplifierFailed
            When egglog fails.
        """
        told = {one.formula.nodes: one for case in cases for one in case.known}
        start = _beginning(cases, told.values(), self._names)
        roots = tuple(_term(case.equal[0], self._names) for case in cases)
        leaves = {n.name: n for case in cases for n in case.equal[0].nodes if isinstance(n, Variable)}
        return [
            Expression(tuple(self._node(name, value, leaves) for name, value in form))
            for form in owners.cheapest(Request(self._rules, start, roots))
        ]

    def _node(self, name: str, value: Any, leaves: Mapping[str, Variable]) -> Node:
        if name in self._rows:
            return self._rows[name]
        return leaves[value] if name == "Var" else Constant(value)


def saturator(
    operators: Iterable[Operator], allowed: Iterable[Operator], costs: Mapping[str, float]
) -> Saturator:
    """The rules for formulas of some operators, kept for the next formulas of the same operators."""
    # as few graphs as possible, since making one takes longer than using it
    own = {*USUAL, *(row.name for row in operators if not row.is_users and not row.table)}
    users = {row for row in operators if row.is_users or row.table}
    rows = [*map(operator, sorted(own)), *sorted(users, key=_by_name)]
    answers = sorted(set(allowed), key=_by_name)
    return _kept(tuple(rows), tuple(answers), tuple(sorted(costs.items())))


def _by_name(row: Operator) -> tuple[str, int]:
    return row.name, id(row)


@lru_cache(maxsize=_KEPT)
def _kept(
    operators: tuple[Operator, ...],
    allowed: tuple[Operator, ...],
    costs: tuple[tuple[str, float], ...],
) -> Saturator:
    return Saturator(operators, allowed, dict(costs))


def _declared(names: Mapping[Operator, str], allowed: Container[Operator], costs: Mapping[str, float]) -> str:
    """Formulas as terms of which each costs what its node costs."""
    leaves = {name: round(_UNIT * costs.get(name, 1.0)) for name in ("constant", "variable")}
    lines = [_HEAD.format(**leaves)]
    for row, name in names.items():
        cost = round(_UNIT * node_cost(row, costs)) if row in allowed else _FORBIDDEN
        lines.append(f"(constructor {name} ({' '.join(['Formula'] * row.arity)}) Formula :cost {cost})")
    return "\n".join(lines)


def _program(ways: Sequence[Rule], by_name: Mapping[str, Operator], names: Mapping[Operator, str]) -> str:
    """Rules and what follows from what, for operators of these names."""
    lines = [f"(relation {relation} (Formula))" for relation in RELATIONS]

    def term(text: str) -> str:
        return _term(parse(text), names, pattern=True)

    def when(conditions: Sequence[Fact]) -> str:
        return " ".join(f"({relation} {term(formula)})" for relation, formula in conditions)

    for left, right, conditions, _ in ways:
        lines.append(f"(rewrite {term(left)} {term(right)} :when ({when(conditions)}))")
    for (relation, formula), conditions in facts():
        if operators_of(formula) <= by_name.keys():
            lines.append(f"(rule ((= e {term(formula)}) {when(conditions)}) (({relation} e)))")
    for name, fold in _FOLDS.items():
        when_folded = "(= y (value b)) " * (operator(name).arity == 2) + _KEPT_DIGITS.get(name, "")
        pattern = term(_pattern(operator(name)))
        lines.append(f"(rule ((= e {pattern}) (= x (value a)) {when_folded}) ((set (value e) {fold})))")
    for name in SUMS:
        pattern, fold = term(_pattern(operator(name))), _FOLDS[name]
        lines.append(
            f"(rule ((= e {pattern}) (= x (value a)) (= y (value b)) (= 0.0 {fold})) ((set (value e) 0.0)))"
        )
    # a number need not be known as anything else: 1 is pow(1, b) for every b, and their powers for all pairs
    for row, name in names.items():
        form = f"({name} {' '.join('abc'[: row.arity])})"
        lines.append(f"(rule ((= e {form}) (= e (Num x))) ((subsume {form})))")
    of_numbers = {"divide": "a / b", "invert": "inv(a)", "root": "sqrt(a)", "growth": "exp(a)"}
    patterns = {name: term(text) for name, text in of_numbers.items()}
    whole = "(> (abs y) 1e-150) (< (abs y) 1e150)"
    lines.append(_NUMBERS.format(euler=repr(math.e), whole=whole, **patterns))
    return "\n".join(lines)


def _pattern(row: Operator) -> str:
    return Expression((*(Variable(name) for name in "abc"[: row.arity]), row)).text()


def _term(expression: Expression, names: Mapping[Operator, str], *, pattern: bool = False) -> str:
    """A formula as a term; variables of a pattern stand for any formula."""

    def leaf(node: Leaf) -> str:
        if isinstance(node, Constant):
            return f"(Num {_number(node.value)})"
        return node.name if pattern else f"(Var {_quoted(node.name)})"

    def applied(row: Operator, arguments: Sequence[str]) -> str:
        if row.name == "neg" and pattern and arguments[0].startswith("(Num "):
            return f"(Num -{arguments[0][5:]}"
        return f"({names[row]} {' '.join(arguments)})"

    return reduced(expression.nodes, leaf, applied)


def _number(value: float) -> str:
    text = repr(value)
    return text if "." in text or "e" not in text else text.replace("e", ".0e")


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _beginning(cases: Iterable[Case], told: Iterable[Known], names: Mapping[Operator, str]) -> str:
    """What is in the graph before the rules, each sub-formula written once."""
    places: dict[str, str] = {}
    lines: list[str] = []

    def placed(term: str) -> str:
        if term not in places:
            places[term] = f"s{len(places)}"
            lines.append(f"(let {places[term]} {term})")
        return places[term]

    def written(expression: Expression) -> str:
        return reduced(
            expression.nodes,
            lambda leaf: placed(_term(Expression((leaf,)), names)),
            lambda row, arguments: placed(f"({names[row]} {' '.join(arguments)})"),
        )

    for case in cases:
        first, *others = case.equal
        root = written(first)
        lines += [f"(union {root} {written(one)})" for one in others]
    for one in told:
        part = written(one.formula)
        lines += [f"({relation} {part})" for relation in one.relations]
    return "".join(lines)
