"""Decomposition: structure in the data splits or shrinks the problem, and others solve what is left.

After AI Feynman (Udrescu and Tegmark 2020): a smooth model of the data shows symmetries, scalings and
separable parts. Here a symmetry is used by replacing columns by exact ones, so that the smaller problem has
no model's error; only summands and factors of separate columns begin with the model's word for them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from symlaw.engine import reference
from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.analysis import units_of
from symlaw.knowledge.units.dimensions import NONE
from symlaw.language.expression import Expression, Nodes, joined, rewritten
from symlaw.language.operators import Operator, operator
from symlaw.search.decomposition.away import AwaySearch, epochs_of
from symlaw.search.decomposition.gaussian import Gaussian, Hyperparameters
from symlaw.search.decomposition.groups import pure_products
from symlaw.search.decomposition.oracle import lifted
from symlaw.search.decomposition.parts import (
    Part,
    answered,
    constant_formula,
    evenly_weighted,
    first_part,
    reduced,
    without,
)
from symlaw.search.decomposition.reductions import Powers, Reduction, SignedSum, irrelevant
from symlaw.search.decomposition.search import STORES, PartSearch, search_for
from symlaw.search.decomposition.structure import Hint
from symlaw.search.decomposition.study import MIN_ROWS, Finding, Split, Study, first_of
from symlaw.search.decomposition.surrogate import Columns, Surrogate
from symlaw.search.executors.base import executor_of
from symlaw.search.objectives.base import Ability
from symlaw.search.searchers import part_solvers
from symlaw.search.searchers.base import Mapper, Proposals, columns_of
from symlaw.search.sparse.models import distinct
from symlaw.search.sparse.terms import importance
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.decomposition.oracle import Ask
    from symlaw.search.executors.base import Executor
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

MAX_COLUMNS = 20
LEFT_ASIDE = "left aside, as they seem to matter least"
# Formulas of a first summand or factor that the rest is searched for with.
_SHORTLIST = 2
# Formulas that a part's search scores before it is asked whether it is over.
_AT_ONCE = 4000
# A first summand or factor is searched for with the part's work over this.
_FIRST = 20


@dataclass
class Task:
    """A part on its way: studied, then searched.

    Attributes
    ----------
    part
        The part as it came.
    study
        Its study; its result once it is done.
    confidence
        That it leads to the target's formula.
    rest
        The split whose first summand or factor the part is, and the columns of the others; None where a
        formula of the part is one of the target.
    floor
        Loss below which what is left is error of the part's target.
    search
        The search for its formula, once begun and until done.
    work
        Work spent on the search.
    is_smaller
        Whether the part as it came is smaller than the problem, so that it is worth a search as it is.
    """

    part: Part
    study: Study
    confidence: float = 1.0
    rest: tuple[Split, tuple[int, ...]] | None = None
    floor: float = 0.0
    search: PartSearch | AwaySearch | None = None
    work: int = 0
    is_smaller: bool = False


@dataclass
class DecompositionState:
    """What decomposition carries from epoch to epoch.

    Attributes
    ----------
    seed
        Of the parts' searches.
    columns
        The problem's columns on the rows of all parts, float64 (n_rows, n_columns).
    tasks
        Parts still to be studied or searched.
    left_aside
        Columns that were not studied because there are too many.
    findings
        Structure found so far.
    begun
        Searches begun so far.
    asks
        Epochs so far.
    """

    seed: int
    columns: Array
    tasks: list[Task]
    left_aside: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    begun: int = 0
    asks: int = 0

    def drop(self, task: Task) -> None:
        """Forget a task that is done."""
        self.tasks = [other for other in self.tasks if other is not task]


@dataclass(frozen=True)
class Decomposition:
    """Symmetries, scalings, separable summands and factors.

    Parameters
    ----------
    part_work
        Node values that the search for one part's formula may compute.
    epoch_work
        Node values after which an epoch takes no further step.
    max_depth
        How often a target may be split.
    at_once
        Parts that are searched side by side in a step, on a cluster each by a worker; a setting, not the
        number of workers.
    solvers
        Names of the searchers that look for parts' formulas, such as
        `symlaw.search.searchers.part_solvers` gives.
    """

    part_work: float = 2e10
    epoch_work: float = 4e7
    max_depth: int = 3
    at_once: int = 1
    solvers: tuple[str, ...] = field(default_factory=part_solvers)
    name: str = "decomposition"
    needs_solvers: ClassVar[bool] = True
    travels: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (
        DecompositionState, Task, Study, Split, Finding, Hint, Reduction, Powers, SignedSum, Surrogate,
        Columns, Gaussian, Hyperparameters, AwaySearch, *STORES,
    )  # fmt: skip

    def __post_init__(self) -> None:
        if self.at_once < 1:
            raise InvalidSetting(f"at_once of decomposition must be 1 or more, not {self.at_once}")

    def objection(self, problem: Problem) -> str | None:
        """Any loss but least squares."""
        return problem.lacks(Ability.SQUARES, Ability.TARGET)

    def start(self, problem: Problem, seed: int) -> DecompositionState:
        """The whole problem as the only part."""
        whole, ask = answered(first_part(problem, seed), problem)
        part, ask = _few_columns(whole, ask, problem)
        tasks = [Task(part, Study(part, ask=ask))] if len(part.y) >= MIN_ROWS else []
        tasks += [Task(pure, Study(pure), is_smaller=True) for pure in _pure_parts(whole, problem)]
        left_aside = [c for c, column in enumerate(whole.columns) if column not in part.columns]
        return DecompositionState(seed, whole.X, tasks, whole.variables(left_aside))

    def ask(
        self,
        state: DecompositionState,
        problem: Problem,
        snapshot: Snapshot,
        evaluations: int,
        run_all: Mapper,
    ) -> Proposals:
        """Take the studies and searches of parts a step or a few further; nothing once all are done."""
        state.asks += 1
        known = len(state.findings)
        formulas = columns_of(problem)[: max(1, evaluations)] if state.asks == 1 else []
        counters = Counter(evaluations=len(formulas), distinct=len(formulas), work=0)
        executor = executor_of(run_all)
        while state.tasks and counters["work"] < self.epoch_work and counters["evaluations"] < evaluations:
            tasks = self._next(state)
            if not tasks[0].study.done:
                new, used = self._study(state, tasks[0], problem)
            else:
                left = evaluations - counters["evaluations"]
                new, used = self._search(state, tasks, problem, left, executor)
            formulas += _legal(new, problem)
            counters.update(used)
        remarks = [finding.words() for finding in state.findings[known:]]
        if state.asks == 1 and state.left_aside:
            remarks.insert(0, f"{LEFT_ASIDE}: {', '.join(state.left_aside)}")
        return Proposals(formulas=formulas, counters=dict(counters), remarks=remarks)

    def tell(self, state: DecompositionState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn: the structure is the data's."""

    def _next(self, state: DecompositionState) -> list[Task]:
        """A study first, then the searches that had the least work for their confidence."""
        for task in state.tasks:
            if not task.study.done:
                return [task]
        ranked = sorted(state.tasks, key=lambda task: task.work / max(task.confidence, 1e-9))
        return ranked[: self.at_once]

    def _study(
        self, state: DecompositionState, task: Task, problem: Problem
    ) -> tuple[list[Expression], dict[str, int]]:
        study = task.study
        work = study.step(Writer(problem.language))
        new: list[Expression] = []
        if study.done:
            state.findings += study.findings
            for split in study.splits:
                state.tasks.append(self._first_of(split, task.confidence * study.confidence))
            if study.part.is_constant and task.rest is None:
                new.append(study.part.whole(constant_formula(study.part)))
            if not self._is_searched(task):
                state.drop(task)
        return new, {"evaluations": 1, "distinct": 1, "work": work}

    def _is_searched(self, task: Task) -> bool:
        """Whether a studied part is worth a search of its own: the whole problem is others' business."""
        part = task.study.part
        is_whole = part is task.part and part.depth == 0 and not task.is_smaller
        return not (is_whole or part.is_constant or not part.columns)

    def _first_of(self, split: Split, confidence: float) -> Task:
        """The task of a split's first summand or factor."""
        part, rest, error = first_of(split)
        study = Study(part, may_split=False, done=len(part.columns) < 2)
        return Task(part, study, confidence * split.confidence, (split, rest), floor=error)

    def _search(
        self, state: DecompositionState, tasks: list[Task], problem: Problem, evaluations: int,
        executor: Executor,
    ) -> tuple[list[Expression], dict[str, int]]:  # fmt: skip
        """An epoch of each search."""
        searches = [self._begun(state, task, problem, away=executor.stays) for task in tasks]
        limit = max(1, min(evaluations // len(tasks), _AT_ONCE))
        new, used = list[Expression](), Counter[str]()
        for task, (accepted, counters) in zip(
            tasks, epochs_of(searches, limit, _SHORTLIST, executor), strict=True
        ):
            new += self._taken(state, task, accepted, problem)
            used.update(counters)
        return new, dict(used)

    def _begun(
        self, state: DecompositionState, task: Task, problem: Problem, *, away: bool
    ) -> PartSearch | AwaySearch:
        """A task's search, begun where it is not yet."""
        if task.search is None:
            state.begun += 1
            seed = state.seed + state.begun
            model = task.study.surrogate
            noise = task.floor if model is None else 1.0 - model.r_squared
            part = evenly_weighted(task.study.part, noise)
            make = AwaySearch if away else search_for
            task.search = make(part, problem.language, seed, task.floor, self.solvers)
        return task.search

    def _taken(
        self, state: DecompositionState, task: Task, accepted: Sequence[Entry], problem: Problem
    ) -> list[Expression]:
        """Formulas of the target from what came to a search's front; the task goes once it is over."""
        assert task.search is not None
        task.work = task.search.work
        new = [] if task.rest else _wholes(task.study.part, accepted, problem)
        # what is left after a first summand cannot wait until nothing is to be gained any more
        if task.search.is_over(self.part_work / _FIRST if task.rest else self.part_work):
            state.drop(task)
            if task.rest:
                state.tasks += self._others(state, task, problem, *task.rest)
        return new

    def _others(
        self,
        state: DecompositionState,
        task: Task,
        problem: Problem,
        split: Split,
        rest: tuple[int, ...],
    ) -> list[Task]:
        """Tasks of what is left of a split after its first summand or factor was found."""
        columns = dict(zip(problem.language.variables, state.columns.T, strict=True))
        tasks: list[Task] = []
        for formula in task.search.shortlist(_SHORTLIST) if task.search else []:
            first = task.study.part.whole(formula)
            values = reference.values(first, columns)
            part = without(split.part, first.nodes, values, rest, split.multiplied)
            if part is not None:
                study = Study(part, done=len(rest) < 2 or part.depth >= self.max_depth)
                tasks.append(Task(part, study, task.confidence, floor=task.floor))
        return tasks


def findings_of(state: DecompositionState) -> list[Finding]:
    """Structure that a state's studies found: kind, variables, confidence."""
    return list(state.findings)


def _few_columns(part: Part, ask: Ask | None, problem: Problem) -> tuple[Part, Ask | None]:
    """A part without the columns that seem to matter least, where there are too many, and its function."""
    n_columns = len(part.columns)
    if n_columns <= MAX_COLUMNS:
        return part, ask
    order = importance(part.X.T, part.y, part.weights)
    others = irrelevant(tuple(order[MAX_COLUMNS:]))
    smaller = reduced(part, others, Writer(problem.language))
    if smaller is None:
        return part, ask
    return smaller, None if ask is None else lifted(ask, others, part.X)


def _pure_parts(whole: Part, problem: Problem) -> list[Part]:
    """The problem in products without units, for some choices of them, where units are known."""
    units = units_of(problem.language)
    if units is None or units.free_constants:
        return []
    columns = [
        units.variables[name].dimension if name in units.variables else NONE
        for name in problem.language.variables
    ]
    writer = Writer(problem.language)
    reductions = pure_products(whole.X, columns, units.target.dimension)
    parts = [reduced(whole, reduction, writer) for reduction in reductions]
    return [part for part in parts if part is not None]


def _wholes(part: Part, accepted: Sequence[Entry], problem: Problem) -> list[Expression]:
    """Formulas of the target from those of a part that came to its front."""
    bare = not part.before and not part.after
    inner = bare or not problem.language.constants
    found = [part.whole(entry.inner if inner else entry.expression) for entry in accepted]
    return distinct(found)


def _legal(formulas: Sequence[Expression], problem: Problem) -> list[Expression]:
    """Formulas in the simpler of two forms, those outside the language left out."""
    language, found = problem.language, []
    for written in formulas:
        formula = language.searched(written)
        both = (formula, _without_cubes(formula.canonical))
        forms = [form for form in both if _is_legal(form, problem)]
        if forms:
            found.append(min(forms, key=language.complexity))
    return found


def _without_cubes(formula: Expression) -> Expression:
    """Cubes written as products, as canonical forms have them whatever the language."""

    def applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
        if row.whole_power != 3:
            return joined(row, arguments)
        return (*arguments[0], *arguments[0], operator("square"), operator("*"))

    return Expression(rewritten(formula.nodes, applied))


def _is_legal(formula: Expression, problem: Problem) -> bool:
    language = problem.language
    return language.fits(formula) and (language.constants or not formula.constants)
