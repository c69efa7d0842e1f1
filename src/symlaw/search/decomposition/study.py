"""The study of a part: modelled, looked at for structure, and made smaller as long as that loses nothing.

A hint is confirmed by modelling the smaller problem on the same rows: where the structure is there, it is
predicted at least as well, each row from the others; where it is not, what was thrown away is missed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.decomposition.oracle import Ask, Exact, exact, lifted
from symlaw.search.decomposition.parts import Part, piece, reduced
from symlaw.search.decomposition.structure import Hint, hints, partitions
from symlaw.search.decomposition.surrogate import Surrogate, can_be_logged, fit_surrogate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.decomposition.gaussian import Groups
    from symlaw.search.decomposition.reductions import Reduction
    from symlaw.search.sparse.writing import Writer

    Array = NDArray[np.float64]
    Model = Surrogate | Exact

MIN_ROWS = 30
# Fraction of the variance that a model has to predict for what it shows to be believed; to be followed up.
TRUSTED = 0.999
_PROMISING = 0.95
# Confidence from which structure is taken to be there: where the model is trusted, and where it is only
# promising, so that a smaller one should be much better.
_TRUSTED_ENOUGH = 0.7
_PROMISING_ENOUGH = 0.9
# A smaller model may be this much worse where derivatives leave little doubt: new columns may be less even.
_LEEWAY = 2.0
# Structure that is told but makes nothing simpler: cosines and sines are harder to find in squares of their
# argument.
_ONLY_NAMED = ("even", "odd")
# Other kinds of model that are tried where the derivatives leave little doubt.
_MAX_ATTEMPTS = 3
# Errors below this fraction of the target's spread are those of the model's own arithmetic; below the second,
# they do not speak against what derivatives leave little doubt of.
_SMALLEST_ERROR, _SMALL_ERROR = 1e-4, 1e-3
# The same where the user's function is asked.
_EXACT_ERROR = 1e-7
# How much larger squared errors are near the data's edges, and how small they have to be for that to matter.
_EDGES, _NEXT_TO_NOTHING = 30.0, 1e-6
# Models fitted in one study at most.
MAX_FITS = 40
_POINTS = 200


class Finding(NamedTuple):
    """Structure in the data.

    Attributes
    ----------
    kind
        What it is, in words.
    variables
        Columns of the problem that it is about.
    confidence
        Between 0 and 1, from the errors on rows left out.
    """

    kind: str
    variables: tuple[str, ...]
    confidence: float

    def words(self) -> str:
        """For the user, such as ``"difference: x1, x2 (confidence 0.98)"``."""
        return f"{self.kind}: {', '.join(self.variables)} (confidence {self.confidence:.2g})"


@dataclass(frozen=True)
class Split:
    """A part as a sum or product of functions of separate groups of columns."""

    part: Part
    groups: Groups
    multiplied: bool
    surrogate: Model
    confidence: float


@dataclass
class Study:
    """How far the study of a part has come.

    Attributes
    ----------
    part
        The part as it is now, the smaller the further.
    may_split
        Whether sums and products of separate groups of columns are looked for.
    ask
        The user's function for the part as it is now, if there is one.
    start
        The part as it came.
    models
        Models of which the best is to be taken.
    surrogate
        The part's model, or None before it was chosen.
    hints
        Reductions still to be tried; None where they are still to be found.
    splittings
        Groups still to be tried, each with whether as factors; None where they are still to be found.
    findings, splits
        What was found.
    confidence
        Product of the confidences of the reductions made.
    fits
        Models fitted so far.
    done
        Whether nothing is left to do.
    """

    part: Part
    may_split: bool = True
    ask: Ask | None = None
    models: list[Model] = field(default_factory=list)
    surrogate: Model | None = None
    hints: list[Hint] | None = None
    splittings: list[tuple[Groups, bool]] | None = None
    findings: list[Finding] = field(default_factory=list)
    splits: list[Split] = field(default_factory=list)
    confidence: float = 1.0
    fits: int = 0
    done: bool = False

    def __post_init__(self) -> None:
        self.start = self.part

    def step(self, writer: Writer) -> int:
        """Fit one model or look for hints; the work that it took."""
        few = len(self.part.y) < MIN_ROWS or len(self.part.columns) == 0
        if few or self.part.is_constant or self.fits >= MAX_FITS:
            self._conclude()
            return 0
        if self.surrogate is None:
            return self._model()
        if self.hints is None:
            known = {(finding.kind, finding.variables) for finding in self.findings}
            seen = hints(self.part.X, self.part.y, self.surrogate)
            self.hints = [hint for hint in seen if self._named(hint) not in known]
            return len(self.part.y) * _POINTS * len(self.part.columns)
        if self.hints:
            return self._try_reduction(self.hints.pop(0), writer, self.surrogate)
        if self.splittings is None:
            self.splittings = self._splittings(self.surrogate) if self.may_split else []
            return len(self.part.y) * _POINTS * len(self.part.columns)
        if self.splittings and not self.splits:
            return self._try_split(*self.splittings.pop(0), self.surrogate)
        self._conclude()
        return 0

    def _named(self, hint: Hint) -> tuple[str, tuple[str, ...]]:
        return hint.reduction.kind, self.part.variables(hint.reduction.columns)

    def _model(self) -> int:
        """Model the target, then its logarithm; the better one stays. The user's function needs no model."""
        if self.ask is not None:
            self.surrogate = exact(self.ask, self.part.X, self.part.y, self.part.weights)
            if self.surrogate is not None:
                return self.surrogate.work
            self.ask = None
        logged = self.fits > 0
        model = fit_surrogate(self.part.X, self.part.y, self.part.weights, logged=logged)
        self.models += [] if model is None else [model]
        self.fits += 1
        if logged or not can_be_logged(self.part.y):
            self.surrogate = max(self.models, key=lambda m: m.r_squared, default=None)
            self.models = []
            self.done = self.surrogate is None or self.surrogate.r_squared < _PROMISING
        return 0 if model is None else model.work

    def _conclude(self) -> None:
        """End the study; what was followed up without leading to a model to be trusted is taken back."""
        self.done = True
        # a user's function need not be kept with what is done
        self.ask = None
        trusted = self.surrogate is None or self.surrogate.r_squared >= TRUSTED
        if not trusted and not self.splits:
            self.part, self.findings, self.confidence = self.start, [], 1.0

    def _try_reduction(self, hint: Hint, writer: Writer, surrogate: Model) -> int:
        smaller = reduced(self.part, hint.reduction, writer)
        if smaller is None:
            return 0
        kind, names = self._named(hint)
        if smaller.is_constant or not smaller.columns:
            confidence = 1.0 if smaller.is_constant else 0.0
            ask, model, work = None, None, 0
        else:
            ask, model = self._asked(hint.reduction, smaller)
            work = model.work if model else 0
            leeway, least = 1.0, _EXACT_ERROR
            if model is None:
                model, work = _model_like(smaller, surrogate, hint.attempts)
                leeway = _LEEWAY if hint.attempts and surrogate.r_squared >= TRUSTED else 1.0
                least = _SMALL_ERROR if hint.is_clear else _SMALLEST_ERROR
            confidence = (
                0.0
                if model is None
                else _confidence(self.part, surrogate, smaller, model, leeway=leeway, least=least)
            )
            confidence = confidence if confidence >= _enough(surrogate) else 0.0
        self.fits += 1
        if not confidence and self.hints is not None and hint.is_clear and hint.attempts < _MAX_ATTEMPTS:
            self.hints.append(replace(hint, attempts=hint.attempts + 1))
        if confidence > 0:
            self.findings.append(Finding(kind, names, confidence))
        if confidence > 0 and kind not in _ONLY_NAMED:
            self.confidence *= confidence
            self.part, self.surrogate, self.hints, self.ask = smaller, model, None, ask
        return work

    def _asked(self, reduction: Reduction, smaller: Part) -> tuple[Ask | None, Model | None]:
        """The user's function for a smaller part, and as its model; None where it cannot be asked."""
        if self.ask is None:
            return None, None
        ask = lifted(self.ask, reduction, self.part.X)
        model = exact(ask, smaller.X, smaller.y, smaller.weights)
        return (None, None) if model is None else (ask, model)

    def _splittings(self, surrogate: Model) -> list[tuple[Groups, bool]]:
        if len(self.part.columns) < 2:
            return []
        points = self.part.X[:_POINTS]
        moments = surrogate.derivatives(points)
        kinds = (False, True) if can_be_logged(self.part.y) else (False,)
        return [(groups, kind) for kind in kinds for groups in partitions(points, moments, kind)]

    def _try_split(self, groups: Groups, multiplied: bool, surrogate: Model) -> int:
        part = self.part
        model: Model | None = None
        least = _EXACT_ERROR
        if self.ask is not None:
            model = exact(self.ask, part.X, part.y, part.weights, groups, multiplied)
        if model is None:
            model = fit_surrogate(part.X, part.y, part.weights, groups=groups, logged=multiplied)
            least = _SMALLEST_ERROR
        self.fits += 1
        if model is None:
            return 0
        confidence = _confidence(part, surrogate, part, model, least=least)
        if confidence >= _enough(surrogate) and model.r_squared >= TRUSTED:
            kind = "factors" if multiplied else "summands"
            self.splits.append(Split(part, groups, multiplied, model, confidence))
            self.findings += [Finding(kind, part.variables(group), confidence) for group in groups]
        return model.work


def _model_like(part: Part, other: Model, attempts: int) -> tuple[Model | None, int]:
    """A model of a part that was made smaller: of the kind that suited it before, then other kinds."""
    logged = (bool(other.sign) != (attempts >= 2)) and can_be_logged(part.y)
    contrary = attempts % 2 == 1
    model = fit_surrogate(part.X, part.y, part.weights, logged=logged, contrary=contrary)
    return model, 0 if model is None else model.work


def _confidence(
    part: Part,
    model: Model,
    smaller: Part,
    other: Model,
    *,
    leeway: float = 1.0,
    least: float = _SMALLEST_ERROR,
) -> float:
    """Confidence that nothing was lost, from both models' errors on rows left out.

    It is 0.8 where the errors are equal but for the leeway, and falls with the fourth power of their ratio.
    The smaller part's errors are weighted as those of the target they come from; errors below ``least`` times
    the target's spread count as that.
    """
    total = float(np.sum(part.weights))
    spread = float(np.average((part.y - part.y.mean()) ** 2, weights=part.weights))
    before = max(float(part.weights @ model.errors**2) / total, least**2 * spread)
    after = float(smaller.weights @ other.errors**2) / total * _unit(part, smaller)
    return 1.0 / (1.0 + (after / before / leeway**2) ** 2 / 4.0)


def _enough(surrogate: Model) -> float:
    """Confidence from which structure is taken to be there."""
    return _TRUSTED_ENOUGH if surrogate.r_squared >= TRUSTED else _PROMISING_ENOUGH


def _unit(part: Part, smaller: Part) -> float:
    """What squared and weighted errors of the smaller part are to be multiplied by."""
    if smaller.y is part.y:
        return 1.0
    rows = smaller.y != 0
    ratio = part.y[rows] / smaller.y[rows]
    return float(np.median(part.weights[rows] / smaller.weights[rows] * ratio**2))


def first_of(split: Split) -> tuple[Part, tuple[int, ...], float]:
    """The simplest group of a split as a problem of its own.

    Returns
    -------
    first
        The group's function, as the model gives it.
    rest
        Columns of the other groups.
    floor
        Fraction of the function's variance that may be the model's error: where there is next to no noise, it
        is larger near the data's edges than between rows.
    """
    group = min(range(len(split.groups)), key=lambda g: (len(split.groups[g]), g))
    model = split.surrogate
    values = model.component(split.part.X, group)
    rest = tuple(column for g, columns in enumerate(split.groups) if g != group for column in columns)
    spread = float(np.std(np.log(values) if split.multiplied else values))
    error = model.unexplained / max(spread**2, 1e-300)
    floor = min(_EDGES * error, max(error, _NEXT_TO_NOTHING))
    return piece(split.part, values, split.groups[group]), tuple(sorted(rest)), min(floor, 0.1)
