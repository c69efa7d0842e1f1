"""Who lets formulas to the front: what the user says about values has to hold of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.algebra.canonical import tidy_signs
from symlaw.language.expression import Constant
from symlaw.search.archive import Entry
from symlaw.search.constraints.refit import loss_of, refitted, target_of, with_places
from symlaw.search.objectives.base import Ability
from symlaw.search.pruning.vanishing import without_vanishing
from symlaw.search.scoring.given_forms import in_own_form

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.knowledge.statements.shape import Shape
    from symlaw.language.expression import Expression
    from symlaw.search.archive import Archive
    from symlaw.search.problem import Problem

# How often a formula is refitted where a counterexample is found.
_MENDINGS = 3
# Nobody tries to refit a formula further than this from holding, as a fraction of the target's variance.
_TOO_FAR = 1.0
# Nor, where anything holds, one so many times further from the rows than the best known, whatever it breaks.
_NEAR = 2.0
# A formula is refitted again where its loss is below this share of the one it had the last time.
_CLEARLY = 0.98


@dataclass
class Memory:
    """What screening remembers of what did not come to the front.

    Attributes
    ----------
    doubts
        For each hard statement's number, the best entry of each complexity that breaks nothing else.
    refitted
        The smallest loss that a formula of each form, its nodes' names, had when it was refitted.
    reached
        The smallest loss of each complexity, whatever the formula broke.
    """

    doubts: dict[int, dict[float, Entry]] = field(default_factory=dict)
    refitted: dict[str, float] = field(default_factory=dict)
    reached: dict[float, float] = field(default_factory=dict)

    def note_doubt(self, number: int, entry: Entry) -> None:
        """Keep what breaks nothing but one statement, where it is the best of its complexity."""
        known = self.doubts.setdefault(number, {})
        if all(other.loss > entry.loss for other in known.values() if other.complexity <= entry.complexity):
            known[entry.complexity] = entry

    def note_reached(self, entries: Sequence[Entry]) -> None:
        """Note losses, whatever the formulas break."""
        for entry in entries:
            self.reached[entry.complexity] = min(self.reached.get(entry.complexity, math.inf), entry.loss)

    def is_near(self, entry: Entry) -> bool:
        """Whether a formula is not much further from the rows than others of no greater complexity."""
        return entry.loss <= self.limit_at(entry.complexity)

    def limit_at(self, complexity: float) -> float:
        """Loss above which formulas of a complexity are far from the rows."""
        known = (loss for other, loss in self.reached.items() if other <= complexity)
        return _NEAR * min(known, default=math.inf)

    def takes_up(self, entry: Entry) -> bool:
        """Whether to refit a formula: no if one of its form and about its loss was. Notes that it is."""
        names = ("c" if isinstance(node, Constant) else node.name for node in entry.expression.nodes)
        form = " ".join(names)
        known = self.refitted.get(form, math.inf)
        self.refitted[form] = min(known, entry.loss)
        return entry.loss <= _CLEARLY * known


@dataclass
class Guard:
    """Screens entries by statements about values.

    Attributes
    ----------
    problem
        What is searched.
    shape
        The statements.
    memory
        What it remembers from formula to formula.
    """

    problem: Problem
    shape: Shape
    memory: Memory = field(default_factory=Memory)

    def screened(
        self, entries: Sequence[Entry], archive: Archive | None = None, *, refit: bool = True
    ) -> list[Entry]:
        """Those of entries made of one formula that hold; a shorter one that does not is refitted.

        Parameters
        ----------
        entries
            Of one formula with and without scale and offset.
        archive
            Where they are to go: what could not enter there is not tested thoroughly, nor refitted. Without
            it the one of the smallest loss is wanted.
        refit
            Whether to refit.
        """
        self.memory.note_reached(entries)
        if refit and archive is not None and any(self.memory.is_near(entry) for entry in entries):
            entries = in_own_form(entries, self.problem, archive)
        kept, broken = list[Entry](), list[Entry]()
        for entry in entries if archive is not None else sorted(entries, key=lambda entry: entry.loss):
            if kept and archive is None:
                return kept
            statements = self.shape.broken(entry.expression)
            if len(statements) == 1:
                self.memory.note_doubt(statements[0], entry)
            priced = entry if statements else self.priced(entry)
            holds = not statements and (not _could_enter(priced, archive) or self._holds(priced))
            (kept if holds else broken).append(priced)
        least = min((entry.complexity for entry in kept), default=np.inf)
        shorter = [
            e for e in broken if refit and e.complexity < least and self._is_worth_refitting(e, archive)
        ]
        best = min(shorter, key=lambda entry: entry.loss, default=None)
        if best is None or self.shape.distance(best.expression) > _TOO_FAR or not self.memory.takes_up(best):
            return kept
        found = self.refitted(best, np.inf if archive is None else archive.limit_at(best.complexity))
        return kept if found is None else [*kept, found]

    def _is_worth_refitting(self, entry: Entry, archive: Archive | None) -> bool:
        """Whether an entry is significantly better than what there is, as mending takes a while and costs."""
        if archive is None or not _could_enter(entry, archive):
            return archive is None
        limit = archive.limit_at(entry.complexity)
        if limit < np.inf and not self.memory.is_near(entry):
            return False
        return max(entry.loss, archive.loss_floor) * self.problem.chance_factor < limit

    def _holds(self, entry: Entry) -> bool:
        found = self.shape.counterexample(entry.expression)
        if found is not None:
            self.memory.note_doubt(found[0], entry)
        return found is None

    def priced(self, entry: Entry) -> Entry:
        """An entry with the price of the soft statements that it breaks in its loss."""
        price = self.shape.price(entry.expression)
        return entry if price == 0.0 else replace(entry, loss=entry.loss + price)

    def refitted(self, entry: Entry, limit: float = np.inf) -> Entry | None:
        """An entry with constants that hold every hard statement, of a loss below a limit; None otherwise."""
        if not self.problem.offers(Ability.SQUARES):
            return None
        target = target_of(self.problem, self.shape)
        for _ in range(_MENDINGS):
            found = None
            for formula in refitted(entry.expression, target, limit):
                found = self.shape.counterexample(formula)
                if found is None:
                    return self._scored(formula, entry.source, limit)
            if found is None:
                return None
            target = with_places(target, found)
        return None

    def _scored(self, formula: Expression, source: str, limit: float) -> Entry | None:
        """An entry of a formula that holds, in the simpler of two forms."""
        problem, language = self.problem, self.problem.language
        for form in (without_vanishing(formula, problem.probe_columns), formula):
            tidied = tidy_signs(form, language.operators)
            loss = loss_of(tidied, problem)
            if loss < limit and language.admits(tidied) and self.shape.holds(tidied):
                return self.priced(Entry(tidied, language.complexity(tidied), loss, tidied, source))
        return None

    def doubtful(self) -> dict[int, list[Entry]]:
        """By number of each hard statement, what breaks nothing else, from simple to accurate."""
        found: dict[int, list[Entry]] = {}
        for number, known in sorted(self.memory.doubts.items()):
            for complexity in sorted(known):
                front = found.setdefault(number, [])
                if not front or known[complexity].loss < front[-1].loss:
                    front.append(known[complexity])
        return found


def _could_enter(entry: Entry, archive: Archive | None) -> bool:
    return archive is None or archive.would_take(entry)
