"""Equality saturation with egglog: all ways to write a formula that the rules reach, and the cheapest.

The rules become a program of egglog (Zhang et al. 2023, "Better together: unifying datalog and equality
saturation"): formulas are terms, conditions are relations over classes of equal terms, and numbers fold.
"""

from __future__ import annotations

import importlib
import math
import threading
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.errors import MissingDependency
from symlaw.language.expression import Constant, Expression, Leaf, Node, Variable, node_cost, reduced
from symlaw.language.operators import Operator, operator
from symlaw.language.parser import parse
from symlaw.language.simplifying.rules import (
    RELATIONS,
    USUAL,
    Fact,
    Rule,
    facts,
    operators_of,
    usable,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

# Rounds of rules at most, and the number of terms for each formula that none may be expected to exceed.
_ROUNDS, _TERMS = 10, 700
# Formulas side by side in one graph, at most.
TOGETHER = 20
# Graphs with the rules in them that are kept, as making one takes longer than using it.
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
_NUMBERS = """
(rule ((= e (Num x))) ((set (value e) x) (defined e)))
(rule ((= x (value e))) ((union e (Num x))))
(rule ((= x (value e)) (> x 0.0)) ((positive e)))
(rule ((= x (value e)) (>= x 0.0)) ((not_negative e)))
(rule ((= x (value e)) (!= x 0.0)) ((not_zero e)))
(rule ((positive e)) ((not_negative e) (not_zero e)))
(rule ((= e (Var x))) ((defined e)))
(rule ((= e {divide}) (= x (value a)) (= y (value b)) (!= y 0.0)) ((set (value e) (/ x y))))
(rule ((= e {invert}) (= y (value a)) (!= y 0.0)) ((set (value e) (/ 1.0 y))))
(rule ((= e {root}) (= x (value a)) (> x 0.0)) ((set (value e) (^ x 0.5))))
(rule ((= e {growth}) (= x (value a)) (< x 700.0)) ((set (value e) (^ {euler} x))))
"""


def is_installed() -> bool:
    """Whether the package that holds the graphs is there."""
    return find_spec("egglog") is not None


def _egglog() -> Any:
    try:
        return importlib.import_module("egglog.bindings")
    except ImportError:
        raise MissingDependency(
            "formulas are simplified by egglog, which is not installed: pip install 'symlaw[simplify]'"
        ) from None


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
    """A graph with the rules in it, for formulas of some operators and one kind of costs.

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
        egglog = _egglog()
        own = dict.fromkeys(operators)
        answers = dict.fromkeys(allowed)
        named = {row.name for row in own if not row.is_users}
        ways, reached = usable(named, {row.name for row in answers if not row.is_users})
        rows = dict.fromkeys([*(operator(name) for name in sorted(reached)), *own])
        self._names = {row: f"f{place}" for place, row in enumerate(rows)}
        self._rows = {name: row for row, name in self._names.items()}
        self._graph = egglog.EGraph()
        by_name = {row.name: row for row in rows if row.name in reached and not row.is_users}
        self._run(_declared(self._names, answers, costs) + _program(ways, by_name, self._names))

    def cheapest(self, cases: Sequence[Case]) -> list[Expression]:
        """The cheapest ways found to write some formulas, which share a box."""
        told = {one.formula.nodes: one for case in cases for one in case.known}
        start = _beginning(cases, told.values(), self._names)
        self._run(f"(push)(rule () ({start}) :ruleset start)(run start 1)")
        before = math.inf
        for _ in range(_ROUNDS):
            report = self._run("(run 1)(print-size)")
            terms = sum(size for _, size in report[-1].sizes)
            # as many times more again would be too many
            if not report[0].report.updated or terms * terms > _TERMS * len(cases) * before:
                break
            before = terms
        roots = "".join(f"(With {_term(case.equal[0], self._names)} " for case in cases)
        best = self._run(f"(extract {roots}(None){')' * len(cases)})")[0]
        self._run("(pop)")
        leaves = {n.name: n for case in cases for n in case.equal[0].nodes if isinstance(n, Variable)}
        return [
            Expression(tuple(_nodes(best.termdag, place, self._rows, leaves)))
            for place in _elements(best.termdag, best.term)
        ]

    def _run(self, program: str) -> list[Any]:
        return list(self._graph.run_program(*self._graph.parse_program(program)))


def saturator(
    operators: Iterable[Operator], allowed: Iterable[Operator], costs: Mapping[str, float]
) -> Saturator:
    """A graph with the rules in it, which each thread keeps for the next formula of the same operators."""
    # as few graphs as possible, since making one takes longer than using it
    own = {*USUAL, *(row.name for row in operators if not row.is_users and not row.table)}
    users = {row for row in operators if row.is_users or row.table}
    rows = [*map(operator, sorted(own)), *sorted(users, key=_by_name)]
    answers = sorted(set(allowed), key=_by_name)
    return _kept(tuple(rows), tuple(answers), tuple(sorted(costs.items())), threading.get_ident())


def _by_name(row: Operator) -> tuple[str, int]:
    return row.name, id(row)


@lru_cache(maxsize=_KEPT)
def _kept(
    operators: tuple[Operator, ...],
    allowed: tuple[Operator, ...],
    costs: tuple[tuple[str, float], ...],
    _thread: int,
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
        second = "(= y (value b))" if operator(name).arity == 2 else ""
        pattern = term(_pattern(operator(name)))
        lines.append(f"(rule ((= e {pattern}) (= x (value a)) {second}) ((set (value e) {fold})))")
    of_numbers = {"divide": "a / b", "invert": "inv(a)", "root": "sqrt(a)", "growth": "exp(a)"}
    patterns = {name: term(text) for name, text in of_numbers.items()}
    lines.append(_NUMBERS.format(euler=repr(math.e), **patterns))
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


def _elements(terms: Any, place: int) -> Iterable[int]:
    """Places of the formulas of a list."""
    term = terms.get(place)
    while term.args:
        first, rest = term.args
        yield first
        term = terms.get(rest)


def _nodes(
    terms: Any, place: int, operators: Mapping[str, Operator], leaves: Mapping[str, Variable]
) -> Iterable[Node]:
    term = terms.get(place)
    if term.name in operators:
        for argument in term.args:
            yield from _nodes(terms, argument, operators, leaves)
        yield operators[term.name]
    else:
        value = terms.get(term.args[0]).value.value
        yield leaves[value] if term.name == "Var" else Constant(value)
