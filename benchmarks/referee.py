"""cvc5 on the string tasks: the same examples and the same time, in a process of its own.

    echo '{"pairs": [[["Ducati100"], "Ducati"], [["Honda125"], "Honda"]], "rest": []}' |
        python -m benchmarks.referee smallest 10

The grammar is that of the string tasks of the synthesis contest: concatenation, substrings, replacing,
searching, numbers of texts, and conditions. Its constants are the marks of the examples, a few numbers, and
the longest text that all outputs have and no input: the contest's files name others, which are not known
here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

Pairs = Sequence[tuple[tuple[str, ...], str | None]]
# Seconds for the process to begin, which are not its search's.
_BEGINNING = 5.0
_NUMBERS = (0, 1, 2, 3)
# Two of its ways: terms of the grammar from small to large; and terms for some examples each, then conditions
# that tell these apart, which finds more and often branches for one example.
WAYS = {"smallest": ("sygus-enum", "fast"), "cases": ("sygus-pbe", "true")}


def is_there() -> bool:
    """Whether cvc5 is installed."""
    return find_spec("cvc5") is not None


def refereed(way: str, pairs: Pairs, rest: Pairs, seconds: float) -> dict[str, Any]:
    """What cvc5 finds in one of its `WAYS` in so many seconds.

    Returns
    -------
    dict
        ``program``, None where there is none; ``right``, of the rest; ``seconds``.
    """
    asked = json.dumps({"pairs": pairs, "rest": rest})
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.referee", way, str(seconds)],
            input=asked, capture_output=True, text=True, timeout=seconds + _BEGINNING, check=False,
        )  # fmt: skip
        found = json.loads(done.stdout) if done.returncode == 0 else {"program": None, "right": 0}
    except subprocess.TimeoutExpired:
        found = {"program": None, "right": 0}
    return {**found, "seconds": round(time.perf_counter() - began, 2)}


def constants_of(pairs: Pairs) -> list[str]:
    """Texts that programs may write: marks, and what all outputs share and no input has."""
    inputs = [text for row, _ in pairs for text in row]
    outputs = [output or "" for _, output in pairs]
    marks = sorted({one for text in (*inputs, *outputs) for one in text if not one.isalnum()})
    first = min(outputs, key=len)
    shared = (
        first[start:end] for size in range(len(first), 0, -1)
        for start in range(len(first) - size + 1) for end in [start + size]
        if all(first[start:end] in text for text in outputs)
    )  # fmt: skip
    longest = next(shared, "")
    more = [longest] if longest and not any(longest in text for text in inputs) else []
    return list(dict.fromkeys(["", *marks, *more]))


def solved(way: str, pairs: Pairs, rest: Pairs, seconds: float) -> dict[str, Any]:
    """The same, in this process."""
    import cvc5
    from cvc5 import Kind

    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    for option, value in (("sygus", "true"), WAYS[way], ("tlimit-per", str(int(1000 * seconds)))):
        solver.setOption(option, value)
    solver.setLogic("SLIA")
    texts = terms.getStringSort()
    inputs = [terms.mkVar(texts, f"x{place}") for place in range(len(pairs[0][0]))]
    function = solver.synthFun("f", inputs, texts, _grammar(terms, solver, inputs, constants_of(pairs)))
    for row, output in pairs:
        call = terms.mkTerm(Kind.APPLY_UF, function, *map(terms.mkString, row))
        solver.addSygusConstraint(terms.mkTerm(Kind.EQUAL, call, terms.mkString(output or "")))
    if not solver.checkSynth().hasSolution():
        return {"program": None, "right": 0}
    program = solver.getSynthSolution(function)
    right = 0
    for row, output in rest:
        value = solver.simplify(terms.mkTerm(Kind.APPLY_UF, program, *map(terms.mkString, row)))
        right += value.isStringValue() and value.getStringValue() == output
    return {"program": str(program), "right": right}


def _grammar(terms: Any, solver: Any, inputs: list[Any], constants: list[str]) -> Any:
    from cvc5 import Kind

    sorts = (terms.getStringSort(), terms.getIntegerSort(), terms.getBooleanSort())
    text, number, truth = (terms.mkVar(sort, name) for sort, name in zip(sorts, "SIB", strict=True))
    make = terms.mkTerm
    grammar = solver.mkGrammar(inputs, [text, number, truth])
    grammar.addRules(text, [
        *inputs, *map(terms.mkString, constants), make(Kind.STRING_CONCAT, text, text),
        make(Kind.STRING_REPLACE, text, text, text), make(Kind.STRING_CHARAT, text, number),
        make(Kind.STRING_SUBSTR, text, number, number), make(Kind.STRING_FROM_INT, number),
        make(Kind.ITE, truth, text, text),
    ])  # fmt: skip
    grammar.addRules(number, [
        *map(terms.mkInteger, _NUMBERS), make(Kind.ADD, number, number), make(Kind.SUB, number, number),
        make(Kind.STRING_LENGTH, text), make(Kind.STRING_TO_INT, text),
        make(Kind.STRING_INDEXOF, text, text, number),
    ])  # fmt: skip
    grammar.addRules(truth, [
        make(Kind.EQUAL, number, number), make(Kind.STRING_PREFIX, text, text),
        make(Kind.STRING_SUFFIX, text, text), make(Kind.STRING_CONTAINS, text, text),
    ])  # fmt: skip
    return grammar


def main() -> None:
    """Answer one question from standard input."""
    asked = json.load(sys.stdin)
    way, seconds = sys.argv[1:]
    print(json.dumps(solved(way, asked["pairs"], asked["rest"], float(seconds))))


if __name__ == "__main__":
    main()
