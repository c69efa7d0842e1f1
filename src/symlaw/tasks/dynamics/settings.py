"""Settings of a search for equations of motion, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

from symlaw.engine.flows.rates import HELD, LINEAR
from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.grammar import Language
from symlaw.language.parser import parse
from symlaw.search.dynamics.finding import Question
from symlaw.tasks.dynamics.constraints import mirror_of, stated
from symlaw.tasks.dynamics.units import check_known, units_by_state
from symlaw.tasks.dynamics.unknowns import read_known

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.knowledge.units.analysis import Units
    from symlaw.language.operators import Operator
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.numbers import Number

OPERATORS = (
    "+", "-", "*", "/", "square", "cube", "sqrt", "exp", "log", "sin", "cos", "tanh", "abs",
)  # fmt: skip
# A constant of a guess that has a name begins with it.
_BEGIN = 0.9
_BETWEEN = {"linear": LINEAR, "held": HELD}


@dataclass(frozen=True)
class DynamicsSettings:
    """What `DynamicsRegressor` and the command share; see there for the meanings."""

    operators: Sequence[str | Operator] = OPERATORS
    time_budget: float = 60.0
    order: int = 1
    discrete: bool = False
    known: Mapping[str, str] = field(default_factory=dict)
    guess: Mapping[str, str] = field(default_factory=dict)
    inputs_between: str = "linear"
    explicit_time: bool = False
    hidden: int = 0
    units: Mapping[str, Any] = field(default_factory=dict)
    constraints: Sequence[str] = ()
    groups: str | bool | None = None
    shared: Sequence[str] = ()

    def __post_init__(self) -> None:
        seconds = self.time_budget
        if isinstance(seconds, bool) or not isinstance(seconds, Real) or not seconds > 0:
            raise InvalidSetting(f"time_budget is {seconds!r}: give a number of seconds above 0")
        if self.order not in (1, 2):
            raise InvalidSetting(f"order is {self.order!r}: give 1, or 2 where only positions were measured")
        if self.inputs_between not in _BETWEEN:
            raise InvalidSetting(f"inputs_between is {self.inputs_between!r}: give 'linear' or 'held'")
        if self.hidden not in (0, 1) or isinstance(self.hidden, bool):
            raise InvalidSetting(f"hidden is {self.hidden!r}: give 0, or 1 for a state that was not measured")
        if self.hidden and (self.order == 2 or self.discrete):
            raise InvalidSetting("hidden goes neither with order=2 nor with discrete: leave one of them out")
        if not (isinstance(self.groups, (str, bool)) or self.groups is None):
            raise InvalidSetting(f"groups is {self.groups!r}: give a column, or True where each run is one")
        if self.groups and (self.constraints or self.hidden):
            raise InvalidSetting("groups go neither with constraints nor with hidden: leave one of them out")
        if self.order == 2 and self.discrete:
            raise InvalidSetting("order=2 and discrete do not go together: leave one of them out")

    def question(self, names: Names, positions: Mapping[int, int]) -> Question:
        """What is asked of trajectories with these columns.

        Raises
        ------
        InvalidSetting
            When a known equation is of no state, or uses other columns.
        """
        terms_in = names.columns if self.explicit_time else names.columns[:-1]
        language = Language.of(names.columns, self.operators)
        known = {position: Expression((Variable(names.states[k]),)) for k, position in positions.items()}
        given = read_known({_a_state("known", one, names): text for one, text in self.known.items()}, names,
                           [row for row in self.operators if not isinstance(row, str)])  # fmt: skip
        known, unknowns = known | given.equations, given.unknowns
        numbers = self._by_group(given.numbers)
        guesses = {
            names.states.index(state): _with_numbers(_formula("guess", state, text, names), names)
            for state, text in self.guess.items()
        }
        both = [names.states[k] for k in guesses if k in known or k in unknowns]
        if both:
            raise InvalidSetting(f"the equation of {both[0]!r} is known and guessed: give one of both")
        said = stated(self.constraints, names, positions, is_map=self.discrete)
        mirror, known = mirror_of(said.pairs, names, known)
        if mirror is not None and (guesses or unknowns or numbers):
            raise InvalidSetting(
                "a constraint of symmetry goes with whole known equations only: leave out guess, and known"
                " equations with unknown functions or numbers"
            )
        if len(known) == len(names.states) and not numbers:
            raise InvalidSetting(
                "known gives every equation: leave out those that are to be found, or write names for the"
                " numbers that are to be fitted"
            )
        units = self.units_of(names, positions)
        if units:
            check_known(known, units, names)
        return Question(
            names, language, terms_in, known, guesses, dict(positions), self.discrete,
            _BETWEEN[self.inputs_between], units, unknowns, said.constraints, mirror, numbers,
            bool(self.groups) and not numbers,
        )  # fmt: skip

    def _by_group(self, numbers: tuple[Number, ...]) -> tuple[Number, ...]:
        """Numbers, those that are not shared being each group's own."""
        strange = [name for name in self.shared if name not in {one.name for one in numbers}]
        if strange or (self.shared and not self.groups):
            why = (
                f"names {strange[0]!r}, which is no number of a known equation" if strange else "needs groups"
            )
            raise InvalidSetting(f"shared {why}: leave it out, or give known and groups")
        return tuple(
            one._replace(is_own=bool(self.groups) and one.name not in self.shared) for one in numbers
        )

    def units_of(self, names: Names, positions: Mapping[int, int]) -> tuple[Units, ...]:
        """Units of each state's right side; nothing where none are given."""
        return units_by_state(self.units, names, positions, is_map=self.discrete) if self.units else ()


def _a_state(what: str, state: str, names: Names) -> str:
    if state not in names.states:
        raise InvalidSetting(f"{what} names {state!r}: the states are {', '.join(names.states)}")
    return state


def _formula(what: str, state: str, text: str | Expression, names: Names) -> Expression:
    _a_state(what, state, names)
    return parse(text) if isinstance(text, str) else text


def _with_numbers(formula: Expression, names: Names) -> Expression:
    """A guess with numbers to begin with for the constants that it names."""
    return formula.map_nodes(
        lambda node: (
            Constant(_BEGIN) if isinstance(node, Variable) and node.name not in names.columns else node
        )
    )
