"""The plain NumPy oracle that every kernel is compared with. Slow, short, and obviously right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.values import node_values, values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression

__all__ = ["jacobian", "least_squares", "node_values", "scale_and_offset", "values"]


def least_squares(design: NDArray[Any], target: NDArray[Any]) -> NDArray[np.float64]:
    """Shortest least-squares solution (n_columns,) of a design (n_rows, n_columns); nan where there is none.

    LAPACK's iteration fails on values that are not finite, of which it complains on the terminal, and on
    rare others.
    """
    if not (np.all(np.isfinite(design)) and np.all(np.isfinite(target))):
        return np.full(design.shape[1], np.nan)
    try:
        return np.asarray(np.linalg.lstsq(design, target, rcond=None)[0], dtype=float)
    except np.linalg.LinAlgError:
        return np.full(design.shape[1], np.nan)


def scale_and_offset(
    f: NDArray[Any], y: NDArray[Any], weights: NDArray[Any] | None = None
) -> tuple[float, float, float]:
    """Least-squares scale and offset of ``y ~ scale * f + offset``, and the weighted mean square left.

    All are nan where ``f`` is not finite.
    """
    w = np.ones_like(f) if weights is None else weights
    design = np.stack([f, np.ones_like(f)], axis=1) * np.sqrt(w)[:, None]
    solution = least_squares(design, y * np.sqrt(w))
    residual = y - solution[0] * f - solution[1]
    return float(solution[0]), float(solution[1]), float(np.sum(w * residual**2) / np.sum(w))


def jacobian(expression: Expression, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
    """Central differences of the values by each constant, (n_rows, n_constants)."""
    constants = np.array(expression.constants)
    slopes = []
    for place, value in enumerate(constants):
        step = 1e-6 * max(abs(value), 1e-3)
        up, down = constants.copy(), constants.copy()
        up[place] += step
        down[place] -= step
        change = values(expression.with_constants(up), columns) - values(
            expression.with_constants(down), columns
        )
        slopes.append(change / (2 * step))
    n_rows = len(next(iter(columns.values())))
    return np.stack(slopes, axis=1) if slopes else np.empty((n_rows, 0))
