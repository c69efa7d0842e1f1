"""The one place that decides how kernels are compiled, cached and called.

Four kinds of compiled function exist:

``scalar``
    one value in, one value out; inlined by LLVM into whatever calls it. Cached on disk as well, so that a
    user's operator need not have them typed and lowered anew.
``kernel``
    arrays in, arrays out; callable from Python, releases the GIL, cached on disk.
``inner``
    the same for use by other kernels only; it has no wrappers, which are most of a small function's
    compile time.
``block_kernel``
    a C function over a block of rows, reached by its address (`call_forward`, `call_backward`), so
    that the interpreter compiles once however many operators exist.

No function here is ever compiled with ``fastmath``: it folds ``isnan`` away and makes results depend
on the vector width. Without it LLVM does not contract ``a*b + c`` either, so the same source gives
the same bits on every machine of an instruction set.

The disk cache lies in the user's cache directory under a key of the versions of Python, NumPy and Numba and
of the processor, and for each module of the sources that its kernels are made of, because Numba's own key
misses a change in a callee of another file. ``SYMLAW_CACHE_DIR`` moves it. With ``NUMBA_DISABLE_JIT=1`` the
same sources run as plain Python.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import platform
import re
import sys
import zlib
from collections.abc import Callable
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
from filelock import FileLock
from llvmlite import binding as llvm
from llvmlite import ir
from numba import types
from numba.core.caching import _CacheLocator
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

JIT_DISABLED = bool(numba.config.DISABLE_JIT)
_PACKAGE = Path(__file__).resolve().parent.parent.parent


@cache
def cache_directory() -> Path:
    """Folder of compiled kernels, one folder inside for each module; it names versions and processor."""
    digest = hashlib.sha256()
    for part in (platform.python_version(), np.__version__, numba.__version__):
        digest.update(part.encode())
    digest.update(llvm.get_host_cpu_name().encode())
    digest.update(llvm.get_host_cpu_features().flatten().encode())
    root = os.environ.get("SYMLAW_CACHE_DIR") or _user_cache()
    return Path(root) / digest.hexdigest()[:20]


def _user_cache() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return str(Path(base or Path.home() / ".cache") / "symlaw")


# Packages whose modules hold kernels, or values that kernels take in.
_OF_KERNELS = ("symlaw.engine.", "symlaw.search.", "symlaw.language.operators.")
# Imports at the top of a module; those for type checkers are indented.
_IMPORT = re.compile(r"^from (symlaw[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


@cache
def _folder_of(path: Path) -> Path:
    """Folder of a module's kernels; its name says what they are made of, wherever the package lies."""
    digest = hashlib.sha256()
    for source in sorted({*_sources_of(path), Path(__file__).resolve()}, key=_name_of):
        digest.update(_name_of(source).encode() + _digest_of(source))
    return cache_directory() / f"{_name_of(path)}-{digest.hexdigest()[:16]}"


def _sources_of(path: Path) -> set[Path]:
    """The files that a module's kernels are made of: its own, those that it imports from, and so on.

    A kernel takes in the code of others, and the values of names from where they are imported. What is
    imported from packages without kernels counts where it is a constant.
    """
    found, waiting = {path}, [path]
    # block kernels are made of the texts of operator rows
    found.update(_PACKAGE.glob("language/operators/*.py") if path.name == "blocks.py" else ())
    while waiting:
        for other, has_kernels in _imported_by(waiting.pop()):
            if other not in found:
                found.add(other)
                waiting += [other] if has_kernels else []
    return found


@cache
def _imported_by(path: Path) -> list[tuple[Path, bool]]:
    """Files that a module's kernels may take something in from, and whether these may hold kernels."""
    found: list[tuple[Path, bool]] = []
    for package, listed in _IMPORT.findall(path.read_text(encoding="utf-8")):
        names = re.findall(r"\w+", listed)
        has_kernels = f"{package}.".startswith(_OF_KERNELS)
        modules = [package, *(f"{package}.{name}" for name in names)] if has_kernels else [package]
        if has_kernels or any(name.isupper() for name in names):
            files = (_file_of(module) for module in modules)
            found += [(file, has_kernels) for file in files if file is not None]
    return found


@cache
def _file_of(module: str) -> Path | None:
    """A module's file, or that of a package; None for any other name."""
    base = _PACKAGE.parent.joinpath(*module.split("."))
    candidates = (base.with_suffix(".py"), base / "__init__.py")
    return next((one for one in candidates if one.is_file()), None)


@cache
def _digest_of(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


def _name_of(path: Path) -> str:
    """A module's name within the package; of other files the last part of it."""
    return (
        ".".join(path.relative_to(_PACKAGE).with_suffix("").parts) if _PACKAGE in path.parents else path.stem
    )


class ContentLocator(_CacheLocator):  # type: ignore[misc]
    """Tells Numba where a function's compiled code lies: in a folder that names the sources' content.

    Numba's own locators go by a file's path and date, so that every copy of the package compiles anew, and
    after any change to a file all of its functions.
    """

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self._folder = _folder_of(Path(file).resolve())
        self._line = function.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        """The folder."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """Nothing: the folder's name says it."""
        return ""

    def get_disambiguator(self) -> str:
        """What tells functions of one name apart."""
        return str(self._line)

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> ContentLocator | None:
        """The locator of a function, None where its folder cannot be written."""
        locator = cls(function, file)
        try:
            locator.ensure_cache_path()
        except OSError:
            return None
        return locator


@contextmanager
def _our_cache_directory() -> Iterator[None]:
    # Numba chooses a function's cache folder when it is decorated, and only from its configuration.
    before = numba.config.CACHE_LOCATOR_CLASSES
    numba.config.CACHE_LOCATOR_CLASSES = f"{__name__}.{ContentLocator.__name__}"
    try:
        yield
    finally:
        numba.config.CACHE_LOCATOR_CLASSES = before


class _Shared:
    """A function's disk cache that several processes may write to.

    Numba numbers the files of a function's signatures by an index that it reads and writes back: two
    processes at once could give one number to two signatures, and one would run the other's code.
    """

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Compiled code of a signature, None where there is none that can be read.

        A signature names the records that callers give, which may be others, or gone, where the module of the
        kernel itself is as it was.
        """
        try:
            return self._cache.load_overload(signature, target)
        except (AttributeError, ImportError, TypeError, ValueError, EOFError):
            with suppress(OSError), FileLock(cache_directory() / "lock"):
                self._cache.flush()
            return None

    def save_overload(self, signature: Any, data: Any) -> None:
        """Save compiled code while no other process does."""
        with suppress(OSError), FileLock(cache_directory() / "lock"):
            self._cache.save_overload(signature, data)


def _compiled(function: Callable[..., Any], **flags: bool) -> Callable[..., Any]:
    if JIT_DISABLED:
        return function
    options = {**_FLAGS, **flags, "cache": _is_importable(function)}
    with _our_cache_directory():
        dispatcher = numba.njit(**options)(function)
    if options["cache"]:
        dispatcher._cache = _Shared(dispatcher._cache)
    dispatcher.get_call_template = _without_literals(dispatcher.get_call_template)
    return dispatcher  # type: ignore[no-any-return]


def _without_literals(template_for: Callable[..., Any]) -> Callable[..., Any]:
    """A dispatcher's search for a signature by types: else each number in a source is a type of its own."""

    def found(arguments: Sequence[Any], named: Mapping[str, Any]) -> Any:
        plain = {name: types.unliteral(kind) for name, kind in named.items()}
        return template_for(tuple(map(types.unliteral, arguments)), plain)

    return found


def _is_importable(function: Callable[..., Any]) -> bool:
    """Whether a function's module can be imported again, which compiled code from a file asks for."""
    module = sys.modules.get(function.__module__ or "")
    return getattr(module, "__file__", None) == function.__code__.co_filename


def scalar(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of scalars, none of them a function, meant to be inlined into kernels."""
    # without forceinline LLVM leaves the larger ones as calls, and their loops do not vectorise
    return _compiled(function, forceinline=True, no_cfunc_wrapper=True)


# Kernels never allocate, so reference counts are off: counting each array of each record in each call
# costs more than the work.
_FLAGS = {"error_model": "numpy", "nogil": True, "cache": True, "_nrt": False}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of arrays, cached on disk, that runs without the GIL."""
    return _compiled(function)


def inner(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function of arrays that only other kernels call."""
    return _compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def block_kernel(function: Callable[..., Any], n_pointers: int, real: Any, *, cached: bool = True) -> int:
    """Compile ``function(pointer, ..., n)`` over pointers to ``real`` and return its address."""
    if JIT_DISABLED:
        address = len(_PLAIN) + 1
        _PLAIN[address] = (function, np.dtype(str(real)))
        return address
    signature = types.void(*[types.CPointer(real)] * n_pointers, types.int64)
    with _our_cache_directory():
        compiled = numba.cfunc(signature, cache=cached, error_model="numpy", _nrt=False)(function)
    _ALIVE.append(compiled)
    return int(compiled.address)


# Compiled C functions die with their Python owner, and addresses outlive it in kernel tables.
_ALIVE: list[Any] = []
_PLAIN: dict[int, tuple[Callable[..., Any], np.dtype[Any]]] = {}


def separately(function: Callable[..., Any], arguments: tuple[Any, ...]) -> NDArray[np.int64]:
    """Compile an inner function for arguments of these types; what `call_separate` calls it by.

    Numba links callees into each caller and optimises them again there. A large function that is reached by
    its address is compiled once, and by another process while this one compiles something else.

    Returns
    -------
    ndarray of shape (2,)
        Its address, and a number that stands for the types.
    """
    if JIT_DISABLED:
        _SEPARATE.append(function)
        return np.array([len(_SEPARATE) - 1, 0])
    signature = tuple(numba.typeof(argument) for argument in arguments)
    dispatcher: Any = function
    dispatcher.compile(signature)
    compiled = dispatcher.overloads[signature]
    address = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)
    return np.array([address, _number_of(signature)], np.int64)


def _number_of(signature: Sequence[Any]) -> int:
    return zlib.crc32(repr(signature).encode())


_SEPARATE: list[Callable[..., Any]] = []


def _pointer_call(n_pointers: int) -> Any:
    """Intrinsic that calls the void C function at an address on pointers and a length."""

    def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        address, *operands = arguments
        raw = ir.IntType(8).as_pointer()
        integer = ir.IntType(64)
        target = ir.FunctionType(ir.VoidType(), [raw] * n_pointers + [integer])
        pointers = [builder.inttoptr(o, raw) for o in operands[:-1]]
        builder.call(builder.inttoptr(address, target.as_pointer()), [*pointers, operands[-1]])
        return context.get_dummy_value()

    def typing(_context: Any, *_operands: Any) -> Any:
        return types.void(*[types.int64] * (n_pointers + 2)), codegen

    return typing


def _plain_call(address: int, *operands: int) -> None:
    function, dtype = _PLAIN[address]
    *pointers, length = operands
    function(*[view(int(p), length, dtype) for p in pointers], length)


def view(pointer: int, length: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """NumPy view of ``length`` values at an address (plain mode only)."""
    raw: Any = (ctypes.c_char * (length * dtype.itemsize)).from_address(pointer) if pointer else b""
    return np.frombuffer(raw, dtype=dtype)


def _plain_judge(address: int, *operands: int) -> None:
    ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * len(operands))(address)(*operands)


if JIT_DISABLED:
    call_judge = _plain_judge
    call_forward = call_backward = call_backward_of_three = call_loss = _plain_call

    def call_separate(target: np.ndarray[Any, Any], arguments: tuple[Any, ...]) -> int:
        """Call what `separately` compiled."""
        _SEPARATE[target[0]](*arguments)
        return 0

    def use_wide_vectors() -> None:
        """Nothing to ask of plain Python."""

    def bits_of(value: float) -> int:
        """The 64 bits of a float as a signed integer."""
        bits: Any = np.float64(value).view(np.int64)
        return bits

    def float_of(bits: int) -> float:
        """The float whose bits are this signed integer."""
        return np.int64(bits).view(np.float64)

    def address_of(array: np.ndarray[Any, Any]) -> int:
        """Address of an array's first value."""
        return int(array.ctypes.data)

else:

    @intrinsic
    def use_wide_vectors(typingctx):  # type: ignore[no-untyped-def]
        """Ask LLVM for 512-bit vectors in this function, where the processor has them.

        By default LLVM stays at 256 bits on processors that once slowed down under wider ones. The results
        have the same bits. llvmlite lists only some attributes as known, hence `set.add`.
        """

        def codegen(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
            for attribute in ("noinline", '"prefer-vector-width"="512"'):
                set.add(builder.function.attributes, attribute)
            return context.get_dummy_value()

        return types.void(), codegen

    @intrinsic
    def call_forward(typingctx, address, a, b, c, out, n):  # type: ignore[no-untyped-def]
        """Call a forward block kernel: out[i] = f(a[i], b[i], c[i])."""
        return _pointer_call(4)(typingctx, address, a, b, c, out, n)

    @intrinsic
    def call_backward(typingctx, address, a, b, value, seed, out, n):  # type: ignore[no-untyped-def]
        """Call a backward block kernel: out[i] = seed[i] * df(a[i], b[i], value[i])."""
        return _pointer_call(5)(typingctx, address, a, b, value, seed, out, n)

    @intrinsic
    def call_backward_of_three(typingctx, address, a, b, c, value, seed, out, n):  # type: ignore[no-untyped-def]
        """The same of three arguments, apart because it has one more than registers take."""
        return _pointer_call(6)(typingctx, address, a, b, c, value, seed, out, n)

    @intrinsic
    def call_loss(typingctx, address, y, m, w, told, value, pull, stiffness, n):  # type: ignore[no-untyped-def]
        """Call a user's loss on rows; see `symlaw.engine.losses.kernels`."""
        return _pointer_call(7)(typingctx, address, y, m, w, told, value, pull, stiffness, n)

    @intrinsic
    def call_judge(typingctx, address, codes, columns, values, f, line, length):  # type: ignore[no-untyped-def]
        """Call a function that judges formulas; see `symlaw.engine.objectives.called`."""
        return _pointer_call(5)(typingctx, address, codes, columns, values, f, line, length)

    @intrinsic
    def call_separate(typingctx, target, arguments):  # type: ignore[no-untyped-def]
        """Call what `separately` compiled, on a tuple; 1, and no call, when its types are not these."""
        number = _number_of(tuple(arguments))

        def codegen(context: Any, builder: Any, _signature: Any, operands: Any) -> Any:
            integer = ir.IntType(64)
            data = context.make_array(target)(context, builder, operands[0]).data
            address, found = (
                builder.load(builder.gep(data, [ir.Constant(integer, place)])) for place in range(2)
            )
            same = builder.icmp_signed("==", found, ir.Constant(integer, number))
            with builder.if_then(same, likely=True):
                convention = context.call_conv
                kind = convention.get_function_type(types.none, tuple(arguments))
                values = [builder.extract_value(operands[1], place) for place in range(len(arguments))]
                function = builder.inttoptr(address, kind.as_pointer())
                convention.call_function(builder, function, types.none, tuple(arguments), values)
            return builder.zext(builder.not_(same), integer)

        return types.int64(target, arguments), codegen

    def _bitcast(source: Any, target: Any) -> Any:
        def codegen(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(target))

        return target(source), codegen

    @intrinsic
    def bits_of(typingctx, value):  # type: ignore[no-untyped-def]
        """The 64 bits of a float as a signed integer."""
        return _bitcast(types.float64, types.int64)

    @intrinsic
    def float_of(typingctx, bits):  # type: ignore[no-untyped-def]
        """The float whose bits are this signed integer."""
        return _bitcast(types.int64, types.float64)

    @intrinsic
    def address_of(typingctx, array):  # type: ignore[no-untyped-def]
        """Address of an array's first value."""

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            struct = context.make_array(signature.args[0])(context, builder, arguments[0])
            return builder.ptrtoint(struct.data, ir.IntType(64))

        return types.int64(array), codegen
