"""From a genome that looks good on probe rows to entries scored on all rows."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.engine.blocks import KernelTable, kernel_table
from symlaw.engine.fit import FitSpace, Rows, best_line, fill_values, fit_constants, fit_space
from symlaw.engine.losses.irls import OFFSET, UNIT_SCALE, WARM
from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES, Program
from symlaw.engine.step_control import FIRST_DAMPING
from symlaw.engine.tape import CONSTANT, from_nodes, to_tape
from symlaw.knowledge.constants import kind_of
from symlaw.language.algebra.canonical import tidy_signs
from symlaw.language.algebra.sums import terms_of
from symlaw.language.operators import LINE_OPERATORS, operator
from symlaw.language.user_operators.fixed_powers import exponent_of
from symlaw.search.archive import Entry
from symlaw.search.constants.admissible import forms_of_line, rounded
from symlaw.search.constants.coefficients import MAX_TERMS, Sum, sums_of, written_out
from symlaw.search.constants.named_scales import with_named_factor
from symlaw.search.evolution.population import Population, population
from symlaw.search.objectives.base import Ability
from symlaw.search.pruning.aliases import Unaliased
from symlaw.search.pruning.vanishing import without_vanishing
from symlaw.search.scoring.derivative_free import searched
from symlaw.search.scoring.scale_and_offset import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symlaw.knowledge.constants import ConstantKind
    from symlaw.language.expression import Expression
    from symlaw.search.constraints.guard import Guard
    from symlaw.search.problem import Problem
    from symlaw.search.scoring.affine import Line

_POLISH_STEPS = 60
_RESTARTS = 3
# Starts from smaller constants where a formula is exact, and the share of their sum that has to be gained.
_SMALLER_STARTS, _SMALLER = 48, 0.9
# Steps on all rows of a table with more rows than the sample, where constants were fitted: at most so many,
# and fewer where they would compute more node values than this.
_FINAL_STEPS = 4
_FINAL_WORK = 5e7
# Node values computed in one kernel call, so that none takes longer than about 0.2 s.
_CALL_WORK = 1e8
# On the sample, losses closer than this count as equal.
_BETTER = 0.999


@dataclass
class Confirmer:
    """Scores genomes on all rows of a problem, their constants refitted there.

    Attributes
    ----------
    slowest
        Seconds that the slowest formula took so far.
    sampled
        Best loss on the sample of a confirmed formula of each complexity.
    least
        The smallest loss so far, whether or not the formula may come to the front.
    """

    problem: Problem
    slowest: float = 0.0
    sampled: dict[float, float] = field(default_factory=dict)
    least: float = np.inf

    def __post_init__(self) -> None:
        listed = self.problem.language.operators
        # powers are shown written out
        powers = ("pow",) if any(exponent_of(row) is not None for row in listed) else ()
        shown = map(operator, (*LINE_OPERATORS, *powers))
        self.operators = (*listed, *(row for row in shown if row not in listed))
        self._kind = kind_of(self.problem.language)
        self.table: KernelTable = kernel_table(self.operators)
        problem = self.problem
        self._space = fit_space(problem.rows.X.shape[1], problem.rows)
        self._sample_space = fit_space(problem.sample.X.shape[1], problem.sample)
        self._probe_space = fit_space(problem.probe.X.shape[1], problem.probe)
        self._line = Lines(problem, self._space)
        columns = dict(zip(problem.language.variables, problem.sample.X, strict=True))
        self._unaliased = Unaliased(columns, any(row.name == "*" for row in listed))

    def entries(self, genomes: Population, slot: int, source: str) -> list[Entry]:
        """Entries made of one genome: with and without a fitted scale and offset.

        Nothing is returned when a formula of no greater complexity was as good on the sample, or a value on
        any row is not finite.
        """
        size = int(genomes.size[slot])
        program = Program(
            genomes.codes[slot, :size].copy(),
            genomes.columns[slot, :size].copy(),
            genomes.values[slot, :size].copy(),
        )
        return self._confirmed(program, float(genomes.complexity[slot]), source)

    def guess(self, expression: Expression, limit: float = np.inf, source: str = "guess") -> list[Entry]:
        """Entries made of a formula in the problem's language, complete but for scale and offset."""
        language = self.problem.language
        program = self._program(expression)
        if len(program.codes) > MAX_NODES or np.sum(program.codes == CONSTANT) > MAX_CONSTANTS:
            return []
        if limit < np.inf and not self._polish(program, self.problem.probe, self._probe_space, 10) < limit:
            return []
        return self._confirmed(program, language.complexity(expression), source)

    def refitted(self, entry: Entry, max_steps: int, guard: Guard | None = None) -> Entry:
        """An entry with its constants fitted on all rows, from a few starts, in no more complex a form.

        Parameters
        ----------
        entry
            Of this problem's language; its loss may be that on other rows.
        max_steps
            Steps on all rows; with none only scale and offset are fitted.
        guard
            Who knows what is said about values, if anything is.
        """
        squares = self.problem.offers(Ability.SQUARES)
        program, found = self._program(entry.inner), list[Entry]()
        # what few steps from another start do not reach
        for steps in [max_steps] if squares else sorted({0, max_steps}):
            found += self._lines(program, steps, entry.source)
        found = found if guard is None else guard.screened(found, refit=max_steps > 0)
        if squares:
            self._score_everywhere(self._program(entry.expression))
            if self.problem.language.admits(entry.expression):
                same = self._scored(entry.expression, 1.0, 0.0, entry.source)
                found.append(same if guard is None else guard.priced(same))
        forms = [e for e in found if e.complexity <= entry.complexity and np.isfinite(e.loss)]
        return replace(min(forms, key=lambda e: e.loss), inner=entry.inner) if forms else entry

    def _lines(self, program: Program, steps: int, source: str) -> list[Entry]:
        """A formula with its line, its constants fitted from a few starts unless there are no steps."""
        if steps > 0:
            self._restart(program)
            loss = self._settled(program, steps)
        else:
            loss = self._score_everywhere(program)
        program, loss = self._slowed(program, loss)
        return self._variants(program, source) if np.isfinite(loss) else []

    def loss_as_it_is(self, expression: Expression) -> float:
        """Loss in least squares of a whole formula on all rows, nothing fitted."""
        self._score_everywhere(self._program(expression))
        return self._scored(expression, 1.0, 0.0, "").loss

    def step_work(self, entry: Entry) -> float:
        """Node values that one step of `refitted` computes, about."""
        return self._step_work(self._program(entry.inner), self.problem.n_rows)

    def _program(self, expression: Expression) -> Program:
        language = self.problem.language
        tape = to_tape([language.searched(expression)], self.operators, language.variables)
        return Program(tape.codes, tape.columns, tape.values)

    def genome(self, expression: Expression) -> Population | None:
        """A formula as a genome scored on the probe rows, alone in its population; None if too complex."""
        language = self.problem.language
        if len(expression.nodes) > MAX_NODES or not language.varies(expression):
            return None
        tape = to_tape([expression], language.operators, language.variables)
        program, size = Program(tape.codes, tape.columns, tape.values), len(tape.codes)
        alone = population(1)
        alone.codes[0, :size], alone.columns[0, :size], alone.values[0, :size] = program
        alone.size[0], alone.complexity[0] = size, language.complexity(expression)
        alone.loss[0] = self._polish(program, self.problem.probe, self._probe_space, 0)
        return alone

    def _confirmed(self, program: Program, complexity: float, source: str) -> list[Entry]:
        began = time.monotonic()
        self._restart(program)
        if self.problem.n_rows > len(self.problem.sample.target):
            loss = self._fit_from_sample(program, complexity)
        else:
            loss = self._settled(program)
            if loss <= self.problem.loss_floor:
                loss = self._with_smaller_constants(program, loss)
        program, loss = self._slowed(program, loss)
        self.least = min(self.least, loss)
        entries = self._variants(program, source) if np.isfinite(loss) else []
        if entries and CONSTANT in program.codes:
            entries += self._without_vanishing(entries[0].inner, source)
        self.slowest = max(self.slowest, time.monotonic() - began)
        return entries

    def _settled(self, program: Program, max_steps: int = _POLISH_STEPS) -> float:
        """Loss on all rows with the constants that are best there."""
        loss = self._polish(program, self.problem.rows, self._space, max_steps)
        if not self.problem.loss.slopeless:
            return loss
        places = np.flatnonzero(program.codes == CONSTANT)
        score = partial(self._score_everywhere, program)
        return searched(program, places, self.problem.rows, self._space, score)

    def _slowed(self, program: Program, loss: float) -> tuple[Program, float]:
        """A formula and its loss, fast oscillations exchanged for slow ones that are the same on the rows.

        The loss is inf where there are none. The values in the scratch space are those of what is returned.
        """
        if self._kind is not None or not np.isfinite(loss):
            return program, loss
        names = self.problem.language.variables
        inner = from_nodes(program.codes, program.columns, program.values, self.operators, names)
        slow = self._unaliased(inner)
        if slow is inner:
            return program, loss
        if slow is None:
            return program, np.inf
        if len(slow.nodes) <= MAX_NODES and len(slow.constants) <= MAX_CONSTANTS:
            other = self._program(slow)
            found = self._few_steps(other)
            if found <= max(loss * self.problem.chance_factor, self.problem.loss_floor):
                return other, found
        return program, self._score_everywhere(program)

    def _few_steps(self, program: Program) -> float:
        """Loss on all rows after as many steps there as the size of the table allows."""
        steps = int(min(_FINAL_STEPS, _FINAL_WORK // self._step_work(program, self.problem.n_rows)))
        if steps > 0:
            return self._polish(program, self.problem.rows, self._space, steps)
        return self._score_everywhere(program)

    def _without_vanishing(self, inner: Expression, source: str) -> list[Entry]:
        """Entries of the formula without constants that vanished in the fit, if there are some."""
        simpler = without_vanishing(inner, self.problem.probe_columns)
        if simpler is inner or not simpler.variables:
            return []
        program = self._program(simpler)
        if not np.isfinite(self._score_everywhere(program)):
            return []
        return self._variants(program, source)

    def _fit_from_sample(self, program: Program, complexity: float) -> float:
        """Fit on the sample, and on all rows if it is better than what is known; the loss there, or inf."""
        problem = self.problem
        loss = self._polish(program, problem.sample, self._sample_space)
        compared = {} if problem.ordered_by is not None else self.sampled
        known = (best for other, best in compared.items() if other <= complexity)
        if not loss < _BETTER * min(known, default=np.inf):
            return np.inf
        # under a loss that is not least squares, the line on all rows is sought from the sample's
        line, near = self._space.line, self._sample_space.line
        line[WARM], line[UNIT_SCALE], line[OFFSET] = 1.0, near[UNIT_SCALE], near[OFFSET]
        everywhere = self._few_steps(program)
        line[WARM] = 0.0
        if np.isfinite(everywhere):
            self.sampled[complexity] = loss
        return everywhere

    def _score_everywhere(self, program: Program) -> float:
        """Loss on all rows with the constants as they are, in calls of bounded length."""
        rows, space, size = self.problem.rows, self._space, len(program.codes)
        stride = int(_CALL_WORK // size)
        n_rows = rows.X.shape[1]
        for begin in range(0, n_rows, stride):
            end = min(begin + stride, n_rows)
            fill_values(program, size, self.table, rows, space, begin, end)
        best_line(space.f, rows, space)
        return float(space.line[2])

    def _restart(self, program: Program) -> None:
        """Fit the constants on the probe rows from a few other starts too, and keep the best."""
        places = np.flatnonzero(program.codes == CONSTANT)
        if len(places) == 0:
            return
        probe, space = self.problem.probe, self._probe_space
        best = self._polish(program, probe, space)
        kept = program.values.copy()
        # seeded by the formula alone, so that the starts do not depend on what came before
        rng = np.random.Generator(np.random.Philox(key=len(kept)))
        for _ in range(_RESTARTS):
            if best <= self.problem.loss_floor:
                break
            # between a quarter and four times the constant, in arithmetic that is the same everywhere
            factors = np.ldexp(1.0 + rng.random(len(places)), rng.integers(-2, 2, len(places)))
            program.values[places] = kept[places] * factors
            loss = self._polish(program, probe, space)
            if loss < best * (1.0 - 1e-6):
                best, kept = loss, program.values.copy()
        program.values[:] = kept

    def _with_smaller_constants(self, program: Program, loss: float) -> float:
        """Exchange an exact formula's constants for smaller ones that are exact too, if there are; the loss.

        On equidistant rows a fast oscillation has the values of a slow one.
        """
        places = np.flatnonzero(program.codes == CONSTANT)
        rng = np.random.Generator(np.random.Philox(key=len(program.values)))
        best, kept = loss, program.values.copy()
        for _ in range(_SMALLER_STARTS if len(places) else 0):
            program.values[places] = kept[places] * rng.uniform(-1.0, 1.0, len(places))
            if self._polish(program, self.problem.probe, self._probe_space) <= self.problem.loss_floor:
                found = self._polish(program, self.problem.rows, self._space)
                size = np.sum(np.abs(program.values[places]))
                if found <= self.problem.loss_floor and size < _SMALLER * np.sum(np.abs(kept[places])):
                    best, kept = found, program.values.copy()
        program.values[:] = kept
        # values and line in the scratch space are those of the latest constants
        self._score_everywhere(program)
        return best

    def _polish(self, program: Program, rows: Rows, space: FitSpace, max_steps: int = _POLISH_STEPS) -> float:
        """Fit the constants until they settle, in calls of bounded length."""
        space.damping[:] = FIRST_DAMPING
        size = len(program.codes)
        one_step = self._step_work(program, rows.X.shape[1])
        stride = int(np.clip(_CALL_WORK / one_step, 1, max(max_steps, 1)))
        loss, steps, done = fit_constants(
            program, size, self.table, rows, space, min(stride, max_steps), 1e-10
        )
        while not done and steps < max_steps:
            loss, taken, done = fit_constants(program, size, self.table, rows, space, stride, 1e-10)
            steps += taken
        return float(loss)

    @staticmethod
    def _step_work(program: Program, n_rows: int) -> float:
        """Node values that one step of a fit computes, about."""
        return float(len(program.codes) * (4 + np.sum(program.codes == CONSTANT)) * n_rows)

    def _variants(self, program: Program, source: str) -> list[Entry]:
        """The formula with scale and offset, and with either or both left out, as far as rules allow."""
        language = self.problem.language
        if self._kind is not None:
            return [e for e in self._of_kind(program, source, self._kind) if language.admits(e.expression)]
        return [e for e in self._all_variants(program, source) if language.admits(e.expression)]

    def _of_kind(self, program: Program, source: str, kind: ConstantKind) -> Iterator[Entry]:
        """The variants with allowed numbers, also with a coefficient for each term."""
        near = rounded(program, kind, self.problem.sample, self._polish_on_sample)
        if near is not None and np.isfinite(self._score_everywhere(near)):
            yield from self._all_variants(near, source)
            yield from self._with_named_scale(near, source, kind)
        if self.problem.offers(Ability.SQUARES):
            names = self.problem.language.variables
            inner = from_nodes(program.codes, program.columns, program.values, self.operators, names)
            for whole, offset in self._sums_of_kind(inner, kind):
                self._score_everywhere(self._program(whole))
                yield self._scored(whole, 1.0, offset, source)

    def _with_named_scale(self, program: Program, source: str, kind: ConstantKind) -> Iterator[Entry]:
        """The variants of a formula times named constants; its values are those in the scratch space."""
        problem, language = self.problem, self.problem.language
        moments = self._line.moments
        if not language.named or not problem.offers(Ability.SQUARES) or moments.scale == 0.0:
            return
        inner = from_nodes(program.codes, program.columns, program.values, self.operators, language.variables)
        named = with_named_factor(inner, moments, kind, language)
        if named is not None and language.fits(named) and len(named.nodes) <= MAX_NODES:
            larger = self._program(named)
            if np.isfinite(self._score_everywhere(larger)):
                yield from self._all_variants(larger, source)

    def _sums_of_kind(self, inner: Expression, kind: ConstantKind) -> Iterator[tuple[Expression, float]]:
        """A formula's sum with an allowed coefficient for each term, and its offset."""
        terms = terms_of(inner)
        whole, places = written_out(terms or [(1.0, inner)])
        n_constants = len(whole.constants)
        if not 1 < len(terms) <= MAX_TERMS or len(whole.nodes) > MAX_NODES or n_constants > MAX_CONSTANTS:
            return
        problem, names = self.problem, self.problem.language.variables
        if n_constants > len(terms):
            near = rounded(self._program(whole), kind, problem.sample, self._polish_on_sample, places)
            if near is None:
                return
            terms = terms_of(from_nodes(near.codes, near.columns, near.values, self.operators, names))
        parts = [term for _, term in terms]
        columns = dict(zip(names, problem.sample.X, strict=True))
        values = np.array([reference.values(part, columns) for part in parts])
        target = (problem.sample.target + problem.sample_mean) * problem.y_scale + problem.y_centre
        if not np.all(np.isfinite(values)):
            return
        for with_offset in (True, False):
            found = Sum(values, target, problem.sample.weights).rounded(kind, offset=with_offset)
            if found is not None:
                yield from ((whole, float(found[-1])) for whole in sums_of(found[:-1], parts))

    def _polish_on_sample(self, program: Program, rows: Rows, max_steps: int) -> float:
        return self._polish(program, rows, self._sample_space, max_steps)

    def _all_variants(self, program: Program, source: str) -> list[Entry]:
        names = self.problem.language.variables
        inner = from_nodes(program.codes, program.columns, program.values, self.operators, names)
        return [self._entry(inner, line, source) for line in self._line.forms(self._kind)]

    def _scored(self, inner: Expression, scale: float, offset: float, source: str) -> Entry:
        return self._entry(inner, self._line.of(scale, offset), source)

    def _entry(self, inner: Expression, line: Line, source: str) -> Entry:
        language = self.problem.language
        expression = language.shown(self._written(inner, line))
        return Entry(expression, language.complexity(expression), line.loss, inner, source)

    def _written(self, inner: Expression, line: Line) -> Expression:
        """A formula with its line, the first way to write it that holds allowed numbers only."""
        wholes = (
            [line.of(inner)] if self._kind is None else list(forms_of_line(inner, line.scale, line.offset))
        )
        wholes = [self.problem.objective.shown(whole) for whole in wholes]
        rows = self.problem.language.operators
        forms = [form for whole in wholes for form in (tidy_signs(whole, rows), whole)]
        return next((form for form in forms if self._kind is None or self._kind.allows(form)), forms[0])
