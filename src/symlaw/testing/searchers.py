"""Conformance suite for searchers: `check_searcher`, and its parts one by one.

>>> from symlaw.search.searchers.evolution import Evolution
>>> check_deterministic(lambda: Evolution(n_islands=2, level_width=4))
"""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.tape import from_nodes
from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.language.types import Type
from symlaw.search.archive import Archive
from symlaw.search.objectives.truths import make_truth_problem
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.searchers import says, searcher_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Snapshot
    from symlaw.search.searchers.base import Mapper, Proposals, Searcher

    MakeSearcher = Callable[[], Searcher]

SEED = 5
EVALUATIONS = 200
TEMPLATE = "k * f(a) + g(b)"


def all_searchers() -> list[type[Any]]:
    """Every built-in searcher class."""
    return list(searcher_classes().values())


def check_searcher(make_searcher: MakeSearcher) -> None:
    """Run every check of this module; an AssertionError says what is wrong.

    Parameters
    ----------
    make_searcher
        Gives a fresh searcher with the same settings each time.
    """
    for check in CHECKS:
        check(make_searcher)


def small_problem(template: str | None = None) -> Problem:
    """A problem of 40 rows that no searcher solves at once, with a template or without."""
    rng = np.random.Generator(np.random.Philox(3))
    X = rng.uniform(0.5, 2.0, (40, 2))
    y = X[:, 0] * np.exp(-1.3 * X[:, 1]) + 0.4 * X[:, 1]
    names, operators = ["a", "b"], ["+", "-", "*", "/", "exp", "sqrt"]
    form = None if template is None else template_of(template, names)
    language = Language.of(names, operators, max_complexity=12, template=form)
    return make_problem(X, y, language, seed=1)


def _problems() -> Iterator[Problem]:
    """Small problems of each kind: of numbers, with a template, with truths beside numbers, of truths."""
    yield small_problem()
    yield small_problem(TEMPLATE)
    rng = np.random.Generator(np.random.Philox(3))
    X = np.column_stack([rng.uniform(0.5, 2.0, (60, 2)), rng.random((60, 2)) < 0.5])
    y = np.where((X[:, 0] > 1.2) & (X[:, 2] == 0), X[:, 1], 0.4 * X[:, 0] * X[:, 1])
    names, types = ["a", "b", "c", "d"], dict.fromkeys("cd", Type.BOOLEAN)
    operators = ["+", "*", "if", ">", "and", "not"]
    yield make_problem(X, y, Language.of(names, operators, max_complexity=12, types=types), seed=1)
    truths = (rng.random((60, 4)) < 0.5).astype(float)
    odd = (truths.sum(axis=1) % 2).astype(float)
    every = dict.fromkeys(names, Type.BOOLEAN)
    language = Language.of(names, operators[-2:], max_complexity=12, types=every, result=Type.BOOLEAN)
    yield make_truth_problem(truths, odd, language, seed=1)


class Rehearsal:
    """A search by hand, an epoch at a time, with one searcher.

    Parameters
    ----------
    searcher
        Who proposes.
    state
        Its state; a fresh one by default.
    archive
        What was found so far; nothing by default.
    """

    def __init__(self, searcher: Searcher, state: Any = None, archive: Archive | None = None) -> None:
        self.problem = next(one for one in _problems() if searcher.objection(one) is None)
        self.searcher = searcher
        self.state = searcher.start(self.problem, SEED)
        if state is not None:
            self.state = state
        self.archive = archive or Archive(
            self.problem.language.max_complexity, self.problem.loss_floor, 2**12
        )
        self.run_all: Mapper = map
        self._confirmer = Confirmer(self.problem)

    def ask(self, evaluations: int = EVALUATIONS, snapshot: Snapshot | None = None) -> Proposals:
        """Proposals of one epoch."""
        seen = self.archive.snapshot() if snapshot is None else snapshot
        return self.searcher.ask(self.state, self.problem, seen, evaluations, self.run_all)

    def epoch(self) -> list[str]:
        """Run an epoch, learn from it, and describe what was proposed."""
        proposals = self.ask()
        described = describe(proposals, self.problem)
        accepted = self.archive.extend(proposals.entries)
        for keys in proposals.keys:
            self.archive.learn_keys(*keys)
        for genomes, slot in proposals.genomes:
            entries = self._confirmer.entries(genomes, slot, self.searcher.name)
            if entries:
                self.archive.note_genome(genomes, slot)
            accepted += self.archive.extend(entries)
        for formula in proposals.formulas:
            accepted += self.archive.extend(self._confirmer.guess(formula))
        self.searcher.tell(self.state, accepted)
        return described


def proposed(proposals: Proposals, problem: Problem) -> list[Expression]:
    """Proposed genomes, then formulas, then entries, as expressions."""
    language, found = problem.language, []
    for genomes, slot in proposals.genomes:
        size = int(genomes.size[slot])
        nodes = (genomes.codes[slot, :size], genomes.columns[slot, :size], genomes.values[slot, :size])
        found.append(from_nodes(*nodes, language.operators, language.variables))
    return [*found, *proposals.formulas, *(entry.expression for entry in proposals.entries)]


def describe(proposals: Proposals, problem: Problem) -> list[str]:
    """Everything a searcher brought, as texts that are equal only when every bit is."""
    formulas = [expression.text() for expression in proposed(proposals, problem)]
    losses = [float(genomes.loss[slot]).hex() for genomes, slot in proposals.genomes]
    keys = [f"{k[:n].tobytes().hex()} {c[:n].tobytes().hex()}" for k, c, n in proposals.keys]
    return [*formulas, *losses, *keys, repr(sorted(proposals.counters.items()))]


def check_legal(make_searcher: MakeSearcher) -> None:
    """Proposals are complete formulas within the language and its complexity."""
    rehearsal = Rehearsal(make_searcher())
    language, seen = rehearsal.problem.language, 0
    for _ in range(4):
        proposals = rehearsal.ask()
        formulas = proposed(proposals, rehearsal.problem)
        seen += len(formulas)
        # an entry's scale and offset may be written with operators that the language lacks
        whole = formulas[len(formulas) - len(proposals.entries) :]
        assert all(language.obeyed_by(formula) for formula in whole), "an entry against the rules"
        inside = formulas[: len(formulas) - len(whole)]
        assert all(language.allows(formula) for formula in inside), "a formula outside the language"
        genomes = formulas[: len(proposals.genomes)]
        for formula, (population, slot) in zip(genomes, proposals.genomes, strict=True):
            cost = language.complexity(formula)
            assert cost <= language.max_complexity, f"{formula} is too complex: {cost}"
            assert abs(cost - population.complexity[slot]) < 1e-9, f"{formula} has complexity {cost}"
    assert seen, "nothing was proposed in four epochs"


def check_deterministic(make_searcher: MakeSearcher) -> None:
    """The same settings and seed give the same proposals."""
    first, second = Rehearsal(make_searcher()), Rehearsal(make_searcher())
    for _ in range(3):
        assert first.epoch() == second.epoch(), "two runs from one seed differ"


def check_continues_after_pickling(make_searcher: MakeSearcher) -> None:
    """A state that was pickled between epochs goes on as one that was not, in another searcher."""
    whole = Rehearsal(make_searcher())
    whole.epoch()
    state, archive = pickle.loads(pickle.dumps((whole.state, whole.archive)))
    resumed = Rehearsal(make_searcher(), state, archive)
    for _ in range(2):
        assert resumed.epoch() == whole.epoch(), "the search went on differently after pickling"


def check_budget(make_searcher: MakeSearcher) -> None:
    """An epoch stays within about its evaluations."""
    rehearsal = Rehearsal(make_searcher())
    for evaluations in (50, 400):
        used = rehearsal.ask(evaluations).counters.get("evaluations", 0)
        assert used <= 1.1 * evaluations + 16, f"{used} evaluations where {evaluations} were allowed"


def check_leaves_snapshot(make_searcher: MakeSearcher) -> None:
    """Asking changes nothing in the snapshot."""
    rehearsal = Rehearsal(make_searcher())
    rehearsal.epoch()
    snapshot = rehearsal.archive.snapshot()
    before = copy.deepcopy(snapshot)
    rehearsal.ask(snapshot=snapshot)
    for ours, theirs in zip(_arrays(before), _arrays(snapshot), strict=True):
        np.testing.assert_array_equal(ours, theirs, err_msg="the snapshot was changed")


def _arrays(part: Any) -> list[Any]:
    if isinstance(part, tuple):
        return [array for inner in part for array in _arrays(inner)]
    return [np.asarray(part)]


def check_pool(make_searcher: MakeSearcher) -> None:
    """A searcher that uses the pool proposes the same with threads as without."""
    if not says(make_searcher(), "uses_pool"):
        return
    alone, spread = Rehearsal(make_searcher()), Rehearsal(make_searcher())
    with ThreadPoolExecutor(3) as pool:
        spread.run_all = pool.map
        for _ in range(2):
            assert spread.epoch() == alone.epoch(), "threads change what is proposed"


def check_declarations(make_searcher: MakeSearcher) -> None:
    """What a class says of its searchers is of the right kind, and true."""
    searcher = make_searcher()
    kind: Any = type(searcher)
    assert getattr(kind, "name", None) == searcher.name, "the class does not say its searchers' name"
    for what in (
        "fills_templates", "knows_types", "uses_pool", "solves_parts", "needs_solvers", "needs_no_kernels",
        "travels",
    ):  # fmt: skip
        assert isinstance(getattr(kind, what, False), bool), f"{what} is neither True nor False"
    assert all(isinstance(one, type) for one in getattr(kind, "stores", ())), "stores holds what is no class"
    if says(kind, "fills_templates"):
        assert searcher.objection(small_problem(TEMPLATE)) is None, "it objects to a template"
    if says(kind, "solves_parts"):
        assert kind.for_parts().name == searcher.name, "for_parts makes another searcher"
    if says(kind, "needs_solvers"):
        assert hasattr(searcher, "solvers"), "it needs solvers and has no such setting"
    assert hasattr(kind, "warm_up") == hasattr(kind, "is_warm"), "warm_up and is_warm go together"
    assert hasattr(kind, "warm_up_here") == hasattr(kind, "warm_up_beside"), "it has one half of warm_up"
    if hasattr(kind, "warm_up"):
        kind.warm_up()
        assert kind.is_warm(), "it is not warm after warm_up"


CHECKS = (
    check_legal,
    check_deterministic,
    check_continues_after_pickling,
    check_budget,
    check_leaves_snapshot,
    check_pool,
    check_declarations,
)
