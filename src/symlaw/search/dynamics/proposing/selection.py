"""Which few terms of a library make up a right side: forwards with a beam, and backwards from all powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Rows: TypeAlias = "NDArray[np.int64]"

_BEAM, _PAIRS, _NEXT = 6, 24, 8
# Columns are one where less than this share of a column's square is new.
_NEW = 1e-9


class Chosen(NamedTuple):
    """A few terms and how well they do.

    Attributes
    ----------
    places
        Of the terms in the library, rising.
    left
        Share of the target's square that is left.
    """

    places: tuple[int, ...]
    left: float


def forwards(
    A: Array,
    b: Array,
    most: int,
    forms: NDArray[Any],
    firsts: NDArray[Any] | None = None,
    blocks: Sequence[Rows] = (),
) -> list[Chosen]:
    """Sets of up to ``most`` columns of A (n_rows, n_columns), each step adding to the best few.

    Parameters
    ----------
    A, b
        Columns, and what their sum is to be.
    most
        Columns of a set at most.
    forms
        A number for each column; of sets with the same numbers the best is kept.
    firsts
        Columns whose pairs with any other are all tried; none by default.
    blocks
        Rows that have coefficients of their own; all have the same by default.

    Returns
    -------
    list of Chosen
        All that were in the beam.
    """
    total = float(b @ b)
    parts = [(A[rows], b[rows]) for rows in blocks] if len(blocks) > 1 else [(A, b)]
    beam, found = [Chosen((), 1.0)], dict[tuple[int, ...], Chosen]()
    for size in range(1, most + 1):
        grown: dict[tuple[int, ...], Chosen] = {}
        for one in beam:
            for place, left in _added(parts, one.places, total, forms):
                places = tuple(sorted((*one.places, place)))
                key = tuple(sorted(forms[list(places)].tolist()))
                if key not in grown or left < grown[key].left:
                    grown[key] = Chosen(places, left)
        for one in pairs(parts, forms, firsts) if size == 2 and firsts is not None else ():
            grown[tuple(sorted(forms[list(one.places)].tolist()))] = one
        beam = sorted(grown.values(), key=lambda one: one.left)[: _PAIRS if firsts is not None else _BEAM]
        found.update((one.places, one) for one in beam)
        if not beam or beam[0].left < 1e-16:
            break
    return list(found.values())


def pairs(parts: Sequence[tuple[Array, Array]], forms: NDArray[Any], firsts: NDArray[Any]) -> list[Chosen]:
    """Pairs of one of the first columns and any other that leave least, one of each two forms."""
    total = sum(float(b @ b) for _, b in parts)
    gains = np.sum([_gains_of_pairs(A, b, firsts) for A, b in parts], axis=0)
    n_columns = len(forms)
    most = min(60 * _PAIRS, len(gains) - 1)
    order = np.argpartition(-gains, most)[:most]
    order = order[np.argsort(-gains[order], kind="stable")]
    found: dict[tuple[int, int], Chosen] = {}
    for place in order:
        i, j = int(firsts[place // n_columns]), int(place % n_columns)
        key = (min(forms[i], forms[j]), max(forms[i], forms[j]))
        if gains[place] > 0.0 and key not in found:
            found[key] = Chosen((i, j), max(total - float(gains[place]), 0.0) / total)
    return list(found.values())[:_PAIRS]


def _gains_of_pairs(A: Array, b: Array, firsts: NDArray[Any]) -> Array:
    gram, slope = A[:, firsts].T @ A, A.T @ b
    own = np.einsum("ij,ij->j", A, A)
    whole = np.outer(own[firsts], own)
    rest = whole - gram**2
    usable = rest > _NEW * whole
    gain = np.outer(slope[firsts] ** 2, own) + np.outer(own[firsts], slope**2)
    gain -= 2.0 * np.outer(slope[firsts], slope) * gram
    return np.where(usable, gain / np.where(usable, rest, 1.0), -1.0).ravel()


def _added(
    parts: Sequence[tuple[Array, Array]], places: tuple[int, ...], total: float, forms: NDArray[Any]
) -> list[tuple[int, float]]:
    """The columns, one of each form, that take most off the residual of a set, and what they leave."""
    each = [_gains(A, b, places) for A, b in parts]
    gains, now = np.sum([own for own, _ in each], axis=0), sum(left for _, left in each)
    order = np.argsort(-gains, kind="stable")[: 8 * _NEXT]
    _, first = np.unique(forms[order], return_index=True)
    best = order[np.sort(first)][:_NEXT]
    return [(int(k), max(now - float(gains[k]), 0.0) / total) for k in best if gains[k] > 0.0]


def _gains(A: Array, b: Array, places: tuple[int, ...]) -> tuple[Array, float]:
    """What each column takes off the residual of a set, and that residual's square."""
    norms = np.einsum("ij,ij->j", A, A)
    if places:
        q, _ = np.linalg.qr(A[:, places])
        inner = q.T @ A
        residual = b - q @ (q.T @ b)
        rest = norms - np.einsum("ij,ij->j", inner, inner)
        gain = residual @ A
    else:
        residual, rest, gain = b, norms, b @ A
    usable = rest > _NEW * np.maximum(norms, 1e-300)
    gains = np.where(usable, gain**2 / np.where(usable, rest, 1.0), -1.0)
    return gains, float(residual @ residual)


def backwards(
    A: Array, b: Array, allowed: NDArray[Any], most: int, blocks: Sequence[Rows] = ()
) -> list[Chosen]:
    """Sets of at most ``most`` of the allowed columns: the least needed of all is taken out in turn.

    ``blocks`` are as in `forwards`.
    """
    parts = [(A[rows], b[rows]) for rows in blocks] if len(blocks) > 1 else [(A, b)]
    total, kept, found = float(b @ b), list(map(int, allowed)), []
    while len(kept) > 0:
        each = [_needed(own[:, kept], target) for own, target in parts]
        if len(kept) <= most:
            found.append(Chosen(tuple(sorted(kept)), sum(left for _, left in each) / total))
        del kept[int(np.argmin(np.sum([loss for loss, _ in each], axis=0)))]
    return found


def _needed(A: Array, b: Array) -> tuple[Array, float]:
    """By how much more is left without each column, and what all of them leave."""
    gram = A.T @ A
    gram[np.diag_indices(A.shape[1])] *= 1.0 + 1e-12
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError:
        inverse = np.linalg.pinv(gram)
    weights = inverse @ (A.T @ b)
    residual = b - A @ weights
    return weights**2 / np.maximum(np.diag(inverse), 1e-300), float(residual @ residual)


def coefficients(A: Array, b: Array, places: tuple[int, ...]) -> Array:
    """Least squares of a set, (n_places,)."""
    return np.asarray(np.linalg.lstsq(A[:, places], b, rcond=None)[0])
