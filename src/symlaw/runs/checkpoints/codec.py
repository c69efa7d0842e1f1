"""Records as JSON and arrays, and back: no class is made but those that the reader lists.

Dataclasses, NamedTuples, lists and arrays that occur twice are one object again after reading. A class may
say by ``__getstate__`` and ``__setstate__`` what of it is stored, as for copying.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from symlaw._moved import now_at
from symlaw.errors import RunError
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator, operator
from symlaw.language.user_operators import lookup

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PLAIN = (bool, int, float, str, type(None))
# An array that is longer and emptier than this is stored by its entries other than zero.
_LONG, _FULL = 2**12, 0.4


class CannotStore(TypeError):
    """A value is of a kind that is not stored."""


@dataclass
class Encoder:
    """Makes plain values of records.

    Parameters
    ----------
    classes
        Those that may occur.
    given
        Objects that the reader has already, by name.

    Attributes
    ----------
    arrays
        Arrays that plain values refer to by number.
    """

    classes: Sequence[type]
    given: Mapping[str, Any]
    arrays: list[NDArray[Any]] = field(default_factory=list)
    _numbers: dict[int, int] = field(default_factory=dict)
    _alive: list[Any] = field(default_factory=list)
    _places: tuple[int, NDArray[Any]] = (-1, np.zeros(0, np.uint32))

    def encode(self, value: Any) -> Any:
        """A value in plain ones; raises `CannotStore` for one of a class that is not listed."""
        if type(value) in _PLAIN:
            return value
        for name, known in self.given.items():
            if value is known:
                return ["given", name]
        if isinstance(value, np.generic):
            return ["scalar", self._array(np.asarray(value))]
        if isinstance(value, Fraction):
            return ["fraction", str(value.numerator), str(value.denominator)]
        if isinstance(value, (Constant, Variable, Operator)):
            return ["node", *self._node(value)]
        if type(value) is tuple:
            return ["tuple", [self.encode(item) for item in value]]
        if id(value) in self._numbers:
            return ["again", self._numbers[id(value)]]
        self._numbers[id(value)] = len(self._alive)
        # kept alive, so that no other object gets its id
        self._alive.append(value)
        return self._encode_new(value)

    def _encode_new(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return self._encode_array(value)
        if isinstance(value, Expression):
            return ["expression", [self.encode(node) for node in value.nodes]]
        if type(value) is list:
            return ["list", [self.encode(item) for item in value]]
        if type(value) is dict:
            return ["dict", [[self.encode(key), self.encode(item)] for key, item in value.items()]]
        if type(value) not in self.classes:
            raise CannotStore(f"{type(value).__module__}.{type(value).__qualname__}")
        return ["record", _name(type(value)), [[k, self.encode(v)] for k, v in _fields(value).items()]]

    def _encode_array(self, value: NDArray[Any]) -> Any:
        if value.dtype.hasobject:
            raise CannotStore("an array of objects")
        if value.size > _LONG and value.flags.c_contiguous:
            flat = value.reshape(-1)
            places = np.flatnonzero(flat)
            if len(places) < _FULL * len(flat):
                return ["sparse", list(value.shape), self._place(places), self._array(flat[places])]
        return ["array", self._array(value)]

    def _place(self, places: NDArray[np.int64]) -> int:
        """Number of an array of places; arrays of one table, which are filled alike, share it."""
        if self._places[0] < 0 or not np.array_equal(places, self._places[1]):
            packed = places.astype(np.uint32 if len(places) == 0 or places[-1] < 2**32 else np.uint64)
            self._places = self._array(packed), packed
        return self._places[0]

    def _array(self, value: NDArray[Any]) -> int:
        self.arrays.append(value)
        return len(self.arrays) - 1

    @staticmethod
    def _node(value: Constant | Variable | Operator) -> list[Any]:
        if isinstance(value, Constant):
            return ["constant", float(value.value)]
        if isinstance(value, Variable):
            return ["variable", value.name]
        return ["lookup", lookup.record_of(value)] if value.table else ["operator", value.name]


@dataclass
class Decoder:
    """Makes records of what an `Encoder` gave.

    Parameters
    ----------
    classes, given
        As there.
    arrays
        By number.
    operators
        Those that formulas may hold beside the operator table's.
    """

    classes: Sequence[type]
    given: Mapping[str, Any]
    arrays: Sequence[NDArray[Any]]
    operators: Sequence[Operator]
    _known: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._named = {_name(one): one for one in self.classes}
        self._operators = {row.name: row for row in self.operators}

    def decode(self, value: Any) -> Any:
        """The value; raises `RunError` where it is not what an encoder gave."""
        try:
            return self._decode(value)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError) as error:
            if isinstance(error, RunError):
                raise
            raise RunError(f"a stored record is damaged: {error}") from None

    def _decode(self, value: Any) -> Any:
        if type(value) in _PLAIN:
            return value
        kind, *rest = value
        if kind == "given":
            return self.given[rest[0]]
        if kind == "scalar":
            return self.arrays[rest[0]][()]
        if kind == "fraction":
            return Fraction(int(rest[0]), int(rest[1]))
        if kind == "node":
            return self._node(*rest)
        if kind == "tuple":
            return tuple(self._decode(item) for item in rest[0])
        if kind == "again":
            return self._known[rest[0]]
        return self._decode_new(kind, rest)

    def _decode_new(self, kind: str, rest: list[Any]) -> Any:
        place = len(self._known)
        self._known.append(None)
        made: Any
        if kind == "array":
            made = self.arrays[rest[0]]
        elif kind == "sparse":
            made = self._dense(*rest)
        elif kind == "expression":
            made = Expression(tuple(self._decode(node) for node in rest[0]))
        elif kind == "list":
            made = [self._decode(item) for item in rest[0]]
        elif kind == "dict":
            made = {self._decode(key): self._decode(item) for key, item in rest[0]}
        elif kind == "record":
            made = _made(self._named[now_at(rest[0])], {name: self._decode(item) for name, item in rest[1]})
        else:
            raise RunError(f"a stored record is damaged: it has a part of kind {kind!r}")
        self._known[place] = made
        return made

    def _dense(self, shape: list[int], places: int, entries: int) -> NDArray[Any]:
        found = self.arrays[entries]
        dense = np.zeros(int(np.prod(shape)), found.dtype)
        dense[self.arrays[places]] = found
        return dense.reshape(shape)

    def _node(self, kind: str, value: Any) -> Constant | Variable | Operator:
        if kind == "constant":
            return Constant(float(value))
        if kind == "variable":
            return Variable(str(value))
        if kind == "lookup":
            return lookup.restored(value)
        return self._operators.get(value) or operator(str(value))


def _name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _fields(value: Any) -> dict[str, Any]:
    if isinstance(value, tuple):
        return cast("dict[str, Any]", value._asdict())  # type: ignore[attr-defined]
    # object's own __getstate__ gives the same for a class that has none
    return dict(value.__getstate__())


def _made(kind: type, fields: dict[str, Any]) -> Any:
    if issubclass(kind, tuple):
        return kind(**fields)
    made = object.__new__(kind)
    if hasattr(kind, "__setstate__"):
        made.__setstate__(fields)  # type: ignore[attr-defined]
        return made
    for name, value in fields.items():
        object.__setattr__(made, name, value)
    return made
