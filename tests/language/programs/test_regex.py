"""Programs as regular expressions do in `re` and in pandas what the interpreter does."""

from __future__ import annotations

import random
import re
from itertools import product

import pandas as pd
import pytest

from symlaw.engine.programs.interpret import run
from symlaw.errors import CannotExport
from symlaw.language.programs.functions.text import CLASSES
from symlaw.language.programs.printers import exported
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program

FIRST = Input(0)
DRAW = random.Random(5)
TEXTS = [
    "",
    "-",
    "a-b",
    " x ",
    "É-1.5\nb",
    *("".join(DRAW.choices("ab1-. X,\n", k=n)) for n in range(1, 14) for _ in range(6)),
]


def call(name: str, *arguments: object) -> Call:
    return Call(name, tuple(one if isinstance(one, (Call, Input)) else Literal(one) for one in arguments))


PLACED = [
    call(name, FIRST, argument, place)
    for names, arguments in (
        (("part", "before", "after"), ("-", ", ", "a")),
        (("run", "before_run", "after_run", "from_run", "through_run"), tuple(CLASSES)),
    )
    for name, argument, place in product(names, arguments, (1, 2, 3, -1, -2))
]
ENDS = [call(name, FIRST, n) for name in ("first", "last", "skip", "drop") for n in (1, 3)]
NESTED = [
    call("part", call("after", FIRST, "-", 1), "a", 1),
    call("run", call("after", FIRST, "-", -1), "digits", 1),
    call("before", call("after_run", FIRST, "letters", 1), "-", 1),
    call("trim", call("after", call("after", FIRST, "-", 1), ".", 1)),
]
JOINED = [
    Call("concat", (PLACED[0], Literal("1\\-\n"), FIRST, PLACED[0])),
    Call("concat", (Literal("$&"), PLACED[31], call("last", FIRST, 2))),
]


def replaced(program: Program, text: str) -> str | None:
    pattern, said, _ = exported(program, ("x",), "regex").split("\n")
    return re.sub(pattern, said, text) if re.search(pattern, text) else None


@pytest.mark.parametrize("program", [*PLACED, *ENDS, *NESTED, *JOINED, call("trim", FIRST)])
def test_it_replaces_texts_with_what_the_program_gives(program: Program) -> None:
    for text in TEXTS:
        assert replaced(program, text) == run(program, (text,)), text


def test_pandas_replaces_a_column() -> None:
    pattern, said, _ = exported(call("before", FIRST, "-", 1), ("x",), "regex").split("\n")
    column = pd.Series(["a-b", "cd-", "none"])
    assert column.str.replace(pattern, said, regex=True).tolist() == ["a", "cd", "none"]


@pytest.mark.parametrize(
    ("program", "names", "reason"),
    [
        (call("upper", FIRST), ("x",), "upper, for which"),
        (call("after", call("before", FIRST, "-", 1), "-", 1), ("x",), "a piece of a piece"),
        (call("before", FIRST, "--", 1), ("x",), "overlap"),
        (Branch(call("has", FIRST, "-"), FIRST, FIRST), ("x",), "a condition"),
        (FIRST, ("x", "y"), "several columns"),
    ],
)
def test_what_no_regular_expression_says_is_refused(
    program: Program, names: tuple[str, ...], reason: str
) -> None:
    with pytest.raises(CannotExport, match=reason):
        exported(program, names, "regex")
