"""Steps that follow a search, none of which may cost what the search found."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def spared(what: str, step: Callable[[], T], instead: Callable[[], T]) -> T:
    """What a step gives, or what is there without it where it fails; then a warning says so.

    Examples
    --------
    >>> spared("counting", lambda: 2, lambda: 1)
    2
    """
    try:
        return step()
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
    warnings.warn(
        f"{what} failed after the search ({words}): the formulas are as they were before this step;"
        " please report it",
        RuntimeWarning,
        stacklevel=2,
    )
    return instead()
