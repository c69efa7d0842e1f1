"""Programs that write their output piece by piece: paths through the outputs, by the inverse of concat."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from symlaw.language.programs.program import Call, Literal, Program
from symlaw.search.programs.bank import Entry, Task, gaps
from symlaw.search.programs.description import PIECE, bits, written_bits

_MOST_WRITTEN = 80
_MOST_STATES = 1500
_MOST_EDGES = 200_000
# Bits above the cheapest program that rivals may cost.
RIVAL_BITS = 7.0
MOST_PROGRAMS = 24
_MOST_PATHS = 80


class Found(NamedTuple):
    """A program that gives some examples' outputs."""

    cost: float
    program: Program
    values: tuple[Any, ...]


class Pieces:
    """Entries that are parts of outputs, found by what they are in one example."""

    def __init__(
        self, task: Task, entries: Iterable[Entry], is_late: Callable[[], bool] = lambda: False
    ) -> None:
        self.task = task
        self.is_late = is_late
        self._masked: list[tuple[int, Entry]] = []
        for entry in entries:
            if is_late():
                break
            mask = useful(entry.values, task.outputs)
            if mask:
                self._masked.append((mask, entry))
        self._masked.sort(key=lambda one: one[1].cost)
        self._by_anchor: dict[int, dict[str, list[tuple[int, Entry]]]] = {}

    def of(self, anchor: int) -> dict[str, list[tuple[int, Entry]]]:
        """Entries by their value in one example."""
        index = self._by_anchor.get(anchor)
        if index is None:
            index = self._by_anchor[anchor] = {}
            for mask, entry in self._masked:
                if mask >> anchor & 1:
                    index.setdefault(entry.values[anchor], []).append((mask, entry))
        return index


def useful(values: tuple[Any, ...], outputs: tuple[str | None, ...]) -> int:
    """The examples in which a text is part of the output, as bits; 0 where all are empty texts."""
    mask, is_empty = 0, True
    for place, output in enumerate(outputs):
        value = values[place]
        if value is not None and output is not None and value in output:
            mask |= 1 << place
            is_empty = is_empty and not value
    return 0 if is_empty else mask


_State = tuple[int, ...]
_Edge = tuple[float, _State, Any]


def join(pieces: Pieces, mask: int) -> list[Found]:
    """The cheapest programs that give the outputs of the examples in a set, cheapest first."""
    task = pieces.task
    chosen = [place for place in range(task.n) if mask >> place & 1]
    outputs = [str(task.outputs[place]) for place in chosen]
    goal = tuple(len(output) for output in outputs)
    graph = _explore(pieces, _look(pieces, mask, chosen, outputs))
    if goal not in graph.distances:
        return []
    found = []
    for path in _paths(graph, goal):
        found.append(_assembled(path, task))
    return distinct(found)


def distinct(found: list[Found]) -> list[Found]:
    """The cheapest of those that agree everywhere, cheapest first, within the bits of rivals."""
    kept: dict[tuple[Any, ...], Found] = {}
    for one in sorted(found, key=lambda one: one.cost):
        kept.setdefault(one.values, one)
    least = min((one.cost for one in kept.values()), default=0.0)
    return [one for one in kept.values() if one.cost <= least + RIVAL_BITS][:MOST_PROGRAMS]


class _Graph(NamedTuple):
    edges: dict[_State, list[_Edge]]
    distances: dict[_State, float]


class _Look(NamedTuple):
    """What edges are looked for with: the examples' outputs, and pieces by what they are in one example."""

    mask: int
    chosen: list[int]
    outputs: list[str]
    anchor: int
    by_text: dict[str, list[tuple[int, Entry]]]
    sizes: list[int]


def _look(pieces: Pieces, mask: int, chosen: list[int], outputs: list[str]) -> _Look:
    anchor = min(range(len(chosen)), key=lambda place: (len(outputs[place]), place))
    index = pieces.of(chosen[anchor])
    return _Look(mask, chosen, outputs, anchor, index, sorted({len(text) for text in index}))


def _explore(pieces: Pieces, look: _Look) -> _Graph:
    start = (0,) * len(look.chosen)
    goal = tuple(len(output) for output in look.outputs)
    distances = {start: 0.0}
    edges: dict[_State, list[_Edge]] = {}
    queue: list[tuple[float, _State]] = [(0.0, start)]
    limit = float("inf")
    n_edges = 0
    while queue and len(edges) < _MOST_STATES and n_edges < _MOST_EDGES and not pieces.is_late():
        distance, state = heapq.heappop(queue)
        if distance > limit:
            break
        if state in edges:
            continue
        edges[state] = []
        if state == goal:
            limit = distance + RIVAL_BITS
            continue
        for edge in _edges(state, look):
            edges[state].append(edge)
            n_edges += 1
            far = distance + edge[0]
            if far < distances.get(edge[1], float("inf")):
                distances[edge[1]] = far
                heapq.heappush(queue, (far, edge[1]))
    return _Graph(edges, {state: distances[state] for state in edges})


def _edges(state: _State, look: _Look) -> Iterator[_Edge]:
    rests = [output[at:] for output, at in zip(look.outputs, state, strict=True)]
    shared = _common(rests)
    for size in range(1, min(len(shared), _MOST_WRITTEN) + 1):
        text = shared[:size]
        yield written_bits(text) + PIECE, tuple(at + size for at in state), text
    others = [(slot, place) for slot, place in enumerate(look.chosen) if slot != look.anchor]
    beginning = rests[look.anchor]
    for size in look.sizes:
        if size > len(beginning):
            break
        for entry_mask, entry in look.by_text.get(beginning[:size], ()):
            if look.mask & ~entry_mask:
                continue
            values = entry.values
            if all(rests[slot].startswith(values[place]) for slot, place in others):
                after = tuple(at + len(values[place]) for at, place in zip(state, look.chosen, strict=True))
                if after != state:
                    yield entry.cost + PIECE, after, entry


def _common(texts: list[str]) -> str:
    low, high = min(texts), max(texts)
    for place, letter in enumerate(low):
        if letter != high[place]:
            return low[:place]
    return low


def _paths(graph: _Graph, goal: _State) -> Iterator[list[Any]]:
    """Paths in the order of their costs, the cheapest first."""
    left = _to_goal(graph, goal)
    start = (0,) * len(goal)
    if start not in left:
        return
    best = left[start]
    count = 0
    queue: list[tuple[float, int, float, _State, tuple[Any, ...]]] = [(best, 0, 0.0, start, ())]
    made = 0
    while queue and made < _MOST_PATHS and count < 6000:
        _, _, cost, state, path = heapq.heappop(queue)
        if state == goal:
            made += 1
            yield list(path)
            continue
        for more, after, piece in graph.edges.get(state, ()):
            if after in left and cost + more + left[after] <= best + RIVAL_BITS:
                if path and isinstance(piece, str) and isinstance(path[-1], str):
                    continue  # two written texts side by side are one
                count += 1
                far = cost + more
                heapq.heappush(queue, (far + left[after], count, far, after, (*path, piece)))


def _to_goal(graph: _Graph, goal: _State) -> dict[_State, float]:
    """Bits from each state to the goal.

    Every piece moves on, so that the sum of a state grows along paths.
    """
    left = {goal: 0.0}
    for state in sorted(graph.edges, key=sum, reverse=True):
        if state == goal:
            continue
        best = min(
            (bits + left[after] for bits, after, _ in graph.edges[state] if after in left), default=None
        )
        if best is not None:
            left[state] = best
    return left


def _assembled(path: list[Any], task: Task) -> Found:
    n_rows = len(task.rows)
    columns = [(piece,) * n_rows if isinstance(piece, str) else piece.values for piece in path or [""]]
    values = tuple(None if None in row else "".join(row) for row in zip(*columns, strict=True))
    programs = tuple(Literal(piece) if isinstance(piece, str) else piece.program for piece in path)
    program = Call("concat", programs) if len(programs) > 1 else programs[0] if programs else Literal("")
    return Found(bits(program) + gaps(values, task.n), program, values)
