"""Truths, 64 rows to the word: the interpreter of tapes with a second table of block kernels.

Row ``i`` is bit ``i % 64`` of word ``i // 64``. What stands beyond the last row is any bit, and is masked.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from symlaw.engine.blocks import KernelTable
from symlaw.engine.compiling import jit
from symlaw.engine.compiling.callbacks import POINTERS
from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.evaluate import evaluate_tape, stack_space
from symlaw.engine.random import mix
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, operators_of, to_tape
from symlaw.language.operators.row import ARGUMENTS, MAX_ARITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator

    Words = NDArray[np.uint64]

WORD = 64
_LOOP = """
def {name}({pointers}, out, n):
    for i in range(n):
        out[i] = {body}
"""
_ONES, _PAIRS = np.uint64(0x5555555555555555), np.uint64(0x3333333333333333)
_NIBBLES, _BYTES = np.uint64(0x0F0F0F0F0F0F0F0F), np.uint64(0x0101010101010101)
_1, _2, _4, _56 = (np.uint64(shift) for shift in (1, 2, 4, 56))
_SALT = np.uint64(0x9E3779B97F4A7C15)


def packed(truths: ArrayLike) -> Words:
    """Truths (n_rows,) or (n_columns, n_rows) as words (n_words,) or (n_columns, n_words); the rest is 0."""
    bits = np.asarray(truths, dtype=bool)
    n_words = -(-bits.shape[-1] // WORD)
    padded = np.zeros((*bits.shape[:-1], n_words * WORD), np.uint8)
    padded[..., : bits.shape[-1]] = bits
    return np.ascontiguousarray(np.packbits(padded, axis=-1, bitorder="little")).view("<u8").astype(np.uint64)


def unpacked(words: Words, n_rows: int) -> NDArray[np.bool_]:
    """Words (..., n_words) as truths (..., n_rows)."""
    raw = np.ascontiguousarray(words.astype("<u8")).view(np.uint8)
    return np.unpackbits(raw, axis=-1, bitorder="little")[..., :n_rows].astype(bool)


@cache
def word_table(operators: tuple[Operator, ...]) -> KernelTable:
    """The kernels of operators on words, indexed by node code; 0 for operators that know numbers."""
    size = FIRST_OPERATOR + len(operators)
    each = (MAX_ARITY, size)
    table = KernelTable(*(np.zeros(shape, np.int64) for shape in (size, size, each, each)))
    for code, row in enumerate(operators, FIRST_OPERATOR):
        table.arity[code] = row.arity
        table.forward[code] = word_kernel(row) if row.bits else 0
    return table


@cache
def word_kernel(row: Operator) -> int:
    """Address of ``(a, b, c, out, n)`` on words."""
    body = row.bits
    for name, pointer in zip(ARGUMENTS, POINTERS, strict=True):
        body = body.replace(name, f"{pointer}[i]")
    name = f"words_{row.kernel.rsplit('.', 1)[1]}"
    source = _LOOP.format(name=name, pointers=", ".join(POINTERS), body=body)
    # Numba finds a cached kernel by module and file
    space: dict[str, Any] = {"__name__": __name__}
    exec(compile(source, __file__, "exec"), space)
    return jit.block_kernel(space[name], len(POINTERS) + 1, numba.types.uint64)


def evaluate_words(expressions: Sequence[Expression], words: Words, variables: Sequence[str]) -> Words:
    """Truths of several expressions of logical operators, 64 rows to the word.

    Parameters
    ----------
    expressions
        The formulas; a constant is true unless it is 0.
    words
        Columns (n_columns, n_words).
    variables
        Their names.

    Returns
    -------
    ndarray of shape (n_expressions, n_words)

    Examples
    --------
    >>> from symlaw.language import parse
    >>> columns = packed([[0, 0, 1, 1], [0, 1, 0, 1]])
    >>> unpacked(evaluate_words([parse("a and not b")], columns, "ab"), 4).astype(int).tolist()
    [[0, 0, 1, 0]]
    """
    operators = operators_of(expressions)
    tape = to_tape(expressions, operators, variables)
    table = word_table(operators)
    constants = np.where((tape.codes == CONSTANT) & (tape.values != 0), ~np.uint64(0), np.uint64(0))
    tape = tape._replace(values=constants)  # type: ignore[arg-type]
    out = np.zeros((len(expressions), words.shape[1]), np.uint64)
    evaluate_tape(tape, table.arity, table.forward, words, out, *stack_space(tape, "uint64"))
    return out


@inner
def ones_in(word):  # type: ignore[no-untyped-def]
    """How many bits of a word are 1 (Warren, Hacker's Delight, figure 5-2)."""
    word = word - ((word >> _1) & _ONES)
    word = (word & _PAIRS) + ((word >> _2) & _PAIRS)
    word = (word + (word >> _4)) & _NIBBLES
    return np.int64((word * _BYTES) >> _56)


@inner
def wrong_rows(found, target, planes, shares):  # type: ignore[no-untyped-def]
    """Weight of the rows on which words differ from a target's.

    ``planes`` (n_planes, n_words) are the binary digits of the rows' weights, ``shares`` (n_planes,) what a
    digit weighs.
    """
    total = 0.0
    for plane in range(len(shares)):
        count = 0
        for k in range(len(target)):
            count += ones_in((found[k] ^ target[k]) & planes[plane, k])
        total += shares[plane] * count
    return total


@kernel
def wrong_rows_of_each(found, target, planes, shares, out):  # type: ignore[no-untyped-def]
    """`wrong_rows` of each of found (n, n_words), into out (n,)."""
    for number in range(len(out)):
        out[number] = wrong_rows(found[number], target, planes, shares)


@inner
def key_of_words(words, mask):  # type: ignore[no-untyped-def]
    """64-bit key of what words say on the rows of a mask."""
    key = _SALT
    for k in range(len(mask)):
        key = mix(key ^ (words[k] & mask[k]))
    return key
