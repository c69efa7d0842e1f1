"""Graphs of egglog at work: rules and formulas go in as text, the cheapest formulas come out as plain values.

As nothing else goes in or out, the work may be done in any thread or process
(`symlaw.language.simplifying.owners`).
"""

from __future__ import annotations

import importlib
import json
import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.errors import MissingDependency

if TYPE_CHECKING:
    from collections.abc import Iterable

    # A formula in postfix order: the name of each term, and its value where it is a leaf.
    Form = list[tuple[str, Any]]

# Rounds of rules at most, and the number of terms for each formula that none may be expected to exceed.
_ROUNDS, _TERMS = 8, 700
# Graphs with the rules in them that are kept, as making one takes longer than using it.
_KEPT = 32


class Request(NamedTuple):
    """Formulas to be written, in egglog's language.

    Parameters
    ----------
    program
        Declarations and rules.
    start
        What is in the graph before the rules are used.
    roots
        Terms of the formulas.
    """

    program: str
    start: str
    roots: tuple[str, ...]


class Graphs:
    """Graphs with the rules of some programs in them, which only the thread that made them may use."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def cheapest(self, request: Request) -> list[Form]:
        """The cheapest forms that were found, one for each root.

        Raises
        ------
        MissingDependency
            When egglog is not installed.
        """
        # a graph that fails on the way may hold anything: it is put back only after it has done its work
        graph = self._kept.pop(request.program, None) or _made(request.program)
        found = _saturated(graph, request)
        self._kept[request.program] = graph
        if len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        return found


def bindings() -> Any:
    """The module of egglog that has the graphs.

    Raises
    ------
    MissingDependency
        When it is not installed.
    """
    try:
        return importlib.import_module("egglog.bindings")
    except ImportError:
        raise MissingDependency(
            "formulas are simplified by egglog, which is not installed: pip install 'symlaw[simplify]'"
        ) from None


def serve() -> None:
    """Answer requests, one a line, until there are no more."""
    graphs = Graphs()
    for line in sys.stdin:
        print(json.dumps(graphs.cheapest(Request(*json.loads(line)))), flush=True)


def _made(program: str) -> Any:
    graph = bindings().EGraph()
    _run(graph, program)
    return graph


def _saturated(graph: Any, request: Request) -> list[Form]:
    _run(graph, f"(push)(rule () ({request.start}) :ruleset start)(run start 1)")
    before = math.inf
    for _ in range(_ROUNDS):
        report = _run(graph, "(run 1)(print-size)")
        terms = sum(size for _, size in report[-1].sizes)
        # as many times more again would be too many
        if not report[0].report.updated or terms * terms > _TERMS * len(request.roots) * before:
            break
        before = terms
    listed = "".join(f"(With {root} " for root in request.roots)
    best = _run(graph, f"(extract {listed}(None){')' * len(request.roots)})")[0]
    _run(graph, "(pop)")
    return [list(_postfix(best.termdag, place)) for place in _elements(best.termdag, best.term)]


def _run(graph: Any, program: str) -> list[Any]:
    return list(graph.run_program(*graph.parse_program(program)))


def _elements(terms: Any, place: int) -> Iterable[int]:
    """Places of the formulas of a list."""
    term = terms.get(place)
    while term.args:
        first, rest = term.args
        yield first
        term = terms.get(rest)


def _postfix(terms: Any, place: int) -> Iterable[tuple[str, Any]]:
    term = terms.get(place)
    if term.name in ("Num", "Var"):
        yield term.name, terms.get(term.args[0]).value.value
    else:
        for argument in term.args:
            yield from _postfix(terms, argument)
        yield term.name, None
