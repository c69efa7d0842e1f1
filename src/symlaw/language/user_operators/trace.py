"""From a plain Python function to the formula that it computes, by calling it with symbols.

Arithmetic, NumPy's functions and the ``math`` module are followed, also through helper functions; loops are
followed as often as they run. What depends on a value (``if x > 0``) has no single formula and is refused
with its line.
"""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from symlaw.errors import CannotTrace
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import named_power, operator, operator_table

MAX_TRACED = 5000

# What is a formula of such functions.
_MADE: dict[str, Callable[..., Any]] = {
    "positive": lambda x: x,
    "exp2": lambda x: 2.0**x,
    "radians": lambda x: x * (math.pi / 180.0),
    "deg2rad": lambda x: x * (math.pi / 180.0),
    "degrees": lambda x: x * (180.0 / math.pi),
    "rad2deg": lambda x: x * (180.0 / math.pi),
    "clip": lambda x, low, high: _apply("min", _apply("max", x, low), high),
}
_OVER_ROWS = ("sum", "mean", "std", "var", "cumsum", "diff", "median", "average", "dot", "sort")


class Symbol:
    """A formula that Python computes with."""

    __slots__ = ("alone", "nodes")

    def __init__(self, nodes: tuple[Node, ...], alone: bool = False) -> None:
        if len(nodes) > MAX_TRACED:
            raise CannotTrace(f"the function computes a formula of more than {MAX_TRACED} nodes")
        self.nodes, self.alone = nodes, alone

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """NumPy's functions of symbols."""
        word = ufunc.__name__
        if method != "__call__" or options:
            raise CannotTrace(f"np.{word} has a method or options that no operator has: call it plainly")
        if word in ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"):
            return self.__bool__()
        return _called("np", word, inputs)

    def __array_function__(self, function: Any, _: Any, inputs: Any, options: Any) -> Any:
        """NumPy's functions of symbols that are no ufuncs; means and sums of a number that is alone."""
        means = (np.mean, np.sum, np.average)
        if self.alone and function in means and set(options) <= {"weights"} and inputs:
            return inputs[0]
        return _called("np", function.__name__, (*inputs, *options.values()))

    def __getattr__(self, name: str) -> Any:
        """Refuse what columns can do as arrays."""
        if name.startswith("__"):
            raise AttributeError(name)
        raise CannotTrace(f".{name} looks at a whole column, and a formula computes each row by itself")

    def __iter__(self) -> Any:
        """Refuse loops over data."""
        raise CannotTrace("it goes through the rows, and a formula computes each row by itself")

    __len__ = __getitem__ = lambda self, *_: self.__iter__()

    def __bool__(self) -> bool:
        """Refuse to choose."""
        raise CannotTrace(
            "what it computes depends on a comparison: write it with abs, min, max, sign or np.heaviside"
        )

    __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: self.__bool__()  # type: ignore[assignment]

    def __float__(self) -> float:
        """Refuse to be a number."""
        raise CannotTrace("a number is asked for where a symbol stands")

    __int__ = __index__ = __float__  # type: ignore[assignment]

    def mean(self) -> Symbol:
        """That of a single number."""
        return self if self.alone else self.__getattr__("mean")  # type: ignore[no-any-return]

    sum = mean

    def __add__(self, other: Any) -> Symbol:
        return _apply("+", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return _apply("+", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return _apply("-", self, other)

    def __rsub__(self, other: Any) -> Symbol:
        return _apply("-", other, self)

    def __mul__(self, other: Any) -> Symbol:
        return _apply("*", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return _apply("*", other, self)

    def __truediv__(self, other: Any) -> Symbol:
        return _apply("/", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return _apply("/", other, self)

    def __pow__(self, other: Any) -> Symbol:
        row = named_power(other) if isinstance(other, (int, float)) else None
        return _apply("pow", self, other) if row is None else _apply(row.name, self)

    def __rpow__(self, other: Any) -> Symbol:
        return _apply("pow", other, self)

    def __neg__(self) -> Symbol:
        return _apply("neg", self)

    def __pos__(self) -> Symbol:
        return self

    def __abs__(self) -> Symbol:
        return _apply("abs", self)


def _apply(name: str, *arguments: Any) -> Symbol:
    row = operator(name)
    if len(arguments) != row.arity:
        raise CannotTrace(f"{name} takes {row.arity} argument(s), got {len(arguments)}")
    alone = any(isinstance(argument, Symbol) and argument.alone for argument in arguments)
    return Symbol((*(node for argument in arguments for node in _nodes_of(argument)), row), alone)


@cache
def _by_words() -> dict[str, str]:
    """Operators by the names that functions of NumPy, SciPy and math have there."""
    return {word: row.name for row in operator_table().values() for word in row.python_names}


def _called(module: str, word: str, inputs: Any) -> Symbol:
    """A function of NumPy or math on symbols and numbers."""
    if word == "heaviside" and len(inputs) == 2 and not isinstance(inputs[1], Symbol) and inputs[1] == 1:
        return _apply("step", inputs[0])
    if word in _MADE:
        made: Symbol = _MADE[word](*inputs)
        return made
    if word in _OVER_ROWS:
        raise CannotTrace(f"{module}.{word} combines rows, and a formula computes each row by itself")
    name = _by_words().get(word)
    if name is None:
        hint = " (np.minimum, np.maximum, np.abs or np.heaviside may do)" if word == "where" else ""
        raise CannotTrace(f"{module}.{word} has no counterpart among the operators{hint}")
    return _apply(name, *inputs)


def _nodes_of(value: Any) -> tuple[Node, ...]:
    if isinstance(value, Symbol):
        return value.nodes
    try:
        return (Constant(float(value)),)
    except (TypeError, ValueError) as error:
        raise CannotTrace(f"{type(value).__name__} {value!r} is no number") from error


def trace(function: Callable[..., Any], *, alone: bool = False) -> Expression:
    """The formula that a function of columns computes; its parameters are the variables.

    Parameters
    ----------
    function
        Of one or more columns, without a ``*`` parameter; NumPy, ``math`` and helper functions may be used.
        Parameters with a default are numbers.
    alone
        Whether a row is all there is, so that its mean and sum are itself; they are refused otherwise.

    Raises
    ------
    CannotTrace
        When what it computes is no single formula; the message names the function and the line.

    Examples
    --------
    >>> import math
    >>> print(trace(lambda x, y: math.exp(-x) / (1 + math.sin(y))))
    exp(-x) / (1.0 + sin(y))
    """
    names = parameters_of(function)
    symbols = [Symbol((Variable(name),), alone) for name in names]
    try:
        value = _followed(function, {})(*symbols)
        return Expression(_nodes_of(value))
    except Exception as error:
        raise CannotTrace(f"{_place(function, error)} cannot be followed: {error}") from error


def parameters_of(function: Callable[..., Any]) -> list[str]:
    """Names of a function's parameters.

    Raises
    ------
    CannotTrace
        When it takes any number of them, or some by name only.
    """
    found = [one for one in inspect.signature(function).parameters.values() if not _is_set(one)]
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    odd = [parameter.name for parameter in found if parameter.kind not in positional]
    if odd:
        raise CannotTrace(f"function {name_of(function)} has the parameter {odd[0]!r}: give plain ones only")
    return [p.name for p in found if p.default is inspect.Parameter.empty]


def _is_set(parameter: inspect.Parameter) -> bool:
    """Whether a parameter is by name only and has a value, as those have that `functools.partial` sets."""
    return parameter.kind is parameter.KEYWORD_ONLY and parameter.default is not parameter.empty


def name_of(function: Callable[..., Any]) -> str:
    """What a function is called; one with arguments set by `functools.partial` as the function itself."""
    if isinstance(function, partial):
        return name_of(function.func)
    return str(getattr(function, "__name__", type(function).__name__))


def _place(function: Callable[..., Any], error: BaseException) -> str:
    """Function and line at which it failed."""
    code, line = getattr(function, "__code__", None), None
    trail = error.__traceback__
    while trail is not None:
        if trail.tb_frame.f_code is code:
            line = trail.tb_lineno
        trail = trail.tb_next
    where = "" if line is None else f", line {line}"
    return f"function {name_of(function)}{where},"


def _followed(function: Callable[..., Any], known: dict[Any, Any]) -> Callable[..., Any]:
    """The function with what it calls replaced by what takes symbols."""
    if not isinstance(function, types.FunctionType):
        return function
    if function in known:
        made: Callable[..., Any] = known[function]
        return made
    space = dict(function.__globals__)
    copy = types.FunctionType(
        function.__code__, space, function.__name__, function.__defaults__, function.__closure__
    )
    known[function] = copy
    for name in function.__code__.co_names:
        if name in space:
            space[name] = _taking_symbols(space[name], known)
    return copy


def _taking_symbols(value: Any, known: dict[Any, Any]) -> Any:
    if value is math:
        return _MathModule()
    name = getattr(value, "__name__", "")
    if isinstance(value, types.BuiltinFunctionType) and getattr(math, name, None) is value:
        return getattr(_MathModule(), name)
    if isinstance(value, types.FunctionType) and not str(value.__module__).startswith("numpy"):
        return _followed(value, known)
    return value


class _MathModule:
    """The math module for symbols and numbers."""

    def __getattr__(self, name: str) -> Any:
        original = getattr(math, name)
        if not callable(original):
            return original

        def function(*arguments: Any) -> Any:
            if not any(isinstance(argument, Symbol) for argument in arguments):
                return original(*arguments)
            return _called("math", name, arguments)

        return function
