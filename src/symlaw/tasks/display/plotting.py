"""Methods of the estimator that live in layers above it."""

from __future__ import annotations

from importlib import import_module
from types import MethodType
from typing import Any


class Above:
    """A method that is a function of a module above this layer, loaded when it is first asked for.

    The function is called like the attribute and has the estimator as its first argument. Nothing here
    imports upwards: what tasks do does not depend on how it is shown.

    Parameters
    ----------
    module
        Where the function is.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: Any, owner: type) -> Any:
        function = getattr(import_module(self._module), self._name)
        return function if instance is None else MethodType(function, instance)
