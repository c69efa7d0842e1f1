"""`symlaw.discover`: formulas for a function, for rows seen through an operator, or for an objective."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.language.algebra.tuples import joined_formulas, joining_operators
from symlaw.language.expression import Constant, Expression, Leaf, Variable
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.language.parser import parse
from symlaw.language.types import Type
from symlaw.search.executors import THREADS, check_executor
from symlaw.search.loop.budget import Budget, Spent
from symlaw.search.loop.search import Progress, search
from symlaw.search.loop.warm_up import compile_search
from symlaw.search.objectives.called import CalledObjective, make_called_problem
from symlaw.search.objectives.observed import make_observed_problem
from symlaw.search.searchers import searchers_named
from symlaw.tasks.discovery.added import Question, is_question, problem_of, question_named, variables_of
from symlaw.tasks.discovery.questions import Observations, names_of, points_of
from symlaw.tasks.discovery.result import Discovery, result_of
from symlaw.tasks.display.progress import stopping
from symlaw.tasks.regression.settings import thread_count

if TYPE_CHECKING:
    from symlaw.language.operators import Operator
    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Searcher

_CONSTANTS = (0.0, 1.0, -1.0, 0.5, 2.0)


def discover(
    objective: Callable[[Any], float] | Observations | Question | str,
    variables: Sequence[str] | None = None,
    *,
    operators: Iterable[str | Operator] = DEFAULT_OPERATORS,
    time_budget: float | None = 60.0,
    max_evaluations: int | None = None,
    target: float | None = None,
    formulas: int | Sequence[str] = 1,
    points: Any = None,
    max_complexity: int = 30,
    complexity_costs: dict[str, float] | None = None,
    constants: bool = True,
    guesses: Sequence[str | Expression] = (),
    searchers: Sequence[str | Searcher] | None = None,
    random_state: int | None = None,
    n_jobs: int = -1,
    executor: Any = THREADS,
    cluster: str | None = None,
    callback: Callable[[Progress], bool | None] | None = None,
) -> Discovery:
    """Find formulas that a function of yours calls good, or that agree with what is observed of them.

    Parameters
    ----------
    objective
        A function of a formula (`symlaw.Expression`; ``formula.evaluate({"x": x})`` gives its values) that
        gives a number, smaller is better. What it raises and what is not finite count as a bad score. Or rows
        seen through an operator, of `symlaw.observed`. Or an objective of your own, an object with a method
        ``problem(language)`` that gives a `symlaw.search.problem.Problem`; or the name of one that an
        installed package adds.
    variables
        Names that formulas may use; with `symlaw.observed` its columns, and those of an objective that has
        ``variables``.
    operators
        Names of operators, or operators made by `symlaw.operator`.
    time_budget, max_evaluations
        Seconds and formulas after which the search ends; None for no such limit.
    target
        Score at which it ends, and from which on formulas count as equally good.
    formulas
        How many formulas are asked for, or their names: the function then gets a tuple of formulas, and each
        row of the front has as many, with one complexity in all.
    points
        Points (n_points, n_variables), or columns by name, where formulas of equal values are one: the
        function is not asked about both. Without them formulas are one where their canonical forms are.
    max_complexity, complexity_costs, constants, guesses, searchers, random_state, n_jobs, executor,
    cluster
        As those of `symlaw.SymbolicRegressor`; a function that is no `symlaw.observed` is called in this
        process only.
    callback
        Called after each epoch with a `Progress`; return False to stop. Of several formulas its front shows
        one, their parts joined by semicolons.

    Returns
    -------
    Discovery
        ``front_``, ``expression_``, ``stopped_by_``, and how to save, show and export it.

    Raises
    ------
    InvalidSetting, DataError
        When the question or a setting cannot be used.

    Examples
    --------
    >>> import numpy as np
    >>> import symlaw
    >>> x = np.linspace(0.5, 3.0, 20)
    >>> found = symlaw.discover(lambda f: np.mean((f.evaluate({"x": x}) - x * (x + 1)) ** 2), ["x"],
    ...                         operators=["+", "*"], max_evaluations=3000, time_budget=None,
    ...                         max_complexity=7, random_state=0)
    >>> found.expression_.evaluate({"x": [1.0, 2.0]}).tolist()
    [2.0, 6.0]
    """
    limit = _budget(time_budget, max_evaluations, target)
    if isinstance(objective, str):
        objective = question_named(objective)
    names = names_of(formulas, one=isinstance(objective, Observations) or is_question(objective))
    language = _language(
        objective, variables, operators, max_complexity, complexity_costs, constants, len(names) or 1
    )
    seed = int(np.random.SeedSequence(random_state).generate_state(1)[0] % 2**31)
    members = None if searchers is None else searchers_named(searchers)
    compile_search(language.operators, searchers=members)
    began = time.monotonic()
    problem = _problem(objective, language, points, target, seed, len(names) or 1)
    judged = problem.objective if isinstance(problem.objective, CalledObjective) else None
    if judged is not None:
        _try_out(judged, language, began + time_budget if time_budget is not None else math.inf)
    stop = threading.Event()
    outcome = search(
        problem,
        limit,
        searchers=members,
        threads=thread_count(n_jobs),
        executor=check_executor(executor, cluster, n_jobs),
        cluster=cluster,
        seed=seed,
        listen=None if callback is None else stopping(callback, stop),
        stop=stop,
        spent=Spent(started=began),
        guesses=[*_constants(language, len(names) or 1), *(_guess(one, language, names) for one in guesses)],
    )
    return result_of(outcome, problem, language, names)


def _budget(seconds: float | None, evaluations: int | None, target: float | None) -> Budget:
    if seconds is None and evaluations is None:
        raise InvalidSetting(
            "time_budget and max_evaluations are both None: give one, or the search never ends"
        )
    for name, value in (("time_budget", seconds), ("max_evaluations", evaluations)):
        if value is not None and not (isinstance(value, int | float) and value > 0):
            raise InvalidSetting(f"{name} is {value!r}: give a number above 0, or None")
    if target is not None and not math.isfinite(target):
        raise InvalidSetting(f"target is {target!r}: give a finite number, or None")
    return Budget(seconds, evaluations, target)


def _language(
    objective: Any,
    variables: Sequence[str] | None,
    operators: Iterable[str | Operator],
    max_complexity: int,
    costs: dict[str, float] | None,
    constants: bool,
    n_formulas: int,
) -> Language:
    own = tuple(objective.columns) if isinstance(objective, Observations) else variables_of(objective)
    if own is not None:
        names = own
        if variables is not None and tuple(variables) != names:
            raise InvalidSetting(
                f"variables is {tuple(variables)}, and the columns are {names}: leave it out"
            )
    elif not callable(objective) and not is_question(objective):
        raise InvalidSetting(
            f"objective is {objective!r}: give a function of a formula that gives a number,"
            " symlaw.observed(...), or an object with a method problem(language)"
        )
    elif isinstance(variables, str) or not variables:
        raise InvalidSetting(f"variables is {variables!r}: give a list of names, such as ['x', 'y']")
    else:
        names = tuple(variables)
    joining = joining_operators(n_formulas)
    return Language.of(
        names, [*operators, *joining], constants=bool(constants), max_complexity=max_complexity, costs=costs,
        result=joining[-1].result_type if joining else Type.REAL,
    )  # fmt: skip


def _problem(
    objective: Callable[[Any], float] | Observations | Question,
    language: Language,
    points: Any,
    target: float | None,
    seed: int,
    n_formulas: int,
) -> Problem:
    if points is not None and (isinstance(objective, Observations) or is_question(objective)):
        raise InvalidSetting("points are for functions that judge formulas: leave them out")
    if is_question(objective):
        return problem_of(objective, language)
    if isinstance(objective, Observations):
        X = np.column_stack([objective.columns[name] for name in language.variables])
        return make_observed_problem(X, objective.operator, objective.b, language, weights=objective.weights)
    assert callable(objective)
    array = points_of(points, language.variables)
    return make_called_problem(
        objective, language, n_formulas=n_formulas, points=array,
        floor=-math.inf if target is None else target, seed=seed,
    )  # fmt: skip


def _try_out(judged: CalledObjective, language: Language, deadline: float) -> None:
    """Ask about constants and variables: a function that fails for all of them is refused."""
    judge = judged.judge
    leaves: list[Leaf] = [Constant(value) for value in _CONSTANTS]
    leaves += [Variable(name) for name in language.variables]
    each = judge.n_formulas
    scores = [judge.score(joined_formulas([Expression((leaf,))] * each)) for leaf in leaves]
    if not any(map(math.isfinite, scores)) and judge.failures:
        raise InvalidSetting(
            f"objective fails for every simple formula that was tried: {next(iter(judge.failures))}"
        )
    judge.deadline = deadline


def _constants(language: Language, n_formulas: int) -> list[Expression]:
    """What every formula has to beat."""
    return [joined_formulas([Expression((Constant(1.0),))] * n_formulas)] if language.constants else []


def _guess(given: Any, language: Language, names: Sequence[str]) -> Expression:
    parts = given if names else [given]
    if isinstance(parts, str | Expression) or len(parts) != max(1, len(names)):
        raise InvalidSetting(f"guesses holds {given!r}: give a tuple of {len(names)} formulas")
    return language.searched(joined_formulas([parse(p) if isinstance(p, str) else p for p in parts]))
