"""Small computations whose bits must not depend on whether kernels are compiled.

Run as a program, it prints them.
"""

from __future__ import annotations

import json

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.differentiate import value_and_gradient, value_and_jacobian
from symlaw.engine.evaluate import evaluate
from symlaw.engine.fingerprint import fingerprint, make_cache, merge, probe_multipliers
from symlaw.engine.fit import fit_constants, fit_space, make_rows
from symlaw.engine.losses.table import loss_named
from symlaw.engine.program import Program
from symlaw.engine.reduce import straight_line
from symlaw.engine.tape import operators_of, to_tape
from symlaw.language import Expression, Variable, operator_table, parse
from symlaw.language.grammar import Language
from symlaw.language.macros import Macro
from symlaw.search.archive import Archive
from symlaw.search.bank.bank import enumerate_more, make_bank
from symlaw.search.bank.meet_in_the_middle import Joining, join, make_hits
from symlaw.search.evolution.epoch import NOT_COMPILED, Epoch, parts_for, run_epoch
from symlaw.search.evolution.population import population
from symlaw.search.evolution.workspace import default_rates, make_workspace
from symlaw.search.genome.genome import grammar_of
from symlaw.search.problem import make_problem
from symlaw.search.searchers.evolution import Evolution
from symlaw.search.searchers.tree_search import TreeSearch

NAMES = ("x", "y")
DATA = np.random.Generator(np.random.Philox(6)).uniform(0.3, 2.5, (2, 21))
LAW = parse("exp(-1.1 * x) * cos(2.2 * y) + 0.3 / (x + 0.5)")


def digits(values: object) -> list[str]:
    """Floats so that equal texts are equal bits, nan of any sign being one."""
    return ["nan" if value != value else float(value).hex() for value in np.ravel(values).tolist()]


def evaluated() -> dict[str, list[str]]:
    """Values of every operator, and of a formula longer than the block's width of rows."""
    found = {}
    for row in operator_table().values():
        expression = Expression((*(Variable(name) for name in (*NAMES, "x")[: row.arity]), row))
        found[row.name] = digits(evaluate([expression], DATA.T - 0.9, NAMES))
    found["law over two blocks"] = digits(evaluate([LAW], np.tile(DATA.T, (13, 1)), NAMES))
    return found


def differentiated() -> dict[str, list[str]]:
    """Jacobian and gradient of a formula and of every operator."""
    found = {"jacobian": digits(value_and_jacobian(LAW, DATA.T, NAMES)[1])}
    for row in operator_table().values():
        expression = Expression((*(Variable(name) for name in (*NAMES, "x")[: row.arity]), row))
        found[row.name] = digits(value_and_gradient(expression, DATA.T, NAMES)[1])
    return found


def fitted() -> dict[str, list[str]]:
    """Constants, loss and line after a few steps of a fit."""
    rows = make_rows(DATA, evaluate([LAW], DATA.T, NAMES)[0])
    operators = operators_of([LAW])
    tape = to_tape([LAW.with_constants([-1.0, 2.0, 0.2, 0.7])], operators, NAMES)
    program, space = Program(tape.codes, tape.columns, tape.values), fit_space(21)
    loss, steps, _ = fit_constants(program, len(tape.codes), kernel_table(operators), rows, space, 4, 1e-10)
    return {"constants": digits(tape.values), "loss": digits([loss, steps]), "line": digits(space.line)}


def judged() -> dict[str, list[str]]:
    """Constants and line of a fit under each loss that is not least squares."""
    law, found = LAW.with_constants([-1.0, 2.0, 0.2, 0.7]), {}
    y = np.round(4.0 * evaluate([LAW], DATA.T, NAMES)[0] + 3.0)
    for name in ("absolute", "quantile:0.8", "huber:0.7", "log-cosh", "poisson", "logistic"):
        target = (y > np.median(y)) * 1.0 if name == "logistic" else y
        problem = make_problem(DATA.T, target, Language.of(NAMES), loss=loss_named(name))
        operators = operators_of([law])
        tape = to_tape([law], operators, NAMES)
        program, space = Program(tape.codes, tape.columns, tape.values), fit_space(21, problem.probe)
        table = kernel_table(operators)
        fit_constants(program, len(tape.codes), table, problem.probe, space, 4, 1e-10)
        found[name] = digits([*tape.values, *space.line])
    return found


def fingerprinted() -> dict[str, list[str]]:
    """Line and keys of a few formulas, and a cache that holds them."""
    rows, line = make_rows(DATA, np.sin(3 * DATA[0])), np.zeros(4)
    cache, found = make_cache(8), {}
    for text in ("x", "x * y", "1e200 * sin(x) + y", "x - x", "log(x - 1)", "1e-200 * y"):
        f = evaluate([parse(text)], DATA.T, NAMES)[0]
        straight_line(f, rows, np.zeros((2, 21)), line)
        found[text] = digits(line)
        if line[3] > 0:
            keys = fingerprint(f, line[1], line[3], line[0], probe_multipliers(21), 21, 0)
            found[f"keys of {text}"] = [str(int(key)) for key in keys]
            merge(cache, np.array(keys, np.uint64), np.ones(2, np.float32), 2)
    return {**found, "cache": [str(key) for key in cache.keys.tolist()]}


def evolved() -> dict[str, list[str]]:
    """A short epoch of one island."""
    language = Language.of(NAMES, ["+", "-", "*", "/", "exp", "sqrt"], max_complexity=9)
    rows = make_rows(DATA, evaluate([LAW], DATA.T, NAMES)[0])
    island, workspace = population(10, 3, 7, "plain"), make_workspace(21, 9)
    snapshot = Archive(9, 1e-24, 64).snapshot()
    rates = default_rates()._replace(evaluations=160)
    grammar, table = grammar_of(language), kernel_table(language.operators)
    given = Epoch(NOT_COMPILED, grammar, table, rows, rates, snapshot.cache, snapshot.elites, snapshot.limits)
    given = given._replace(parts=parts_for(given, island, workspace))
    run_epoch(given, island, workspace)
    return {
        "loss": digits(island.loss),
        "size": digits(island.size),
        "codes": digits(island.codes),
        "constants": digits(island.values),
        "keys": [str(key) for key in island.key.tolist()],
        "stream": [str(island.state[0])],
        "counters": digits(workspace.counters),
        "reported": digits(workspace.report.loss),
    }


def grown() -> dict[str, list[str]]:
    """A short epoch of one tree with a macro among its symbols, and one of macros on an island."""
    pieces = (Macro("m", "sqrt(x / (1 + y))"),)
    language = Language.of(NAMES, ["+", "-", "*", "/", "exp", "sqrt"], max_complexity=9, macros=pieces)
    problem = make_problem(DATA.T, evaluate([LAW], DATA.T, NAMES)[0], language, seed=2)
    found = {}
    for searcher in (TreeSearch(n_trees=1, max_nodes=64, batch=8), Evolution(n_islands=1, level_width=3)):
        state, archive = searcher.start(problem, 3), Archive(9, 1e-24, 64)
        brought = [searcher.ask(state, problem, archive.snapshot(), 60, map) for _ in range(2)]
        found[searcher.name] = [
            *digits([genomes.loss[slot] for proposals in brought for genomes, slot in proposals.genomes]),
            *(
                str(key)
                for proposals in brought
                for keys, _, n in proposals.keys
                for key in keys[:n].tolist()
            ),
            *(str(sorted(proposals.counters.items())) for proposals in brought),
        ]
    return found


def banked() -> dict[str, list[str]]:
    """A small bank, and the look-ups of its entries."""
    language = Language.of(NAMES, ["+", "-", "*", "/", "exp"], max_complexity=3)
    bank = make_bank(DATA, language, 2**18)
    while not bank.finished:
        enumerate_more(bank, 100)
    entries, n, hits = bank.entries, bank.count, make_hits()
    target = np.exp(DATA[0]) * (DATA[0] + DATA[1])
    joining = Joining(entries, bank.tables, np.ones(5, np.int64), hits, bank.workspaces[0])
    join(joining, target, 0, n)
    return {
        "values": digits(entries.values[:n]),
        "scale": digits(entries.scale[:n]),
        "spread": digits(entries.spread[:n]),
        "parents": digits([entries.left[:n], entries.right[:n]]),
        "slots": [str(slot) for table in bank.tables for slot in table[table > 0].tolist()],
        "hits": digits([hits.kind[: hits.used[0]], hits.u[: hits.used[0]], hits.v[: hits.used[0]]]),
        "counters": digits([bank.tally.pairs, bank.tally.known, bank.tally.refused]),
    }


def everything() -> dict[str, dict[str, list[str]]]:
    """All of the above."""
    parts = (evaluated, differentiated, fitted, judged, fingerprinted, evolved, grown, banked)
    with np.errstate(all="ignore"):
        return {part.__name__: part() for part in parts}


if __name__ == "__main__":
    print(json.dumps(everything()))
