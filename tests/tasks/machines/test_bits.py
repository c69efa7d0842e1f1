"""Circuits of machines with states, and what their tables prove."""

from __future__ import annotations

import random

import pytest

import symlaw
from symlaw.errors import CannotExport
from symlaw.search.machines.states import States
from symlaw.tasks.machines.alphabet import Alphabet
from symlaw.tasks.machines.invariants import invariants_of
from symlaw.tasks.machines.result import FoundMachine


def counter(modulus: int = 3) -> FoundMachine:
    """Counts a modulo a number, b stays, c goes to the beginning; says whether the count is 0."""
    steps = tuple(
        {
            (0,): ((state + 1) % modulus, (int((state + 1) % modulus == 0),)),
            (1,): (state, (int(state == 0),)),
            (2,): (0, (1,)),
        }
        for state in range(modulus)
    )
    read, write = Alphabet(("a", "b", "c"), 1, True), Alphabet((), 1, True)
    return FoundMachine(States(steps, ()), read, write, False, 10.0, 1)


def test_the_circuit_steps_as_the_machine_does() -> None:
    found = counter()
    circuit = found.circuit(moves=2000)
    assert circuit.inputs == ("read_1", "read_0", "state_1", "state_0")
    assert circuit.outputs == ("next_1", "next_0", "written_0")
    draw, state = random.Random(0), (False, False)
    sequence = [draw.choice("abc") for _ in range(200)]
    said = []
    for step in sequence:
        code = "abc".index(step)
        high, low, written = circuit.predict([[bool(code & 2), bool(code & 1), *state]])[0]
        state = (high, low)
        said.append(int(written))
    assert said == found(sequence)


def test_blif_has_latches_in_place_of_the_state() -> None:
    lines = counter().export("blif").splitlines()
    assert ".inputs read_1 read_0" in lines
    assert ".outputs written_0" in lines
    assert ".latch next_1 state_1 0" in lines
    assert "# read 2: c" in lines


def test_a_bit_that_never_changes_needs_no_nodes() -> None:
    steps = ({(0,): (0, (5,)), (1,): (0, (5,))},)
    found = FoundMachine(
        States(steps, ()), Alphabet(("a", "b"), 1, True), Alphabet((), 1, True), False, 1.0, 1
    )
    circuit = found.circuit(moves=100)
    assert circuit.n_nodes == 0
    assert "next_0 = false" in str(circuit)


def test_registers_have_no_circuit() -> None:
    found = symlaw.machine([[1, 5, 2], [7, 1, 1]], [[1, 6, 8], [7, 8, 9]])
    with pytest.raises(CannotExport, match="any size"):
        found.circuit()
    assert found.invariants == []


def test_what_the_table_proves_is_said() -> None:
    assert counter().invariants == [
        "3 times 'a' lead back to the same state",
        "'b' never changes the state",
        "after 'c' the state is 0, whatever was before",
    ]


def test_steps_that_change_places_and_states_that_are_never_left() -> None:
    grid = States(
        tuple(
            {(0,): (2 * min(1, x + 1) + y, None), (1,): (2 * x + min(1, y + 1), None)}
            for x in range(2)
            for y in range(2)
        ),
        ((0,),) * 4,
    )
    said = invariants_of(grid, lambda step: "ab"[step[0]])
    assert "'a' and 'b' may change places" in said
    assert "'a' several times is the same as once" in said
    assert "state 3 is never left" in said
