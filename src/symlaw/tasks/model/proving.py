"""What is proved of a formula beside all short ones, when it is asked for."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses.register import loss_from
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.grammar import Language
from symlaw.language.user_operators.fixed_powers import checked_exponents, with_fixed_powers
from symlaw.search.exhaustive.proof import MAX_SIZE, Effort, Proof, least_losses, left_by, provable
from symlaw.tasks.inputs.intake import taken_again
from symlaw.trust.constants.uncertainty import weighed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from symlaw.engine.losses.table import Loss
    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.trust.constants.fit import Sample

# Values of formulas that are kept, 256 MiB.
_KEPT = 2.0**25
# Settings under which a formula was not chosen by least squares among all formulas.
_OTHERWISE = {
    "objective": "an objective of its own", "score": "an objective of its own", "template": "a template",
    "constraints": "statements about values",
}  # fmt: skip


@dataclass(frozen=True)
class Proved:
    """A formula beside the best of all formulas without constants of each number of symbols.

    Attributes
    ----------
    formula
        The formula.
    loss
        Share of the target's variance that it leaves with its best scale and offset.
    proof
        What the others leave.
    """

    formula: Expression
    loss: float
    proof: Proof

    @property
    def symbols(self) -> int:
        """Up to how many symbols no formula does better."""
        return self.proof.up_to(self.loss)

    @property
    def words(self) -> str:
        """What is proved, in a clause; "" where that is nothing."""
        return self.proof.words(self.loss)

    def frame(self) -> pd.DataFrame:
        """For each number of symbols the best formula of up to so many, and the share that it leaves.

        Scale and offset around it are fitted and not written.
        """
        import pandas as pd

        equations = ["" if one is None else str(one) for one in self.proof.best]
        symbols = range(1, len(equations) + 1)
        return pd.DataFrame({"symbols": symbols, "loss": self.proof.losses, "equation": equations})

    def __str__(self) -> str:
        """The table and what is proved."""
        rows = [("symbols", "loss", "")]
        rows += [(str(one.symbols), f"{one.loss:.6g}", one.equation) for one in self.frame().itertuples()]
        lines = [f"{symbols:>8}{loss:>14}  {equation}".rstrip() for symbols, loss, equation in rows]
        said = self.words or "nothing is proved: a formula of one or two symbols does better"
        return "\n".join(
            [*lines, f"The formula leaves {self.loss:.6g} with its best scale and offset: {said}."]
        )


def prove(
    model: SymbolicRegressor,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    y_std: Any = None,
    max_symbols: int = 7,
    seconds: float = 10.0,
) -> Proved:
    """Go through all short formulas: does none do better than the recommended one?

    After a fit this is done in a small share of its time, and ``proof_`` is what came of it. Here it has the
    time that you give.

    Parameters
    ----------
    model
        A fitted model of one target in least squares, whose operators have one or two arguments.
    X, y, sample_weight, y_std
        As in the fit.
    max_symbols
        Symbols of the longest formulas; each column and each operator is one.
    seconds
        Time that it may take; a number of symbols that is not done by then is not stated.

    Returns
    -------
    Proved
        Print it, or read ``words``, ``symbols`` and ``frame()``.

    Raises
    ------
    InvalidSetting
        When the model is of another kind.
    DataError
        When the formula is undefined on some row, or the target is constant.
    """
    check_is_fitted(model)
    if isinstance(model.expression_, tuple):
        raise InvalidSetting("a proof is for one target: fit the targets one by one")
    loss = loss_from(model.loss)
    check_plain(loss, vars(model))
    data = taken_again(model.reading_, X, y, sample_weight, y_std)
    weights = None if data.y_std is not None else data.weights
    sample = weighed(data.X, data.Y[:, 0], data.names, weights, data.y_std)
    sample = replace(sample, weights=loss.weighted(sample.y, sample.weights))
    operators = enumerated(model.operators, model.exponents)
    return proved_on(model.expression_, sample, operators, effort_of(max_symbols, seconds))


def check_plain(loss: Loss, asked: Mapping[str, Any]) -> None:
    """Refuse what is not chosen by least squares among all formulas, as settings by name say."""
    if not loss.by_squares:
        raise InvalidSetting(
            "a proof is by least squares, and this fit has another loss: fit with loss='squared'"
        )
    for name, words in _OTHERWISE.items():
        if asked.get(name):
            raise InvalidSetting(f"a proof goes through all formulas, and this fit had {words}")


def enumerated(operators: Sequence[str | Operator], exponents: Any = None) -> tuple[Operator, ...]:
    """The operators that formulas are made of, as a fit of these settings has them.

    Raises
    ------
    InvalidSetting
        When one has three arguments, or takes or gives truth values.
    """
    powers = () if exponents is None else checked_exponents(exponents, operators)
    language = Language.of(("x",), with_fixed_powers(operators, powers) if powers else operators)
    for row in language.operators:
        if row.arity > 2 or not provable(replace(language, operators=(row,))):
            raise InvalidSetting(
                f"a proof goes through operators of one and two numbers, and {row.name!r} is none:"
                " fit without it"
            )
    return language.operators


def effort_of(max_symbols: int, seconds: float) -> Effort:
    """What a proof may cost that was asked for.

    Raises
    ------
    InvalidSetting
        When a number makes no sense.
    """
    whole = isinstance(max_symbols, Integral) and not isinstance(max_symbols, bool)
    if not whole or not 2 <= max_symbols <= MAX_SIZE:
        raise InvalidSetting(
            f"a proof of up to {max_symbols!r} symbols: give a whole number of 2 to {MAX_SIZE}"
        )
    if isinstance(seconds, bool) or not isinstance(seconds, Real) or not 0 < seconds < math.inf:
        raise InvalidSetting(f"a proof of {seconds!r} seconds: give a number above 0")
    threads = os.cpu_count() or 1
    return Effort(int(max_symbols), math.inf, math.inf, float(seconds), threads, _KEPT)


def proved_on(formula: Expression, sample: Sample, operators: Sequence[Operator], effort: Effort) -> Proved:
    """What is proved of a formula on rows.

    Raises
    ------
    DataError
        When the formula is undefined on some row, or the target is constant.
    """
    y, weights = sample.y, sample.weights
    if not np.ptp(y) > 0.0:
        raise DataError("the target is the same on all rows: there is nothing to explain")
    loss = left_by(evaluate([formula], sample.X, sample.names)[0], y, weights)
    if math.isnan(loss):
        raise DataError(f"{formula.shown()} is undefined on some row: leave such rows out")
    return Proved(formula, loss, least_losses(sample.X, y, operators, weights, effort, sample.names))
