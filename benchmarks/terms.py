"""Where the searcher of terms loses laws of mechanisms: ``python -m benchmarks.terms --help``.

The searcher runs by itself until it has used a given time of the processor, so that a busy machine changes
nothing. Each law is then one of these: *proposed*, with when; *hidden*, where the rows are described in fewer
nats by another formula that was proposed than by the law itself; or *missed*, where the law is the shorter
description and was not proposed.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.engines import OPERATORS
from benchmarks.judge import Judge
from benchmarks.machine import describe, facts
from benchmarks.trial import MECHANISMS_ROWS, problems_of
from symlaw.errors import DataError
from symlaw.language import Constant, Expression, operator, parse
from symlaw.language.grammar import MAX_SUM, Language
from symlaw.search.archive import Archive, Entry
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.terms import Terms
from symlaw.tasks.front.thinning import thinned, with_fixed_wholes
from symlaw.trust.constants.fit import Sample, fitted, model_of
from symlaw.trust.selection.description import Criteria, criteria_on, description_length

if TYPE_CHECKING:
    from benchmarks.problems import Problem as Law

# Proposals that are fitted and compared with the law, the best of each size first.
_COMPARED = 12
_STEPS = 200
# Epochs in a row in which nothing is done, after which nothing is left to do.
_IDLE = 10


class Outcome(NamedTuple):
    """What became of a law.

    Attributes
    ----------
    proposed_at
        Processor seconds until a formula was proposed that is the law; inf where none was.
    work
        Node values by then, or in all.
    law, rival
        Nats of the law's shortest description on the rows, and of the best other formula proposed.
    epoch
        Processor seconds of the longest epoch.
    formula
        The best other formula.
    """

    proposed_at: float
    work: int
    law: float
    rival: float
    epoch: float
    formula: str

    @property
    def kind(self) -> str:
        """In a word."""
        if self.proposed_at < inf:
            return "proposed"
        return "hidden" if self.rival < self.law else "missed"


class Bench:
    """A law's rows, and by what formulas are compared on them."""

    def __init__(self, law: Law, noise: float, seed: int, rows: int) -> None:
        drawn = law.draw(rows, seed=seed, noise=noise)
        language = Language.of(law.names, OPERATORS)
        self.problem: Problem = make_problem(drawn.X, drawn.y, replace(language, max_sum=MAX_SUM))
        weights = np.ones(rows)
        self.sample = Sample(drawn.X, drawn.y, law.names, weights)
        self.criteria: Criteria = criteria_on(self.sample, OPERATORS)
        self.judge = Judge.of(law)

    def length(self, formula: Expression) -> float:
        """Nats of a formula in its shortest form, with the rows; inf where it is undefined."""
        entry = self._entry(with_fixed_wholes(formula, self.sample))
        if entry is None:
            return inf
        forms = [entry, *thinned([entry], self.problem, self.criteria, self.sample)]
        return min(description_length(one, self.criteria, self.sample) for one in forms)

    def _entry(self, formula: Expression) -> Entry | None:
        try:
            own = fitted(model_of(formula), self.sample, max_steps=_STEPS).expression
        except DataError:
            return None
        values = model_of(own).values_and_slopes(self.sample.X, self.sample.names)[0]
        loss = float(np.mean((self.sample.y - values) ** 2) / np.var(self.sample.y))
        return Entry(own, self.problem.language.complexity(own), loss, own)


def lost(law: Law, noise: float, seconds: float, seed: int = 0, rows: int = MECHANISMS_ROWS) -> Outcome:
    """Run the searcher on a law's rows for some processor seconds."""
    bench, searcher = Bench(law, noise, seed, rows), Terms()
    problem, state = bench.problem, searcher.start(bench.problem, seed)
    snapshot = Archive(problem.language.max_complexity, problem.loss_floor, 2**8).snapshot()
    used, work, longest, at, idle = 0.0, 0, 0.0, inf, 0
    found: dict[object, Expression] = {}
    while used < seconds and at == inf:
        began = time.process_time()
        # as in a search
        with np.errstate(all="ignore"), threadpool_limits(1, user_api="blas"):
            brought = searcher.ask(state, problem, snapshot, 10**9, map)
        took = time.process_time() - began
        used, work, longest = used + took, work + brought.counters["work"], max(longest, took)
        new = [one for one in brought.formulas if _form(one) not in found]
        found |= {_form(one): one for one in new}
        if any(_is_law(one, bench) for one in new):
            at = used
        # an epoch that did more than its share is paid for by some that do nothing
        idle = 0 if brought.counters["work"] else idle + 1
        if idle > _IDLE:
            break
    law_nats = bench.length(parse(law.formula))
    scaled = sorted((_with_scale(one) for one in found.values()), key=lambda one: -len(one.nodes))
    rivals = [] if at < inf else [(bench.length(one), str(one)) for one in scaled[:_COMPARED]]
    rival, formula = min(rivals, default=(inf, ""))
    return Outcome(at, work, law_nats, rival, longest, formula)


def _form(formula: Expression) -> object:
    return tuple("c" if isinstance(n, Constant) else n for n in formula.canonical.nodes)


def _with_scale(formula: Expression) -> Expression:
    scaled = (*formula.nodes, Constant(1.01), operator("*"), Constant(0.01), operator("+"))
    return Expression(scaled)


def _is_law(formula: Expression, bench: Bench) -> bool:
    return any(bench.judge.verdict(one).law for one in (formula, _with_scale(formula)))


def main() -> None:
    """Print a line for each law, and how many are of each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", default="mechanisms-5-long")
    parser.add_argument("--laws", default="", help="numbers of the laws, parted by commas; all by default")
    parser.add_argument("--limit", type=int, default=12)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seconds", type=float, default=20.0, help="of the processor, for each law")
    options = parser.parse_args()
    print(describe(facts()))
    laws = problems_of(options.suite, options.limit)
    chosen = [int(one) for one in options.laws.split(",")] if options.laws else range(len(laws))
    kinds: dict[str, int] = {}
    for number in chosen:
        one = lost(laws[number], options.noise, options.seconds)
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
        print(
            f"{number:3} {one.kind:8} at {one.proposed_at:5.1f} s, {one.work / 1e6:6.0f} M values,"
            f" epoch {one.epoch:4.2f} s, law {one.law:8.1f}, rival {one.rival:8.1f}  {one.formula[:150]}",
            flush=True,
        )
    print(", ".join(f"{kind}: {count}" for kind, count in sorted(kinds.items())))


if __name__ == "__main__":
    main()
