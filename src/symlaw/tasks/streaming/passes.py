"""Formulas on all rows of a stream: their figures, and their constants by Gauss-Newton steps of block sums.

A pass over the rows gives, for each formula, the sums of squared errors and of the products of its slopes.
These are all that a step needs, so that memory does not grow with the rows. A step that does not help is
damped and tried again in the next pass (Levenberg 1944, Marquardt 1963).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from symlaw.data.streaming.encoding import Block, block_of, check_columns
from symlaw.engine.evaluate import evaluate
from symlaw.errors import DataError
from symlaw.trust.constants.fit import Model, model_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.data.streaming.encoding import Wanted
    from symlaw.data.streaming.stream import Stream
    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

# Passes over all rows at most, the first of which judges formulas as they are.
PASSES = 4
# Steps that promise less than this share of the squared errors are not taken; damping, and its factor.
_PROMISE, _DAMPING, _FACTOR = 1e-7, 1e-8, 100.0


@dataclass(frozen=True)
class Confirmed:
    """A formula on all rows of a stream.

    Parameters
    ----------
    expression
        With its constants as they are now.
    loss
        Mean squared error as a fraction of the target's variance.
    rmse, mae, max_error
        Root mean square, mean absolute and largest absolute error, in the target's unit.
    n_undefined
        Rows on which it is undefined, which its figures leave out.
    """

    expression: Expression
    loss: float
    rmse: float
    mae: float
    max_error: float
    n_undefined: int


@dataclass(frozen=True)
class Confirmation:
    """Formulas on all rows of a stream.

    Parameters
    ----------
    formulas
        In the order given.
    n_rows, n_left_out
        Rows that count, and rows that lack a cell or weigh nothing.
    deviation
        Standard deviation of the target.
    n_passes
        Passes that were made.
    """

    formulas: tuple[Confirmed, ...]
    n_rows: int
    n_left_out: int
    deviation: float
    n_passes: int


def confirm(
    formulas: Sequence[Expression], stream: Stream, wanted: Wanted, *, passes: int = PASSES
) -> Confirmation:
    """Judge formulas on all rows of a stream, and polish their constants by least squares.

    Parameters
    ----------
    formulas
        Of the features in ``wanted``, with constants that nearly fit.
    stream
        The table.
    wanted
        What formulas call its columns, and which ones are the target and the weights.
    passes
        Over all rows, at most; with one, constants stay as they are.

    Raises
    ------
    ColumnNotFound
        When the table lacks a column.
    DataError
        When no row can be used, or the target is constant.
    """
    check_columns(wanted, stream.names)
    fits = [_Fit(model_of(one)) for one in formulas]
    target, n_passes = _Target(), 0
    while n_passes < passes and any(not one.done for one in fits):
        target = _Target()
        active = [one for one in fits if not one.done]
        for one in active:
            one.begin(slopes=passes > 1)
        # threads of the matrix library cost more than sums of a batch, and change their last digits
        with threadpool_limits(1, user_api="blas"):
            for block in _blocks(stream, wanted, target):
                for one in active:
                    one.add(block, wanted.names)
        n_passes += 1
        for one in active:
            one.conclude()
    if target.weight <= 0.0:
        raise DataError(
            f"{stream.source} has no row with all the columns that the formulas need and a target"
        )
    if target.deviation == 0.0:
        raise DataError(f"the target {wanted.target!r} is the same in every row of {stream.source}")
    found = tuple(one.confirmed(target) for one in fits)
    return Confirmation(found, target.n_rows, target.n_left_out, target.deviation, n_passes)


def predict(expression: Expression, stream: Stream, wanted: Wanted) -> Iterator[Array]:
    """Values of a formula batch by batch; nan where it is undefined or a cell is missing."""
    check_columns(wanted, stream.names)
    for batch in stream.batches(wanted.columns):
        block = block_of(batch, wanted)
        with np.errstate(all="ignore"):
            yield np.asarray(evaluate([expression], block.X, wanted.names)[0])


def _blocks(stream: Stream, wanted: Wanted, target: _Target) -> Iterator[Block]:
    """Rows that count, of each batch."""
    for batch in stream.batches(wanted.columns):
        block = block_of(batch, wanted)
        there = _usable(block)
        if there is not None:
            weights = None if block.weights is None else block.weights[there]
            block = Block(block.X.T[:, there].T, block.y[there], weights)
        target.add(block, 0 if there is None else int(len(there) - there.sum()))
        if len(block.y):
            yield block


def _usable(block: Block) -> NDArray[np.bool_] | None:
    """Which rows count; None where all do."""
    columns = [*block.X.T, block.y]
    with np.errstate(all="ignore"):
        # a finite sum has finite summands, and takes a fraction of looking at each
        if block.weights is None and all(math.isfinite(column.sum()) for column in columns):
            return None
    there = np.ones(len(block.y), bool) if block.weights is None else block.weights > 0.0
    for column in columns:
        there &= np.isfinite(column)
    return None if there.all() else there


def _weight(weights: Array | None, rows: Array) -> float:
    return float(len(rows) if weights is None else weights.sum())


@dataclass
class _Target:
    """Sums over the target; its first value is taken off, so that squares do not cancel."""

    n_rows: int = 0
    n_left_out: int = 0
    weight: float = 0.0
    origin: float = 0.0
    first: float = 0.0
    second: float = 0.0

    def add(self, block: Block, n_left_out: int) -> None:
        if self.weight == 0.0 and len(block.y):
            self.origin = float(block.y[0])
        moved = block.y - self.origin
        weighted = moved if block.weights is None else block.weights * moved
        self.n_rows += len(moved)
        self.n_left_out += n_left_out
        self.weight += _weight(block.weights, moved)
        self.first += float(weighted.sum())
        self.second += float(weighted @ moved)

    @property
    def deviation(self) -> float:
        mean = self.first / self.weight
        return math.sqrt(max(0.0, self.second / self.weight - mean * mean))


@dataclass
class _Sums:
    """Sums over the rows on which a formula is defined."""

    weight: float = 0.0
    squares: float = 0.0
    absolute: float = 0.0
    largest: float = 0.0
    n_undefined: int = 0
    products: Any = 0.0
    against: Any = 0.0

    @property
    def mean_square(self) -> float:
        return self.squares / self.weight if self.weight > 0.0 else math.inf


@dataclass
class _Fit:
    """A formula between passes: the best constants so far, those on trial, and the sums of both."""

    best: Model
    trial: Model | None = None
    known: _Sums | None = None
    sums: _Sums = field(default_factory=_Sums)
    damping: float = _DAMPING
    done: bool = False
    slopes: bool = True

    def begin(self, *, slopes: bool) -> None:
        """Begin a pass."""
        self.sums, self.slopes = _Sums(), slopes and bool(self.best.names)
        self.trial = self.trial or self.best

    def add(self, block: Block, names: Sequence[str]) -> None:
        """Take in rows."""
        assert self.trial is not None
        with np.errstate(all="ignore"):
            if self.slopes:
                values, slopes = self.trial.values_and_slopes(block.X, names)
            else:
                values, slopes = evaluate([self.trial.expression], block.X, names)[0], None
            errors = values - block.y
        there, weights, sums = np.isfinite(errors), block.weights, self.sums
        if not there.all():
            errors, weights = errors[there], None if weights is None else weights[there]
            slopes = None if slopes is None else slopes[there]
            sums.n_undefined += int(len(there) - there.sum())
        size = np.abs(errors)
        sums.weight += _weight(weights, errors)
        sums.squares += float((errors if weights is None else weights * errors) @ errors)
        sums.absolute += float(size.sum() if weights is None else weights @ size)
        sums.largest = max(sums.largest, float(size.max(initial=0.0)))
        if slopes is not None:
            slopes = np.where(np.isfinite(slopes), slopes, 0.0)
            weighted = slopes if weights is None else slopes * weights[:, None]
            sums.products = sums.products + weighted.T @ slopes
            sums.against = sums.against + weighted.T @ errors

    def conclude(self) -> None:
        """End a pass: keep what is better, and choose the constants of the next one."""
        assert self.trial is not None
        known = self.known
        better = known is None or (
            self.sums.mean_square < known.mean_square and self.sums.n_undefined <= known.n_undefined
        )
        if better:
            self.best, self.known = self.trial, self.sums
        else:
            self.damping *= _FACTOR
        self.trial = self._next() if self.slopes else None
        self.done = self.trial is None

    def _next(self) -> Model | None:
        """The best constants moved by a damped step; None where that promises nothing."""
        assert self.known is not None
        size = np.sqrt(np.diag(self.known.products))
        size = np.where(size > 0.0, size, 1.0)
        scaled = self.known.products / np.outer(size, size) + self.damping * np.eye(len(size))
        against = self.known.against / size
        if not (np.all(np.isfinite(scaled)) and np.all(np.isfinite(against))):
            return None
        step = -np.linalg.lstsq(scaled, against, rcond=None)[0]
        if not -(step @ against) > _PROMISE * self.known.squares:
            return None
        return self.best.at(self.best.values + step / size)

    def confirmed(self, target: _Target) -> Confirmed:
        """The formula at its best constants."""
        assert self.known is not None
        sums, variance = self.known, target.deviation**2
        mean = sums.mean_square
        mae = sums.absolute / sums.weight if sums.weight > 0.0 else math.nan
        return Confirmed(
            self.best.expression, mean / variance, math.sqrt(mean), mae, sums.largest, sums.n_undefined
        )
