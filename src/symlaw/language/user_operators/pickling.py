"""Functions of users in pickles: by name where they can be imported, by value where they cannot."""

from __future__ import annotations

import importlib
import pickle
from functools import partial
from operator import attrgetter
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.errors import CannotPickle, InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Carried(NamedTuple):
    """A function on its way.

    Parameters
    ----------
    function
        The function, where it pickles as it is; else None.
    place
        Module and name of what a decorator made of it; else empty.
    value
        The function's pickled code; else empty.
    """

    function: Any = None
    place: tuple[str, ...] = ()
    value: bytes = b""


def carried(function: Callable[..., Any] | None) -> Carried:
    """What of a function goes into a pickle.

    Raises
    ------
    CannotPickle
        When it can neither be imported nor be copied.
    """
    try:
        pickle.dumps(function)
        return Carried(function)
    # functions of no module fail in several ways
    except Exception:
        pass
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    # what is in __main__ here is not in the __main__ of another process
    if module and name and module != "__main__" and _inner(module, name) is function:
        return Carried(place=(module, name))
    return Carried(value=_copied(function))


def fetched(given: Carried) -> Any:
    """The function again.

    Raises
    ------
    InvalidSetting
        When it cannot be imported here.
    """
    if given.value:
        return pickle.loads(given.value)
    if not given.place:
        return given.function
    found = _inner(*given.place)
    if found is None:
        raise InvalidSetting(
            f"function {'.'.join(given.place)} is not found, and the model needs it: make the module"
            f" {given.place[0]!r} importable here"
        )
    return found


def with_carried(state: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """An object's state with those of its functions carried that would not pickle."""
    plain = (FunctionType, partial)
    new = {name: carried(state[name]) for name in names if isinstance(state.get(name), plain)}
    return {**state, **new}


def with_fetched(state: Mapping[str, Any]) -> dict[str, Any]:
    """The state that `with_carried` was given."""
    return {name: fetched(value) if isinstance(value, Carried) else value for name, value in state.items()}


def _inner(module: str, name: str) -> Any:
    """The function inside of the operator or loss of a name in a module; None where there is none."""
    try:
        made = attrgetter(name)(importlib.import_module(module))
    except (ImportError, AttributeError):
        return None
    users = getattr(getattr(made, "row", None), "users", None)
    return getattr(made if users is None else users, "function", None)


def _copied(function: Any) -> bytes:
    try:
        from numba import cloudpickle

        return bytes(cloudpickle.dumps(function))
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
    name = getattr(function, "__qualname__", repr(function))
    raise CannotPickle(
        f"function {name} cannot be pickled ({words}): define it at the top of a module that can be imported"
    )
