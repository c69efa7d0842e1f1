"""Functions of modules above the one that calls them, found by their path when they are called.

Printers, the parser and algebra import expressions, and people want to write ``expression.latex()``. So that
no circle of imports arises, such a method names the function that it passes on to by its path. Use it for
nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Later:
    """A function that is imported when it is first called.

    Parameters
    ----------
    path
        Module and name, such as ``"symlaw.language.printers.render"``.

    Examples
    --------
    >>> parse = Later("symlaw.language.parser.parse")
    >>> print(parse("a*b"))
    a * b
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def found(self) -> Any:
        """The function itself."""
        module, _, name = self.path.rpartition(".")
        return getattr(import_module(module), name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        """What the function says."""
        return self.found()(*given, **named)
