"""Recursive functions as JavaScript do in Node what the interpreter does."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from symlaw.engine.recursion.interpret import value_or_none
from symlaw.language.recursion.program import Apply, Choice, Constant, Recursive, Scheme, Variable
from symlaw.language.recursion.script import javascript_of
from symlaw.language.recursion.table import OPERATORS

X = Variable


def apply(name: str, *arguments: Recursive) -> Apply:
    return Apply(name, arguments)


def over(shape: str, small: Recursive | None, large: Recursive, place: int = 0) -> Scheme:
    return Scheme((shape,), (X(place),), (small, large))


NIL = Apply("nil", ())
LISTS: list[Any] = [[], [3], [2, 5], [4, -1, 7, 0]]
LABELLED: list[Any] = [(), ((), 4, ()), (((), 1, ()), 4, ((), 9, ((), 7, ())))]
LEAFY: list[Any] = [5, (1, 2), ((1, (8, 2)), 3)]
# of one argument: the subject is 1, its parts follow, then the own values
CASES: list[tuple[str, Recursive, list[Any]]] = [
    ("total", over("list", Constant(0), apply("plus", X(2), X(4))), LISTS),
    ("largest", over("filled", X(2), apply("larger", X(2), X(4))), LISTS[1:]),
    ("number", over("behind", Constant(0), apply("plus", apply("product", X(4), Constant(10)), X(2))), LISTS),
    (
        "reverse",
        over("list", NIL, over("list", apply("cons", X(2), NIL), apply("cons", X(6), X(8)), place=4)),
        LISTS,
    ),
    (
        "positive",
        over("list", NIL, Choice(apply("less", Constant(0), X(2)), apply("cons", X(2), X(4)), X(4))),
        LISTS,
    ),
    ("mirror", over("labelled", Apply("bare", ()), apply("node", X(6), X(3), X(5))), LABELLED),
    ("depth", over("leafy", Constant(0), apply("plus", apply("larger", X(4), X(5)), Constant(1))), LEAFY),
    ("unshown", over("list", None, apply("plus", X(2), X(4))), LISTS),
]


def inside(value: Any) -> Any:
    return tuple(map(inside, value)) if isinstance(value, (list, tuple)) else value


def outside(value: Any) -> Any:
    return list(map(outside, value)) if isinstance(value, (list, tuple)) else value


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")
def test_node_says_what_the_interpreter_says() -> None:
    scripts, wanted = [], []
    for _, program, values in CASES:
        given = json.dumps(outside(values))
        scripts.append(
            f"(() => {{ {javascript_of(program, 1)} return {given}.map((one) => {{"
            " try { return [true, solution(one)]; } catch { return [false, null]; } }); })()"
        )
        wanted.append([outside(value_or_none(program, (inside(value),))) for value in values])
    code = f"console.log(JSON.stringify([{', '.join(scripts)}]))"
    said = subprocess.run(["node", "-e", code], capture_output=True, text=True, check=True, timeout=60).stdout
    assert json.loads(said) == wanted


def test_two_lists_are_walked_together() -> None:
    cases = (NIL, NIL, NIL, apply("cons", apply("pair", X(4), X(6)), X(8)))
    script = javascript_of(Scheme(("list", "list"), (X(0), X(1)), cases), 2)
    assert "if (xs.length === 0 && xs_2.length === 0) {" in script
    assert "const of_rest = fold(xs.slice(1), xs_2.slice(1));" in script


def test_every_operator_has_a_spelling_of_all_its_arguments() -> None:
    for row in OPERATORS.values():
        assert all(f"{{{place}}}" in row.javascript for place in range(len(row.arguments)))
