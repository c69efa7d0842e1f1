"""Simplification against SymPy's: length of the answers and time, on random formulas, in the same run.

    python -m benchmarks.simplify [--formulas 200] [--together 20] [--seed 2026] [--out FILE]
    python -m benchmarks.simplify --cycles

Formulas are random ones that are finite all over a box of positive variables, every other of them respelled.
Both sides know that: symlaw by the box, SymPy by positive symbols. Each answer is read back into the same
operators and put into its shortest notation by the same means; lengths are numbers of nodes. symlaw is given
as many at once as a front may have; SymPy, which takes one, has 30 s for each, after which it counts as
having left it as it was.

``--cycles`` prints how long each operator takes, which is what ``cost="cycles"`` counts.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.errors import SymlawError
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import operator, operator_table
from symlaw.language.parser import parse
from symlaw.language.simplifying.simplify import OPERATORS, simplify_all
from symlaw.language.simplifying.tidying import tidied
from symlaw.language.values import values
from symlaw.testing.formulas import random_formula, rewritten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RESULTS = Path("benchmarks/results/simplify.jsonl")
NAMES = ("x", "y", "z")
BOX = {name: (0.5, 3.0) for name in NAMES}
DRAWN = ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos")
SEED, PATIENCE = 2026, 30


def formulas(count: int, seed: int = SEED) -> list[Expression]:
    """Random formulas of 3 to 12 operators that are finite on 200 rows of the box."""
    rng = np.random.Generator(np.random.Philox(seed))
    rows = [operator(name) for name in DRAWN]
    columns = {name: rng.uniform(*BOX[name], 200) for name in NAMES}
    found: list[Expression] = []
    while len(found) < count:
        drawn = random_formula(rng, rows, NAMES, int(rng.integers(3, 13)))
        drawn = rewritten(drawn, rng) if len(found) % 2 else drawn
        if drawn.variables and np.all(np.abs(values(drawn, columns)) < 1e6):
            found.append(drawn)
    return found


def by_sympy(formula: Expression) -> tuple[Expression | None, float]:
    """What SymPy's `simplify` makes of a formula, None where it takes too long, and the seconds it took."""
    import sympy

    form = formula.sympy()
    form = form.subs({symbol: sympy.Symbol(symbol.name, positive=True) for symbol in form.free_symbols})
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(PATIENCE)
    began = time.perf_counter()
    try:
        simpler = sympy.simplify(form)
        seconds = time.perf_counter() - began
        return shortest_notation(parse(str(simpler.evalf() if simpler.has(sympy.E) else simpler))), seconds
    except (TimeoutError, SymlawError):
        return None, time.perf_counter() - began
    finally:
        signal.alarm(0)


def _too_long(*_: Any) -> None:
    raise TimeoutError


def shortest_notation(formula: Expression) -> Expression:
    """The shorter of a formula and its canonical form, both without needless signs."""
    rows = [operator(name) for name in OPERATORS]
    return min((tidied(one, rows) for one in (formula, formula.canonical)), key=lambda one: len(one.nodes))


def compared(formula: Expression, ours: Expression, seconds: float) -> dict[str, Any]:
    """One formula by both: symlaw's answer and its share of the time, and SymPy's."""
    theirs, their_seconds = by_sympy(formula)
    return {
        "formula": formula.text(),
        "nodes": len(formula.nodes),
        "symlaw": ours.text(),
        "symlaw_nodes": len(ours.nodes),
        "symlaw_seconds": round(seconds, 6),
        "sympy": None if theirs is None else theirs.text(),
        "sympy_nodes": len((formula if theirs is None else theirs).nodes),
        "sympy_seconds": round(their_seconds, 6),
    }


def by_symlaw(drawn: Sequence[Expression], together: int) -> Iterator[tuple[Expression, float]]:
    """Each formula in its simplest form, so many simplified in one call, and its share of the seconds."""
    for start in range(0, len(drawn), together):
        group = drawn[start : start + together]
        began = time.perf_counter()
        found = simplify_all(group, BOX)
        share = (time.perf_counter() - began) / len(group)
        yield from ((one, share) for one in found)


def summary(records: Sequence[dict[str, Any]]) -> str:
    """The figures, in lines."""
    shorter = sum(r["symlaw_nodes"] < r["sympy_nodes"] for r in records)
    equal = sum(r["symlaw_nodes"] == r["sympy_nodes"] for r in records)
    ours, theirs = (1e3 * np.array([r[f"{who}_seconds"] for r in records]) for who in ("symlaw", "sympy"))
    late = sum(r["sympy"] is None for r in records)
    return (
        f"{len(records)} formulas: shorter {shorter}, equal {equal}, longer {len(records) - shorter - equal}"
        f" ({100 * (shorter + equal) / len(records):.1f}% shorter or equal); SymPy gave up on {late}\n"
        f"mean nodes {np.mean([r['nodes'] for r in records]):.2f}: symlaw"
        f" {np.mean([r['symlaw_nodes'] for r in records]):.2f}, SymPy"
        f" {np.mean([r['sympy_nodes'] for r in records]):.2f}\n"
        f"mean ms: symlaw {ours.mean():.1f}, SymPy {theirs.mean():.1f},"
        f" ratio {theirs.mean() / ours.mean():.1f};"
        f" median ms: {np.median(ours):.1f} and {np.median(theirs):.1f},"
        f" ratio {np.median(theirs) / np.median(ours):.1f}"
    )


def cycles() -> str:
    """Nanoseconds for a value of each operator, in lines."""
    from symlaw.engine.evaluate import evaluate

    X = np.random.default_rng(0).uniform(0.1, 0.9, (10_000, 3))
    lines = []
    for row in operator_table().values():
        first = (Variable("x"), Variable("y"), operator("+"))
        arguments = (*first, *(Variable(name) for name in NAMES[1 : row.arity]))
        tapes = [Expression((*arguments, row))] * 40
        plain = [Expression(first)] * 40
        evaluate(tapes, X, NAMES)
        times = [[_seconds(lambda e=e: evaluate(e, X, NAMES)) for _ in range(7)] for e in (tapes, plain)]
        lines.append(f'    "{row.name}": {1e9 * (min(times[0]) - min(times[1])) / 4e5:.2f},')
    return "\n".join(lines)


def _seconds(call: Any) -> float:
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simplify", description=__doc__)
    parser.add_argument("--formulas", type=int, default=200, help="how many")
    parser.add_argument("--together", type=int, default=20, help="formulas in one call, as of a front")
    parser.add_argument("--seed", type=int, default=SEED, help="of the formulas")
    parser.add_argument("--out", type=Path, default=RESULTS, help="result file (JSON lines)")
    parser.add_argument("--cycles", action="store_true", help="how long operators take")
    options = parser.parse_args(argv)
    found = facts()
    print(describe(found))
    if options.cycles:
        print(cycles())
        return 0
    drawn = formulas(options.formulas, options.seed)
    # both import and set up on first use
    simplify_all(drawn[:1], BOX)
    by_sympy(drawn[0])
    answers = by_symlaw(drawn, options.together)
    records = [compared(formula, *answer) for formula, answer in zip(drawn, answers, strict=True)]
    lines = [json.dumps({**record, **found}) for record in records]
    options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(summary(records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
