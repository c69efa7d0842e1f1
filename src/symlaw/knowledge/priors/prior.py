"""Priors: which operators are expected, and what inside what, counted from formulas or weighted by hand."""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import FileUnreadable, InvalidSetting, ParseError, SymlawError
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import Operator
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from symlaw.language.expression import Node

CORPUS = "corpus"
KEY, VERSION = "symlaw_prior", 1
# Leaves among the names of symbols, and the parent of a root.
VARIABLE, CONSTANT, ROOT = "variable", "constant", ""
# Symbols drawn from the shares of all places, that are added to what was seen in one; and the share of all
# odds that stays even whatever was counted.
_SMOOTHING, _EVEN = 10.0, 0.1


@dataclass(frozen=True)
class Prior:
    """How often symbols stand inside others in a collection of formulas.

    Parameters
    ----------
    children
        Counts by parent and child: names of operators, ``"variable"`` and ``"constant"``; the parent of a
        root is ``""``.
    sizes
        How many formulas have so many nodes, by the number as text.
    n_formulas
        Formulas counted.
    source
        Where they come from.

    Examples
    --------
    >>> prior = Prior.from_formulas(["sin(x) * x", "x**2 + 1"])
    >>> prior.children["*"], prior.n_formulas
    ({'sin': 1, 'variable': 1}, 2)
    >>> prior.share("*", "sin") > prior.share("*", "cos")
    True
    """

    children: Mapping[str, Mapping[str, float]]
    sizes: Mapping[str, int] = field(default_factory=dict)
    n_formulas: int = 0
    source: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_formulas(
        cls, formulas: Iterable[str | Expression], source: Mapping[str, Any] | None = None
    ) -> Prior:
        """Count formulas.

        Raises
        ------
        InvalidSetting
            When there are none.
        ParseError, UnknownOperator
            When a text is no formula; the message names it.
        """
        counts: dict[str, Counter[str]] = {}
        sizes: Counter[int] = Counter()
        for given in formulas:
            formula = given if isinstance(given, Expression) else _parsed(given)
            sizes[len(formula.nodes)] += 1
            for parent, child in pairs_of(formula):
                counts.setdefault(parent, Counter())[child] += 1
        if not counts:
            raise InvalidSetting("a prior needs formulas to be counted from, and there are none: give some")
        children = {parent: dict(sorted(counts[parent].items())) for parent in sorted(counts)}
        ordered = {str(size): sizes[size] for size in sorted(sizes)}
        return cls(children, ordered, sum(sizes.values()), dict(source or {}))

    @cached_property
    def _everywhere(self) -> tuple[dict[str, float], float]:
        """Counts of symbols wherever they stand, and how many symbols there are."""
        overall: Counter[str] = Counter()
        for inside in self.children.values():
            overall.update(inside)  # type: ignore[arg-type]
        return dict(overall), float(sum(overall.values()))

    def share(self, parent: str, child: str) -> float:
        """Smoothed share of a symbol among those that stand inside a parent."""
        overall, n_seen = self._everywhere
        everywhere = (overall.get(child, 0.0) + 1.0) / (n_seen + len(overall) + 1.0)
        here = self.children.get(parent, {})
        return (here.get(child, 0.0) + _SMOOTHING * everywhere) / (sum(here.values()) + _SMOOTHING)

    def record(self) -> dict[str, Any]:
        """As plain data."""
        return {KEY: VERSION, **asdict(self)}

    @classmethod
    def from_record(cls, record: Any) -> Prior:
        """Read what `record` gave; raises `InvalidSetting` where it is something else."""
        try:
            if record[KEY] != VERSION:
                raise InvalidSetting(
                    f"prior of format {record[KEY]!r} is unknown: this symlaw reads {VERSION}"
                )
            return cls(*(record[name] for name in ("children", "sizes", "n_formulas", "source")))
        except (KeyError, TypeError) as error:
            raise InvalidSetting("prior holds no counts: make it with symlaw prior fit") from error

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as JSON; raises `FileUnreadable` where that is not possible."""
        try:
            Path(path).write_text(json.dumps(self.record(), indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise FileUnreadable(f"the prior cannot be written to {str(path)!r}: {error}") from None


def _parsed(text: str) -> Expression:
    try:
        return parse(text)
    except SymlawError as error:
        raise ParseError(f"formula {text!r} cannot be counted: {error}") from error


def symbol_of(node: Node) -> str:
    """The name by which a node is counted."""
    if isinstance(node, Operator):
        return node.name
    return VARIABLE if isinstance(node, Variable) else CONSTANT


def pairs_of(formula: Expression) -> list[tuple[str, str]]:
    """Parent and child for every node of a formula, as names of symbols.

    Examples
    --------
    >>> pairs_of(parse("sin(x) + 1"))
    [('sin', 'variable'), ('+', 'sin'), ('+', 'constant'), ('', '+')]
    """
    found: list[tuple[str, str]] = []
    stack: list[str] = []
    for node in formula.nodes:
        name = symbol_of(node)
        if isinstance(node, Operator):
            found += [(name, child) for child in stack[-node.arity :]]
            del stack[-node.arity :]
        stack.append(name)
    return [*found, (ROOT, stack[0])]


def read_prior(path: Path) -> Prior:
    """A prior from a file that `Prior.save` wrote; raises `FileUnreadable` where that is not possible."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileUnreadable(f"prior {str(path)!r} cannot be read as JSON: {error}") from None
    return Prior.from_record(record)


@cache
def corpus_prior() -> Prior:
    """The prior that is shipped; its source says what it was counted from."""
    text = files("symlaw.knowledge.priors").joinpath("corpus.json").read_text(encoding="utf-8")
    return Prior.from_record(json.loads(text))


def prior_from(given: Any) -> Prior | None:
    """A prior from a setting: None, ``"corpus"``, a path, a `Prior`, or the record of one."""
    if given is None or isinstance(given, Prior):
        return given
    if given == CORPUS:
        return corpus_prior()
    if isinstance(given, (str, Path)):
        return read_prior(Path(given))
    if isinstance(given, Mapping):
        return Prior.from_record(given)
    raise InvalidSetting(f"prior is {given!r}: give 'corpus', the path of a file, a Prior, or None")


@dataclass(frozen=True)
class Preference:
    """Odds of symbols: a prior's shares times weights.

    Parameters
    ----------
    weights
        By operator; 1 where there is none.
    prior
        Counted shares; all alike without it.
    """

    weights: Mapping[str, float] = field(default_factory=dict)
    prior: Prior | None = None

    def odds(self, parent: str, child: str) -> float:
        """Odds of a symbol as an argument of a parent, ``""`` for the root."""
        share = (
            1.0 if self.prior is None else _EVEN + (1.0 - _EVEN) * _USUAL * self.prior.share(parent, child)
        )
        return self.weights.get(child, 1.0) * share

    def length(self, formula: Expression, operators: Sequence[str], n_variables: int) -> float:
        """Nats to write down a formula, each symbol at its price where it stands.

        Without weights and prior that is the logarithm of the number of symbols for each node.
        """
        known = self._nats.setdefault((tuple(operators), n_variables), {})
        total = 0.0
        for pair in pairs_of(formula):
            nats = known.get(pair)
            if nats is None:
                nats = known[pair] = self._nats_of(*pair, operators, n_variables)
            total += nats
        return total

    @cached_property
    def _nats(self) -> dict[tuple[tuple[str, ...], int], dict[tuple[str, str], float]]:
        """Nats by parent and child that were asked for, by operators and number of columns."""
        return {}

    def _nats_of(self, parent: str, child: str, operators: Sequence[str], n_variables: int) -> float:
        """Nats for a symbol as an argument of a parent."""
        known = [self.odds(parent, name) for name in (*operators, CONSTANT)]
        column = self._of_column(parent, n_variables)
        price = sum(known) + n_variables * column
        return math.log(price / (column if child == VARIABLE else self.odds(parent, child)))

    def _of_column(self, parent: str, n_variables: int) -> float:
        """Odds of one of the columns, which share those of a variable where these were counted."""
        odds = self.odds(parent, VARIABLE)
        return odds if self.prior is None else odds / max(1, n_variables)


# Symbols that there usually are: a share of one in so many counts as even.
_USUAL = 20.0


def preference_from(weights: Any, prior: Any, operators: Iterable[str | Operator]) -> Preference | None:
    """A preference from settings; None where they say nothing.

    Raises
    ------
    InvalidSetting
        When a weight is no number above 0, or of an operator that is not there.
    """
    names = {row.name if isinstance(row, Operator) else row for row in operators}
    if weights is not None and not isinstance(weights, Mapping):
        raise InvalidSetting(
            f"operator_weights is {weights!r}: give weights by operator, such as {{'sin': 0.1}}"
        )
    for name, weight in (weights or {}).items():
        if name not in names:
            raise InvalidSetting(
                f"operator_weights names {name!r}, which operators lacks: add it to operators, or leave its"
                " weight out"
            )
        sound = isinstance(weight, Real) and not isinstance(weight, bool) and 0 < float(weight) < math.inf
        if not sound:
            raise InvalidSetting(
                f"operator_weights of {name!r} is {weight!r}: give a number above 0; what should not occur is"
                " left out of operators"
            )
    counted = prior_from(prior)
    return Preference(dict(weights or {}), counted) if weights or counted else None
