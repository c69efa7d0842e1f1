"""What a search found out: the law, several rivals, or nothing that these rows can tell.

Formulas of equal values are one finding. Each has a probability by its description length (Jeffreys 1961;
MacKay 2003, ch. 28); some is left for formulas that nobody tried.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.language.expression import Expression
from symlaw.trust.selection.description import EXACT_LOSS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.trust.selection.chance import Chance

    Array = NDArray[np.float64]

Word = Literal["identified", "rivals", "not learnable"]
IDENTIFIED: Word = "identified"
RIVALS: Word = "rivals"
NOT_LEARNABLE: Word = "not learnable"

# The probability that the law was tried: what it is where a fifth of the variance is left, what it gains on
# the way to a thousandth, its bounds, and how many times the loss counts of one that leaves out a column.
_AT_A_FIFTH, _GAIN, _LEAST_SURE, _MOST_SURE, _LEFT_OUT = 0.35, 0.8, 0.1, 0.9, 100.0
# The same of a formula that meets every row.
_EXACT_SURE = 0.97
# Probability from which a formula is called identified, and that of being reached by chance up to which.
_SURE, _BY_CHANCE = 0.8, 0.01
# Rivals are named down to this share of the probability of the first, and so many at most.
_NAMED, _MOST = 0.05, 5
# Rivals below this probability are not worth a word.
_HARDLY = 0.01
# Values are equal to within this share of their spread.
_EQUAL = 1e-6
# Share of the largest complexity from which on a formula may be cut off, and the chance that it is whole.
_NEAR_LARGEST, _CUT_OFF = 0.8, 0.5
# Digits of the formulas in sentences.
_DIGITS = 4


@dataclass(frozen=True)
class Rival:
    """A formula that may be the law.

    Parameters
    ----------
    expression
        The formula.
    complexity, loss
        As on the front.
    probability
        That it, or one of the same values, is the law.
    """

    expression: Expression
    complexity: float
    loss: float
    probability: float

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "equation": self.expression.shown(),
            "expression": json.loads(self.expression.to_json()),
            "complexity": self.complexity,
            "loss": self.loss,
            "probability": self.probability,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Rival:
        """Read what `to_record` gave."""
        figures = (float(record[name]) for name in ("complexity", "loss", "probability"))
        return cls(Expression.from_json(json.dumps(record["expression"])), *figures)


@dataclass(frozen=True)
class Finding:
    """What the rows say about the law.

    Parameters
    ----------
    word
        ``"identified"``: one formula is far more probable than the others, and better than what chance
        reaches; ``"rivals"``: several may be the law; ``"not learnable"``: these rows do not tell a formula
        from a constant.
    rivals
        The recommended formula first, then those that may be the law in its place by falling probability, the
        runner-up at least.
    detail
        One sentence: the runner-up, or what it would take.
    """

    word: Word
    rivals: tuple[Rival, ...]
    detail: str

    @property
    def sentence(self) -> str:
        """The word and its detail."""
        return f"{self.word}; {self.detail}"

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "word": self.word,
            "detail": self.detail,
            "rivals": [rival.to_record() for rival in self.rivals],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Finding:
        """Read what `to_record` gave."""
        return cls(
            record["word"], tuple(Rival.from_record(one) for one in record["rivals"]), record["detail"]
        )


def words_of(record: Mapping[str, Any]) -> str:
    """The sentence of a finding as `Finding.to_record` gives it; empty where there is none."""
    return f"{record['word']}; {record['detail']}" if record else ""


@dataclass(frozen=True)
class Candidate:
    """A formula with its description length in nats."""

    expression: Expression
    complexity: float
    loss: float
    length: float


def finding_of(
    candidates: Sequence[Candidate],
    recommended: int,
    X: Array,
    names: Sequence[str],
    chance: Chance | None = None,
    largest: float = math.inf,
) -> Finding:
    """What is found by formulas and their description lengths.

    Parameters
    ----------
    candidates
        Distinct formulas, a constant among them or not.
    recommended
        Which of them is recommended.
    X, names
        Rows (n_rows, n_features) and columns.
    chance
        What losses chance reaches, where that was counted.
    largest
        Complexity up to which formulas were tried.
    """
    rivals = rivals_of(candidates, recommended, X, names, largest)
    own = candidates[recommended]
    if not own.expression.variables:
        return Finding(NOT_LEARNABLE, rivals, _what_it_takes(candidates, len(X)))
    others = [rival for rival in rivals if rival.expression is not own.expression]
    p_chance = None if chance is None else chance.reaches(own.expression, own.complexity, own.loss)
    by_chance = p_chance is not None and p_chance > _BY_CHANCE
    first = next(rival for rival in rivals if rival.expression is own.expression)
    told = "" if p_chance is None else f"; {_chance_words(p_chance)}"
    detail = f"probability {first.probability:.2f}{_runner_up(others)}{_untried(rivals)}{told}"
    word = IDENTIFIED if first.probability >= _SURE and not by_chance else RIVALS
    return Finding(word, (first, *others), detail)


def rivals_of(
    candidates: Sequence[Candidate],
    recommended: int,
    X: Array,
    names: Sequence[str],
    largest: float = math.inf,
) -> tuple[Rival, ...]:
    """Formulas with their probabilities, the recommended one first, one for all of equal values.

    One that is about as long as any that was tried may be the beginning of a longer one.
    """
    lengths = np.array([one.length for one in candidates])
    odds = np.exp(np.minimum(lengths[np.isfinite(lengths)], np.inf).min(initial=np.inf) - lengths)
    odds[~np.isfinite(odds)] = 0.0
    order = [recommended, *(k for k in np.argsort(lengths, kind="stable").tolist() if k != recommended)]
    order = [k for k in order if odds[k] > 0.0 or k == recommended]
    with np.errstate(all="ignore"):
        values = evaluate([candidates[k].expression for k in order], X, names)
    classes: list[int] = []
    mass: list[float] = []
    for place, k in enumerate(order):
        same = next((c for c, first in enumerate(classes) if _equal(values[place], values[first])), None)
        if same is None:
            classes.append(place)
            mass.append(float(odds[k]))
        else:
            mass[same] += float(odds[k])
    first = candidates[recommended]
    uses_all = len(first.expression.variables) == len(names)
    share = tried(first.loss, uses_all=uses_all) if first.expression.variables else _EXACT_SURE
    if first.complexity > _NEAR_LARGEST * largest and first.loss > EXACT_LOSS:
        share = min(share, _CUT_OFF)
    total = sum(mass) / share
    found = [
        Rival(one.expression, one.complexity, one.loss, weight / total)
        for one, weight in zip((candidates[order[place]] for place in classes), mass, strict=True)
    ]
    least = _NAMED * max(rival.probability for rival in found)
    picked, *others = found
    others.sort(key=lambda rival: -rival.probability)
    # the runner-up is named whatever it is
    named = [rival for k, rival in enumerate(others) if k == 0 or rival.probability >= least]
    return (picked, *named[: _MOST - 1])


def tried(loss: float, *, uses_all: bool) -> float:
    """Probability that the law is among the formulas that were tried, by what the best of them leaves.

    Counted on generated laws (docs/adr/0030-few-rows.md): of what leaves a thousandth of the variance nine
    in ten are the law, of what leaves a tenth fewer than half. A formula that leaves out a column has to be
    ten times as good, as noise hides what a column does more easily than it makes something up.

    Examples
    --------
    >>> round(tried(1e-3, uses_all=True), 2), round(tried(0.1, uses_all=True), 2)
    (0.9, 0.45)
    """
    if loss <= EXACT_LOSS:
        return _EXACT_SURE
    left = min(loss if uses_all else _LEFT_OUT * loss, 1.0)
    share = _AT_A_FIFTH + _GAIN * (-math.log10(left) - 0.7) / 2.3
    return min(max(share, _LEAST_SURE), _MOST_SURE)


def _equal(values: Array, others: Array) -> bool:
    spread = float(np.std(others)) or float(np.max(np.abs(others))) or 1.0
    return bool(np.all(np.abs(values - others) <= _EQUAL * spread))


def _runner_up(others: Sequence[Rival]) -> str:
    if not others:
        return ""
    best = max(others, key=lambda rival: rival.probability)
    if best.probability < _HARDLY:
        return ", no other formula that was tried comes near"
    return f", next {best.expression.shown(_DIGITS)} with {best.probability:.2f}"


def _untried(rivals: Sequence[Rival]) -> str:
    left = 1.0 - sum(rival.probability for rival in rivals)
    return f", one that was not tried may be the law: {left:.2f}" if left >= 0.05 else ""


def _chance_words(p_chance: float) -> str:
    if p_chance < 0.001:
        return "chance does not reach this loss"
    return f"chance reaches this loss in {100 * p_chance:.2g}% of shuffled tables"


def _what_it_takes(candidates: Sequence[Candidate], n_rows: int) -> str:
    """How many rows, or how little noise, would tell the best formula from a constant."""
    able = [one for one in candidates if one.expression.variables and 0.0 < one.loss < 1.0]
    constant = min((one.length for one in candidates if not one.expression.variables), default=0.0)
    able = [one for one in able if math.isfinite(one.length)]
    if not able:
        return "no formula describes these rows better than a constant"
    best = min(able, key=lambda one: one.length)
    lacking = best.length - constant
    per_row = -0.5 * math.log(best.loss)
    rows = n_rows + math.ceil(max(lacking, 1.0) / per_row)
    noise = math.exp(-max(lacking, 1.0) / n_rows)
    explained = f"{100 * (1 - best.loss):.0f}%"
    return (
        f"the best formula, {best.expression.shown(_DIGITS)}, explains {explained} of the"
        f" variance, which so many formulas reach by chance; if it is the law, {rows:,} rows like these or"
        f" {100 * noise:.0f}% of the noise would tell"
    )
