"""``symlaw-run``: predictions of a saved law with NumPy and nothing else.

What this package imports of symlaw is its language, which needs no compiler and no data frames, so that a law
runs where only NumPy is installed.
"""

from symlaw.standalone.command import main

__all__ = ["main"]
