"""Records of arrays that kernels take by their address.

Numba hands a named tuple on as all the words of all its arrays, seven and more for each: a record of dozens
of arrays is copied in each call, and every function that takes it has hundreds of arguments to compile. Here
a record is packed once, into words that never change, and a kernel gets where they lie. Attributes read as
those of the tuple, so that the same source runs as plain Python.
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.cgutils import pack_array
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

from symlaw.engine.compiling.jit import JIT_DISABLED

if TYPE_CHECKING:
    from collections.abc import Iterator

_Kind = TypeVar("_Kind", bound=type)

_WORD = ir.IntType(64)


class RecordType(types.Type):  # type: ignore[misc]
    """The type of a record: its fields' names and types in order."""

    def __init__(self, fields: tuple[tuple[str, Any], ...]) -> None:
        self.fields = fields
        said = ";".join(f"{name}:{kind}" for name, kind in fields)
        super().__init__(name=f"Record({hashlib.sha256(said.encode()).hexdigest()[:16]})")

    def place_of(self, name: str) -> tuple[int, Any]:
        """First word and type of a field."""
        place = 0
        for field, kind in self.fields:
            if field == name:
                return place, kind
            place += _length(kind)
        raise AttributeError(name)


def _length(kind: Any) -> int:
    """Words that a field takes: of an array its address and shape, and strides that are not the usual."""
    if isinstance(kind, types.NamedTuple):
        return sum(_length(part) for part in kind.types)
    if not isinstance(kind, types.Array):
        return 1
    return 1 + kind.ndim * (1 if kind.layout == "C" else 2)


def _words(value: Any) -> Iterator[int]:
    """The words of a field."""
    if isinstance(value, np.ndarray):
        yield value.__array_interface__["data"][0]
        yield from value.shape
        if not value.flags.c_contiguous:
            yield from value.strides
    elif isinstance(value, float):
        yield struct.unpack("<q", struct.pack("<d", value))[0]
    elif hasattr(value, "_address"):
        yield value._address
    elif isinstance(value, tuple):
        for part in value:
            yield from _words(part)
    else:
        number = int(value)
        yield number - (1 << 64) if number >= 1 << 63 else number


def record(kind: _Kind) -> _Kind:
    """Let kernels take a class of named tuples by address.

    Its fields are arrays, numbers and other records; it is never made inside of a kernel.
    """
    if JIT_DISABLED:
        return kind
    members = {
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
        "_address": property(_address),
        "__getstate__": lambda _self: None,
    }
    made = type(kind.__name__, (kind,), members)
    typeof_impl.register(made)(_type_of)
    return made  # type: ignore[return-value]


def _address(self: Any) -> int:
    """Where a record's words lie; they are packed when that is first asked."""
    packed = self.__dict__.get("_packed")
    if packed is None:
        words = np.array([word for value in self for word in _words(value)], np.int64)
        # of threads that pack it at once, all take the words of the first: kernels keep their address
        packed = self.__dict__.setdefault("_packed", (words.__array_interface__["data"][0], words))
    return packed[0]  # type: ignore[no-any-return]


def _type_of(value: Any, _context: Any) -> RecordType:
    names = type(value)._fields
    return RecordType(tuple((name, numba.typeof(field)) for name, field in zip(names, value, strict=True)))


@register_model(RecordType)
class _RecordModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: RecordType) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@infer_getattr
class _RecordAttributes(AttributeTemplate):  # type: ignore[misc]
    key = RecordType

    def generic_resolve(self, kind: RecordType, name: str) -> Any:
        """Type of an attribute; None where there is none of this name."""
        return dict(kind.fields).get(name)


@lower_getattr_generic(RecordType)
def _lower_attribute(context: Any, builder: Any, kind: RecordType, value: Any, name: str) -> Any:
    place, field = kind.place_of(name)
    return _field(context, builder, field, builder.gep(value, [ir.Constant(_WORD, place)]))


def _field(context: Any, builder: Any, kind: Any, start: Any) -> Any:
    """A field whose words begin at a pointer."""

    def word(offset: int) -> Any:
        return _load(builder, builder.gep(start, [ir.Constant(_WORD, offset)]))

    if isinstance(kind, types.Array):
        return _array(context, builder, kind, word)
    if isinstance(kind, types.NamedTuple):
        places = np.cumsum([0, *map(_length, kind.types)])
        starts = [builder.gep(start, [ir.Constant(_WORD, int(place))]) for place in places]
        parts = [_field(context, builder, part, at) for part, at in zip(kind.types, starts, strict=False)]
        return context.make_tuple(builder, kind, parts)
    if isinstance(kind, RecordType):
        return builder.inttoptr(word(0), _WORD.as_pointer())
    if isinstance(kind, types.Float):
        return builder.bitcast(word(0), context.get_value_type(kind))
    if isinstance(kind, types.Boolean):
        return builder.trunc(word(0), ir.IntType(1))
    if isinstance(kind, types.Integer) and kind.bitwidth == _WORD.width:
        return word(0)
    raise TypeError(f"a record has no field of type {kind}")


def _load(builder: Any, pointer: Any) -> Any:
    """Read a word that never changes, which LLVM may then read once for a whole loop."""
    read = builder.load(pointer)
    read.set_metadata("invariant.load", builder.module.add_metadata([]))
    return read


def _array(context: Any, builder: Any, kind: Any, word: Any) -> Any:
    """An array from its words; it is owned elsewhere."""
    array = context.make_array(kind)(context, builder)
    itemsize = ir.Constant(_WORD, context.get_abi_sizeof(context.get_data_type(kind.dtype)))
    shape = [word(1 + axis) for axis in range(kind.ndim)]
    if kind.layout == "C":
        strides, count = [], itemsize
        for extent in reversed(shape):
            strides.append(count)
            count = builder.mul(count, extent, flags=["nsw"])
        strides.reverse()
    else:
        strides = [word(1 + kind.ndim + axis) for axis in range(kind.ndim)]
    total = ir.Constant(_WORD, 1)
    for extent in shape:
        total = builder.mul(total, extent, flags=["nsw"])
    data = builder.inttoptr(word(0), context.get_data_type(kind.dtype).as_pointer())
    context.populate_array(
        array,
        data=data,
        shape=pack_array(builder, shape),
        strides=pack_array(builder, strides),
        itemsize=itemsize,
        meminfo=None,
    )
    array.nitems = total
    return array._getvalue()


@unbox(RecordType)
def _unbox(_kind: RecordType, value: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(value, "_address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    is_error = c.pyapi.c_api_error()
    return NativeValue(c.builder.bitcast(pointer, _WORD.as_pointer()), is_error=is_error)
