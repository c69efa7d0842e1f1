"""How Levenberg-Marquardt goes from one trial step to the next (Nielsen 1999), for all fits in kernels."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import inner

# Damping and its growth that a fit begins with.
FIRST_DAMPING = (1e-3, 2.0)


def first_damping() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Damping and its growth factor before a fit, float64 (2,)."""
    return np.array(FIRST_DAMPING)


@inner
def begin(damping):  # type: ignore[no-untyped-def]
    """Make damping ready for a fit that continues no other."""
    damping[0], damping[1] = FIRST_DAMPING


@inner
def taken(damping, loss, gain, moved, tolerance):  # type: ignore[no-untyped-def]
    """Trust the model more after a step that was taken; whether the fit is over.

    ``gain`` is the relative gain in loss, and ``moved`` the largest relative move of a constant.
    """
    damping[0] = max(damping[0] * 0.1, 1e-12)
    damping[1] = 2.0
    return loss < 1e-29 or (gain < tolerance and moved < 1e-6)


@inner
def refused(damping, moved):  # type: ignore[no-untyped-def]
    """Trust the model less after a step that was not taken; whether the fit is over."""
    damping[0] *= damping[1]
    damping[1] *= 2.0
    return damping[0] > 1e8 or moved < 1e-15
