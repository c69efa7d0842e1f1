"""Parts of a reward machine that come again."""

from __future__ import annotations

from symlaw.engine.programs.rewards import END, Call
from symlaw.search.rewards.parts import factored

A, B, X = frozenset({0}), frozenset({1}), frozenset({2})
NOTHING = frozenset[int]()


def ring(*rewards: float, length: int = 2) -> list[dict[frozenset[int], tuple[int, float]]]:
    """Ways of an event each, which X undoes, one after the other; each gives its reward, the last ends."""
    edges = []
    for number, reward in enumerate(rewards):
        first = number * length
        for place in range(length):
            is_last = place == length - 1
            after = first + place + 1
            if is_last and number == len(rewards) - 1:
                after = END
            edges.append({
                A if place % 2 == 0 else B: (after, reward if is_last else 0),
                X: (first, 0),
                NOTHING: (first + place, 0),
            })  # fmt: skip
    return edges


def test_states_that_come_again_become_calls_of_one_part() -> None:
    machine = factored(ring(1, 2, 3), lambda: False)
    assert machine.states == (Call(0, 1, 1), Call(0, 2, 2), Call(0, END, 3))
    assert len(machine.parts) == 1 and len(machine.parts[0]) == 2
    assert machine.run([A, X, A, B, A, B, A, B, A]) == [0, 0, 0, 1, 0, 2, 0, 3, None]


def test_what_the_traces_show_of_one_call_is_known_in_the_others() -> None:
    edges = ring(1, 2, length=3)
    del edges[4][X]
    machine = factored(edges, lambda: False)
    assert len(machine.parts) == 1
    assert machine.run([A, B, A, A, X, B, A, B, A]) == [0, 0, 1, 0, 0, 0, 0, 0, 2]


def test_nothing_is_called_where_nothing_comes_again() -> None:
    edges = ring(1, 2, length=3)
    edges[4][X] = (5, 0)
    machine = factored(edges, lambda: False)
    assert machine.parts == ()
    assert len(machine.states) == 6
