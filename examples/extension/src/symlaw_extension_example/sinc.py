"""An operator: the wave behind a slit, ``sin(x) / x``."""

from __future__ import annotations

import numpy as np

import symlaw


@symlaw.operator
def sinc(x):  # type: ignore[no-untyped-def]
    """Traced into a formula, from which derivative and spellings follow."""
    return np.sin(x) / x
