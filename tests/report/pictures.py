"""Coarse pictures of figures, to tell a broken plot from one drawn by another version of the fonts."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray

SIDE = 16
# Of 256 bits; fonts and line joins move a few.
TOLERANCE = 28


def average_hash(figure: Any) -> NDArray[np.bool_]:
    """Which of 16 x 16 tiles of a figure are darker than all of it on average."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    grey = np.asarray(canvas.buffer_rgba())[..., :3].mean(axis=2)
    rows, columns = (np.array_split(np.arange(size), SIDE) for size in grey.shape)
    tiles = np.array([[grey[np.ix_(r, c)].mean() for c in columns] for r in rows])
    return np.asarray(tiles < grey.mean())


def written(bits: NDArray[np.bool_]) -> str:
    """A hash as hexadecimal digits."""
    return np.packbits(bits).tobytes().hex()


def apart(bits: NDArray[np.bool_], text: str) -> int:
    """In how many tiles a hash differs from a written one."""
    known = np.unpackbits(np.frombuffer(bytes.fromhex(text), dtype=np.uint8)).astype(bool)
    return int(np.sum(bits.ravel() != known))
