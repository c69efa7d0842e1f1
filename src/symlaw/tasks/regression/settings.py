"""Settings of a regression, checked once at the public edge."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.losses.register import loss_from
from symlaw.engine.losses.table import Loss
from symlaw.engine.tape import operators_of
from symlaw.errors import InvalidSetting
from symlaw.knowledge.agreement import Known, check_kinds, check_values
from symlaw.knowledge.constants import kind_from
from symlaw.knowledge.named_constants import NamedConstant, dimensions_of_products, in_units_of, named_from
from symlaw.knowledge.priors.prior import CORPUS, Preference, Prior, preference_from, prior_from
from symlaw.knowledge.statements.shape import Shape, shape_of
from symlaw.knowledge.structure import TermLimits, required_of, structure_of
from symlaw.knowledge.units.analysis import Units, units_from
from symlaw.language.grammar import DEFAULT_OPERATORS, MAX_COMPLEXITY, MAX_SUM, Language, Rule
from symlaw.language.macros import Macro, macros_from
from symlaw.language.operators import Operator, operator
from symlaw.language.parser import parse
from symlaw.language.types import Type
from symlaw.language.user_operators.fixed_powers import checked_exponents, costs_of_powers, with_fixed_powers
from symlaw.language.user_operators.operator import record_of
from symlaw.search.executors import THREADS, check_executor, executor_record
from symlaw.search.loop.budget import Budget
from symlaw.search.scoring.user_objective import score_from
from symlaw.search.searchers import TYPED_SCHEDULE, name_of, searchers_named, template_fillers
from symlaw.search.searchers.records import searchers_record
from symlaw.tasks.regression.groups import template_from

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.constants import ConstantKind
    from symlaw.knowledge.structure import Required
    from symlaw.knowledge.units.dimensions import Dimension
    from symlaw.language.expression import Expression
    from symlaw.search.searchers.base import Searcher


# Losses as others call them.
_OTHER_LOSSES = {
    "mse": "squared", "rmse": "squared", "l2": "squared", "r2": "squared", "mae": "absolute",
    "l1": "absolute", "mape": "relative", "logcosh": "log-cosh", "pinball": "quantile:0.5", "msle": "log",
    "logloss": "logistic",
}  # fmt: skip
# What units fitted constants may have.
CONSTANT_UNITS = ("dimensionless", "free")
# MiB in which a bank can be of use.
LEAST_MEMORY = 16
# A search ends by itself when it is settled, and sums may be larger than other formulas.
AUTO = "auto"
_MEMORY = f"mebibytes, {LEAST_MEMORY} or more, or None"


@dataclass(frozen=True)
class Settings:
    """What `SymbolicRegressor` and the command share; see there for the meanings."""

    operators: Sequence[str | Operator] = DEFAULT_OPERATORS
    time_budget: float | None = 60.0
    max_evaluations: int | None = None
    target_loss: float | None = None
    holdout: str | None = None
    patience: int | str | None = AUTO
    max_complexity: int | str = AUTO
    max_terms: int | None = None
    max_term_complexity: int | None = None
    complexity_costs: Mapping[str, float] | None = None
    constants: bool | str | Mapping[str, Any] = True
    named_constants: Sequence[str] | Mapping[str, Any] | None = None
    exponents: Sequence[float] | None = None
    operator_weights: Mapping[str, float] | None = None
    prior: str | os.PathLike[str] | Mapping[str, Any] | Prior | None = None
    threads: int = 1
    executor: Any = THREADS
    cluster: str | None = None
    seed: int = 0
    searchers: Sequence[str | Searcher] | None = None
    bank_memory: float | None = None
    macros: Mapping[str, str] | Sequence[str | Macro] | None = None
    loss: str | Loss | Callable[..., Any] = "squared"
    units: Mapping[str, Any] | None = None
    target_unit: Any = None
    constant_units: str = "dimensionless"
    max_nesting: Mapping[str, Mapping[str, int]] | None = None
    max_argument_size: Mapping[str, Any] | None = None
    forbidden: Sequence[str] | None = None
    required: Sequence[str] | None = None
    template: str | None = None
    groups: str | None = None
    guesses: Sequence[str] | None = None
    constraints: Sequence[Any] | None = None
    domain: Mapping[str, Any] | None = None
    score: Callable[..., Any] | None = None
    simplify: bool = True

    def __post_init__(self) -> None:
        _check_positive("time_budget", self.time_budget, "a number of seconds above 0, or None")
        for name, none in (("max_evaluations", ", or None"), ("threads", "")):
            _check_positive(name, getattr(self, name), f"a whole number of 1 or more{none}", Integral)
        if self.patience != AUTO:
            wanted = "a whole number of 1 or more, 'auto' or None"
            _check_positive("patience", self.patience, wanted, Integral)
        self._check_sizes()
        self._check_memory()
        least = self.target_loss
        if least is not None and (isinstance(least, bool) or not isinstance(least, Real) or not least >= 0):
            raise InvalidSetting(f"target_loss is {least!r}: give a number of 0 or more, or None")
        self._check_searchers()
        check_executor(self.executor, self.cluster)
        if not isinstance(self.simplify, bool):
            raise InvalidSetting(f"simplify is {self.simplify!r}: give True or False")
        self.objective()
        self._check_score()
        kind_from(self.constants)
        if self.constant_units not in CONSTANT_UNITS:
            known = " or ".join(map(repr, CONSTANT_UNITS))
            raise InvalidSetting(f"constant_units is {self.constant_units!r}: give {known}")
        self._check_units()
        if isinstance(self.guesses, str):
            raise InvalidSetting(f"guesses is the text {self.guesses!r}: give a list, such as ['x + 1']")
        if self.guesses and self.fills_template:
            raise InvalidSetting("guesses and template (or groups) do not go together: leave one of them out")
        if self.fills_template:
            self._check_beside_template()
        if self.fills_template and not self.objective().shares_variance:
            raise InvalidSetting(
                f"loss {self.objective().name!r} does not go with template or groups: they need 'squared'"
            )
        if self.time_budget is None and self.max_evaluations is None and self.patience in (None, AUTO):
            raise InvalidSetting(
                "nothing would end the search: give time_budget, max_evaluations or patience"
            )

    def _check_searchers(self) -> None:
        if isinstance(self.searchers, str):
            raise InvalidSetting(f"searchers is the text {self.searchers!r}: give a list, such as ['bank']")
        if self.searchers is not None and not len(self.searchers):
            raise InvalidSetting("searchers is empty: name some, or give None for all")
        for one in self.searchers or ():
            name_of(one)

    def _check_units(self) -> None:
        if (self.units is None) != (self.target_unit is None):
            names = ("units", "target_unit")
            there, missing = names if self.target_unit is None else reversed(names)
            raise InvalidSetting(
                f"{there} is given without {missing}: give both, '' standing for a pure number"
            )

    def _check_memory(self) -> None:
        _check_positive("bank_memory", self.bank_memory, _MEMORY)
        if self.bank_memory is not None and self.bank_memory < LEAST_MEMORY:
            raise InvalidSetting(f"bank_memory is {self.bank_memory!r}: give {_MEMORY}")

    def _check_score(self) -> None:
        """Refuse an objective that is none, or beside prices that are paid in the loss."""
        if score_from(self.score) is None:
            return
        if any(isinstance(one, Mapping) and "weight" in one for one in self.constraints or ()):
            raise InvalidSetting(
                "objective and constraints with a weight do not go together: leave the weights out, or let"
                " the objective itself say what breaking them costs"
            )

    @property
    def scored_by(self) -> str | None:
        """Name of the user's objective."""
        score = score_from(self.score)
        return None if score is None else score.name

    @property
    def operator_names(self) -> list[str]:
        """Names of the operators."""
        return [one if isinstance(one, str) else one.name for one in self.operators]

    @property
    def rewrites(self) -> bool:
        """Whether formulas are rewritten: not where a template or an objective looks at how they are."""
        return self.simplify and not self.fills_template and self.scored_by is None

    @property
    def fills_template(self) -> bool:
        """Whether formulas are of a form that is given."""
        return self.template is not None or self.groups is not None

    @property
    def kind(self) -> ConstantKind | None:
        """What all numbers may be."""
        return kind_from(self.constants)[1]

    @property
    def taking_part(self) -> Sequence[str | Searcher] | None:
        """The searchers that take part, or their names; None for the schedule."""
        return template_fillers() if self.searchers is None and self.fills_template else self.searchers

    def _check_beside_template(self) -> None:
        """Refuse what formulas of a template are not held to."""
        told = {
            "constants": self.kind,
            "named_constants": self.named_constants,
            "exponents": self.exponents,
        }
        for name, value in told.items():
            if value is not None:
                raise InvalidSetting(
                    f"{name} and template (or groups) do not go together: leave one of them out"
                )

    def language(self, variables: Sequence[str], truths: Sequence[str] | None = None) -> Language:
        """The formulas that these settings allow over some columns.

        Those among ``truths`` are Boolean where an operator takes such; None where that is not known.
        """
        if isinstance(self.operators, str):
            raise InvalidSetting(f"operators is the text {self.operators!r}: give a list, such as ['+', '*']")
        if not isinstance(self.operators, Iterable):
            raise InvalidSetting(f"operators is {self.operators!r}: give a list, such as ['+', '*']")
        constants, kind = kind_from(self.constants)
        named = self.named(variables)
        operators, costs = self.operators, dict(self.complexity_costs or {})
        powers = () if self.exponents is None else checked_exponents(self.exponents, operators)
        plain = Language.of(
            variables,
            with_fixed_powers(operators, powers) if powers else operators,
            constants=constants,
            max_complexity=self.largest,
            costs=costs,
            macros=self._macros(powers),
            template=template_from(self.template, self.groups, variables, self.operators),
            named={one.name: one.value for one in named},
            preference=self.preference(),
            types=None if truths is None else _types(operators, truths),
        )
        required, counted = (
            required_of(self.required, plain.variables, plain.operators),
            {**costs_of_powers(powers, costs), **costs},
        )
        known = self._known(replace(plain, costs=counted), named, self._units(variables), required)
        check_kinds(known)
        rules, demands = _rules(known, named)
        demands += [rule for rule in (required, kind, self._term_limits(counted)) if rule is not None]
        writes_powers = set(self.operators) == set(DEFAULT_OPERATORS)
        return replace(
            known.language, rules=tuple(rules), demands=tuple(demands), writes_powers=writes_powers,
            max_sum=MAX_SUM if self.max_complexity == AUTO else None,
        )  # fmt: skip

    @property
    def largest(self) -> int:
        """Largest complexity of a formula that is no sum."""
        return MAX_COMPLEXITY if isinstance(self.max_complexity, str) else self.max_complexity

    def _term_limits(self, costs: Mapping[str, float]) -> TermLimits | None:
        given = (self.max_terms, self.max_term_complexity)
        return None if given == (None, None) else TermLimits(*given, dict(costs))

    def _check_sizes(self) -> None:
        whole = "a whole number of 1 or more"
        if self.max_complexity != AUTO:
            _check_positive("max_complexity", self.max_complexity, f"{whole}, or 'auto'", Integral)
        _check_positive("max_terms", self.max_terms, f"{whole}, or None", Integral)
        _check_positive("max_term_complexity", self.max_term_complexity, f"{whole}, or None", Integral)

    def guessed(self, language: Language) -> list[Expression]:
        """The formulas of these settings' language to begin with.

        Raises
        ------
        ParseError
            When one is no formula of the columns.
        InvalidSetting
            When one holds what the language or the rules do not allow.
        """
        own = {row.name: row for row in language.operators}
        found = []
        for text in self.guesses or ():
            written = parse(
                text, language.variables, lambda name, _: own[name] if name in own else operator(name)
            )
            formula = language.searched(written)
            if not language.uses_only_its_own(formula):
                missing = sorted({row.name for row in operators_of([formula])} - set(own))
                raise InvalidSetting(f"guess {text!r} uses {', '.join(missing)}: add that to operators")
            if not language.obeyed_by(formula):
                raise InvalidSetting(f"guess {text!r} breaks what is known of units or structure")
            found.append(formula)
        return found

    def preference(self) -> Preference | None:
        """What operators are expected where."""
        if self.operator_weights is None and self.prior is None:
            return None
        return preference_from(self.operator_weights, self.prior, self.operators)

    def _macros(self, powers: Sequence[float]) -> tuple[Macro, ...]:
        found = macros_from(self.macros)
        free = next((macro.name for macro in found if powers and "pow" in macro.operators), None)
        if free is not None:
            raise InvalidSetting(
                f"macros holds {free!r}, which uses pow, and exponents are given: write it with square, sqrt"
                " or products, or leave one of them out"
            )
        return found

    def named(self, variables: Sequence[str]) -> tuple[NamedConstant, ...]:
        """Constants that formulas may use by name, in the units that the columns imply."""
        if self.named_constants is None:
            return ()
        found = named_from(self.named_constants)
        taken = next((one.name for one in found if one.name in variables), None)
        if taken is not None:
            raise InvalidSetting(
                f"named_constants names {taken!r}, and a column is called so: give the constant another name,"
                f" as a mapping such as {{'{taken}_0': '{taken}'}}, or rename the column"
            )
        units = self._units(variables)
        return in_units_of(found, {} if units is None else {**units.variables, "the target": units.target})

    def _known(
        self,
        language: Language,
        named: Sequence[NamedConstant],
        units: Units | None,
        required: Required | None,
    ) -> Known:
        """What is known of formulas, kind by kind."""
        shape = structure_of(
            self.max_nesting,
            self.max_argument_size,
            self.forbidden,
            self.complexity_costs,
            language.variables,
        )
        if units is not None:
            units = replace(units, variables={**units.variables, **{one.name: one.unit for one in named}})
        return Known(language, shape, units, required)

    def _units(self, variables: Sequence[str]) -> Units | None:
        if self.units is None or self.target_unit is None:
            return None
        unknown = [name for name in self.units if name not in variables]
        if unknown:
            raise InvalidSetting(
                f"units names {unknown[0]!r}, which is no column: there are {', '.join(variables)}"
            )
        return units_from(self.units, self.target_unit, self.constant_units)

    def shape(
        self, variables: Sequence[str], target: str, X: NDArray[np.float64], y: NDArray[np.float64]
    ) -> Shape | None:
        """What these settings say about values of formulas of a table's target; None for nothing."""
        largest = float(np.max(np.abs(y))) or 1.0
        # squares of a target around 1e200 would leave the range
        spread = largest * float(np.std(y / largest))
        shape = shape_of(self.constraints, self.domain, variables, target, X, spread)
        check_values(() if shape is None else shape.statements, self._units(variables))
        return shape

    def objective(self) -> Loss:
        """What is made small."""
        meant = _OTHER_LOSSES.get(self.loss.lower()) if isinstance(self.loss, str) else None
        if meant is not None:
            raise InvalidSetting(f"loss is {self.loss!r}: write {meant!r} for it")
        return loss_from(self.loss)

    def members(self, language: Language | None = None) -> list[Searcher]:
        """The searchers that take part; by default those that know all types of the language.

        Raises
        ------
        InvalidSetting
            When there is none of a name.
        """
        typed = language is not None and language.is_typed
        usual = TYPED_SCHEDULE if typed and self.taking_part is None else self.taking_part
        members = searchers_named(usual)
        if self.bank_memory is None:
            return members
        n_bytes = int(self.bank_memory * 2**20)
        return [_within(member, n_bytes) for member in members]

    def budget(self) -> Budget:
        """When the search ends."""
        patience = None if isinstance(self.patience, str) else self.patience
        settles = self.patience == AUTO and self.time_budget is not None
        return Budget(self.time_budget, self.max_evaluations, self.target_loss, patience, settles=settles)

    def record(self, variables: Sequence[str]) -> dict[str, Any]:
        """The settings over some columns as plain data for a run's header."""
        macros = {macro.name: macro.definition for macro in macros_from(self.macros)}
        rows = [one if isinstance(one, Operator) else operator(one) for one in self.operators]
        named = [row.name if row.is_users else one for row, one in zip(rows, self.operators, strict=True)]
        users = [{**record_of(row), "source": row.source} for row in rows if row.is_users]
        counted = prior_from(self.prior)
        prior = self.prior if counted is None or self.prior == CORPUS else counted.record()
        loss = self.objective()
        known = replace(self, operators=named, prior=prior, loss="squared", score=None, searchers=None)
        known = replace(known, **executor_record(self.executor, self.cluster))
        plain = {**asdict(known), "loss": loss.name, **searchers_record(self.searchers)}
        score = score_from(self.score)
        if score is not None:
            plain["score"] = score.record()
        if loss.row.users is not None:
            plain["user_loss"] = loss.row.users.record()
        constants = {one.name: one.record() for one in self.named(variables)}
        return {**plain, "macros": macros, "user_operators": users, "named_constants": constants}


def _within(member: Searcher, n_bytes: int) -> Searcher:
    """A searcher that takes so much memory, where its class has that setting."""
    if is_dataclass(member) and hasattr(member, "max_bytes"):
        return replace(member, max_bytes=n_bytes)  # type: ignore[return-value]
    return member


def _types(operators: Iterable[str | Operator], truths: Sequence[str]) -> dict[str, Type]:
    """Types of columns of truths, which are numbers where no operator takes anything else."""
    rows = [one if isinstance(one, Operator) else operator(one) for one in operators]
    asked = {kind for row in rows for kind in row.argument_types[: row.arity]}
    return dict.fromkeys(truths, Type.BOOLEAN) if Type.BOOLEAN in asked else {}


def _rules(known: Known, named: Sequence[NamedConstant]) -> tuple[list[Rule], list[Rule]]:
    """What formulas have to obey, and what they have to be beside to come to the front."""
    rules: list[Rule] = []
    if known.structure is not None:
        forbidden = tuple(map(known.language.searched, known.structure.forbidden))
        rules.append(replace(known.structure, forbidden=forbidden))
    own = known.units
    if own is None:
        return rules, []
    supplied: frozenset[Dimension] = frozenset()
    if not own.free_constants:
        supplied = dimensions_of_products(named)
    return [replace(own, supplied=supplied), *rules], [own] if supplied else []


def _check_positive(name: str, value: Any, wanted: str, kind: Any = Real) -> None:
    if value is None:
        return
    numeric = isinstance(value, kind) and not isinstance(value, bool)
    if not numeric or not 0 < float(value) < math.inf:
        raise InvalidSetting(f"{name} is {value!r}: give {wanted}")


def thread_count(n_jobs: int | None) -> int:
    """Threads for an ``n_jobs`` in joblib's sense: None is 1 outside a joblib context, -1 all cores."""
    from joblib import effective_n_jobs

    if n_jobs == 0 or (n_jobs is not None and not isinstance(n_jobs, int)):
        raise InvalidSetting(f"n_jobs is {n_jobs!r}: give a whole number of 1 or more, or -1 for all cores")
    return int(min(effective_n_jobs(n_jobs), 4 * (os.cpu_count() or 1)))


def seconds_of_each(time_budget: Any, n_outputs: int) -> Any:
    """The share of each of several targets in a time budget."""
    timed = n_outputs > 1 and isinstance(time_budget, (int, float))
    return time_budget / n_outputs if timed else time_budget
