"""Parts of good formulas as moves: macros that are learned while the search goes.

After Xu et al. (RSRM, 2024), whose macro operators are taken from the best formulas so far. A part that
occurs in several good formulas comes before one that occurs in a single one; where it is put in, its
constants are free again.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.tape import VARIABLE
from symlaw.search.mcts.nodes import MAX_PIECES, PIECE_SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.mcts.alphabet import Alphabet
    from symlaw.search.mcts.nodes import Ground


def parts_of(symbols: NDArray[np.int64], alphabet: Alphabet) -> Iterator[tuple[int, ...]]:
    """Parts of a formula in postfix order that have a variable and two symbols at least, the root first."""
    begins: list[int] = []
    for end, symbol in enumerate(symbols.tolist(), 1):
        arity = int(alphabet.arity[symbol])
        begin = begins[len(begins) - arity] if arity else end - 1
        del begins[len(begins) - arity :]
        begins.append(begin)
        part = symbols[begin:end]
        if 2 <= len(part) <= PIECE_SYMBOLS and np.any(alphabet.codes[part] == VARIABLE):
            yield tuple(part[::-1].tolist())


def put_pieces(examples: Sequence[NDArray[np.int64]], ground: Ground) -> None:
    """Make the commonest parts of good formulas the pieces that roll-outs may put in."""
    counts: Counter[tuple[int, ...]] = Counter()
    for example in examples:
        counts.update(set(parts_of(example, ground.alphabet)))
    chosen = sorted(counts, key=lambda part: (-counts[part], len(part), part))[:MAX_PIECES]
    ground.n_pieces[0] = len(chosen)
    for number, part in enumerate(chosen):
        ground.pieces[number, : len(part)] = part
        ground.piece_lengths[number] = len(part)
