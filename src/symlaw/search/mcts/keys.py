"""Keys of beginnings: those whose finished parts behave alike on the probe rows have one."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import bits_of, inner
from symlaw.engine.fingerprint import fingerprint
from symlaw.engine.fit import fill_values
from symlaw.engine.random import mix
from symlaw.engine.tape import CONSTANT
from symlaw.search.genome.genome import as_program
from symlaw.search.mcts.alphabet import write

_SALT = np.uint64(0xA0761D6478BD642F)
_HOLE = np.uint64(0xE7037ED1A0B428DB)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
# Bits of a double that are left out when two sizes are compared.
_ROUNDED_BITS = np.uint64(28)


@inner
def key_of(symbols, n, depth, state, ground):  # type: ignore[no-untyped-def]
    """Key of a beginning: its open part as written, its finished parts by their values.

    0 where a finished part is not a number on some probe row.
    """
    alphabet, hashes = ground.alphabet, ground.hashes
    begins, ends, finished = ground.marks[0], ground.marks[1], ground.marks[2]
    for place in range(depth):
        hashes[place], finished[place] = _HOLE, 0
    for step in range(n):
        symbol = symbols[n - 1 - step]
        count = alphabet.arity[symbol]
        own = mix(np.uint64(symbol + 1) * _SALT)
        whole, begin = 1, step
        for argument in range(count):
            whole &= finished[depth - count + argument]
        if count > 0 and finished[depth - count] != 0:
            begin = begins[depth - count]
        for argument in range(count):
            place = depth - count + argument
            if whole == 0 and finished[place] != 0:
                hashes[place] = _value_key(symbols, n - ends[place], n - begins[place], state, ground)
                if hashes[place] == _ZERO:
                    return _ZERO
            turn = _ZERO if alphabet.mirrored[symbol] != 0 else np.uint64(argument) * _HOLE
            own += mix(hashes[place] + turn)
        depth += 1 - count
        hashes[depth - 1] = mix(own)
        finished[depth - 1], begins[depth - 1], ends[depth - 1] = whole, begin, step + 1
    return hashes[0] | _ONE


@inner
def _value_key(symbols, first, end, state, ground):  # type: ignore[no-untyped-def]
    """Key of a finished part by its values; as written where it has constants, 0 where it has no values."""
    alphabet, workspace, rows = ground.alphabet, ground.workspace, ground.rows
    written = _SALT
    constants = 0
    for place in range(first, end):
        written = mix(written + np.uint64(symbols[place] + 1))
        constants += alphabet.codes[symbols[place]] == CONSTANT
    part = ground.part
    if constants > 0:
        return written | _ONE
    piece, starts = workspace.spare.piece, workspace.starts
    if write(symbols[first:end], alphabet, ground.macros, state, part, piece, starts) == 0:
        return _ZERO
    if part.size[0] == 1:
        return written | _ONE
    n_rows = rows.X.shape[1]
    fill_values(as_program(part), part.size[0], ground.table, rows, workspace.space, np.int64(0), n_rows)
    largest = 0.0
    for i in range(n_rows):
        if workspace.space.f[i] != workspace.space.f[i]:
            return _ZERO
        largest = max(largest, abs(workspace.space.f[i]))
    if not 0.0 < largest < np.inf:
        return written | _ONE
    size = np.uint64(bits_of(largest)) >> _ROUNDED_BITS
    first_key, _ = fingerprint(workspace.space.f, 0.0, largest, 1.0, workspace.multipliers, n_rows, 0)
    return mix(first_key + size * _SALT) | _ONE
