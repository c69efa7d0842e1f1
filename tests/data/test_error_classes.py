"""The error classes are ours and the builtin that a caller would catch."""

from __future__ import annotations

import inspect
import pickle

import pytest

from symlaw import errors

BUILTIN = {
    "DataError": ValueError,
    "WrongType": TypeError,
    "ColumnNotFound": KeyError,
    "FileUnreadable": OSError,
    "UnknownOperator": ValueError,
    "ParseError": ValueError,
    "InvalidSetting": ValueError,
    "UnitMismatch": ValueError,
    "CannotExport": ValueError,
    "CannotSolve": ValueError,
    "CannotPickle": TypeError,
    "CannotTrace": TypeError,
    "SimplifierFailed": RuntimeError,
    "RunError": ValueError,
    "MissingDependency": ImportError,
    "WorkersLost": RuntimeError,
}


@pytest.mark.parametrize(("name", "builtin"), BUILTIN.items())
def test_each_error_is_ours_and_a_builtin(name, builtin):
    error = getattr(errors, name)("There is no 'x'.")
    assert isinstance(error, errors.SymlawError) and isinstance(error, builtin)
    assert str(error) == "There is no 'x'."
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_no_error_is_forgotten_here():
    classes = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    assert classes == {*BUILTIN, "SymlawError"}
