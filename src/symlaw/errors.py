"""Every exception that symlaw raises on purpose.

Each one is a `SymlawError` and also the builtin that a caller would catch, and its text is one plain
sentence: what was expected, what came, how to fix it.
"""

from __future__ import annotations


class SymlawError(Exception):
    """Base of all errors that symlaw raises on purpose."""


class DataError(SymlawError, ValueError):
    """The data cannot be used as they are."""


class WrongType(DataError, TypeError):
    """The data are of a type that holds no numbers."""


class ColumnNotFound(SymlawError, KeyError):
    """A column was named that the data do not have."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument, quotes and escapes included.
        return Exception.__str__(self)


class FileUnreadable(SymlawError, OSError):
    """A file is missing, is not a file, or does not hold what its name says."""


class UnknownOperator(SymlawError, ValueError):
    """An operator was named that the language does not have."""


class ParseError(SymlawError, ValueError):
    """A text is not a formula."""


class CannotTrace(SymlawError, TypeError):
    """A Python function computes no single formula of the language."""


class CannotExport(SymlawError, ValueError):
    """A formula cannot be written in the form that was asked for."""


class CannotSolve(SymlawError, ValueError):
    """A formula could not be solved for a variable."""


class InvalidSetting(SymlawError, ValueError):
    """A setting has a value that makes no sense."""


class UnitMismatch(SymlawError, ValueError):
    """Quantities were put together whose units do not go together."""


class RunError(SymlawError, ValueError):
    """A stored run is missing, damaged, or does not fit what was asked."""


class MissingDependency(SymlawError, ImportError):
    """An optional package is needed and not installed."""


class CannotPickle(SymlawError, TypeError):
    """A user's function can go to no other process, as it can neither be imported nor be copied."""


class SimplifierFailed(SymlawError, RuntimeError):
    """The package that rewrites formulas failed."""


class WorkersLost(SymlawError, RuntimeError):
    """Processes that did the work of a search died again and again."""
