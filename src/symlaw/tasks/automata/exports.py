"""Rules of cells for their consumers."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from symlaw.errors import CannotExport
from symlaw.search.automata.rules import MODES, UNKNOWN
from symlaw.tasks.forms import Form, exported, words_of

if TYPE_CHECKING:
    from symlaw.search.automata.rules import Rule
    from symlaw.tasks.automata.graph_result import GraphAutomaton
    from symlaw.tasks.automata.result import Automaton

_PYTHON = '''import numpy as np

STATES = {states!r}
OFFSETS = {offsets!r}
TABLE = {{
{rows}
}}


def step(grid):
    """The grid one step later; None where the rule was never seen to act."""
    grid = np.asarray(grid)
    cells = np.array([STATES.index(one) for one in grid.reshape(-1).tolist()]).reshape(grid.shape)
    wide = np.pad(cells, {width}, {mode})
    shifted = [
        wide[tuple(slice({width} + d, {width} + d + n) for d, n in zip(offset, grid.shape))].reshape(-1)
        for offset in OFFSETS
    ]
    after = [TABLE.get({key}) for around in zip(*(one.tolist() for one in shifted))]
    states = [None if one is None else STATES[one] for one in after]
    return np.array(states).reshape(grid.shape)
'''
_KEYS = {
    "table": "around", "sum": "(sum(around),)",
    "counts": "(around[0], sum(one == {counted} for one in around[1:]))",
}  # fmt: skip


def forms() -> dict[str, str]:
    """What forms rules of cells are exported to, and what each is."""
    return words_of(FORMS)


def _python(found: Automaton) -> str:
    if found.boundary is None:
        raise CannotExport(
            "the rule was found from single neighbourhoods, and nothing is known of borders: see its table"
        )
    rule = found.rule
    mode = ", ".join(f"{name}={value!r}" for name, value in MODES[found.boundary].items())
    rows = [f"    {key!r}: {after!r}," for key, after in sorted(_whole_table(rule).items())]
    return _PYTHON.format(
        states=list(found.states), offsets=list(rule.offsets), rows="\n".join(rows), mode=mode,
        width=max(max(map(abs, offset)) for offset in rule.offsets),
        key=_KEYS[rule.kind].format(counted=rule.counted),
    )  # fmt: skip


def _whole_table(rule: Rule) -> dict[tuple[int, ...], int]:
    """The table with the sums and counts that were never seen."""
    n, most = len(rule.offsets), rule.n_states - 1
    if rule.kind == "table":
        return rule.table
    ways = [range(n * most + 1)] if rule.kind == "sum" else [range(rule.n_states), range(n)]
    said = {key: rule.next_of_key(key) for key in product(*ways)}
    return {key: after for key, after in said.items() if after != UNKNOWN}


_GRAPH = '''STATES = {states!r}
TABLE = {{
{rows}
}}


def step(states, neighbours):
    """States one step later; neighbours are a list for each node. None where that is not known."""
    after = []
    for own, around in zip(states, neighbours):
        counts = [sum(states[node] == state for node in around) for state in STATES]
        after.append(TABLE.get({key}))
    return after


def most(counts):
    """The most frequent state, or a tie."""
    best = max(counts)
    return STATES[counts.index(best)] if counts.count(best) == 1 else "a tie"
'''
_ANSWERS = {
    "nothing": "0", "count": "counts[{counted}]", "at_least": "counts[{counted}] >= {needed[0]}",
    "share": "{needed[1]} * counts[{counted}] >= {needed[0]} * len(around)",
    "above_share": "{needed[1]} * counts[{counted}] > {needed[0]} * len(around)", "most": "most(counts)",
    "most_with_itself": "most([one + (state == own) for one, state in zip(counts, STATES)])",
}  # fmt: skip


def _graph_python(found: GraphAutomaton) -> str:
    rule = found.rule
    answer = _ANSWERS[rule.asked.look].format(counted=rule.asked.counted, needed=rule.asked.needed)
    named = (*found.states, "a tie") if rule.asked.look.startswith("most") else None
    rows = []
    for key, after in sorted(rule.table.items()):
        said = key[-1] if named is None else named[key[-1]]
        shown = (found.states[key[0]], said) if rule.has_own else said
        rows.append(f"    {shown!r}: {found.states[after]!r},")
    asked = f"(own, {answer})" if rule.has_own else answer
    return _GRAPH.format(states=list(found.states), rows="\n".join(rows), key=asked)


def _table(found: Automaton | GraphAutomaton) -> str:
    return str(found.table.to_csv(index=False))


FORMS = {
    "python": Form("a function of a grid, with NumPy", _python),
    "csv": Form("the table of the rule", _table),
    "text": Form("the rule in words", lambda found: str(found) + "\n"),
}
GRAPH_FORMS = {**FORMS, "python": Form("a function of states and neighbours", _graph_python)}


def export(found: Automaton, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, FORMS)


def export_of_graph(found: GraphAutomaton, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, GRAPH_FORMS)
