"""Checkpoints: a search between two epochs in one file, from which it goes on exactly.

The file is an .npz of plain arrays; one of them is JSON that says what they are. Nothing in it is code, and
reading it makes no class but those that searchers list.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw._version import __version__
from symlaw.errors import RunError
from symlaw.runs.checkpoints.codec import CannotStore, Decoder, Encoder
from symlaw.runs.files import sync_folder
from symlaw.search.loop.saved_state import STORES, SavedState
from symlaw.search.searchers import is_known, stores_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from symlaw.search.problem import Problem

CHECKPOINT_FILE = "checkpoint.npz"
KEY, VERSION = "symlaw_checkpoint", 3
_HEAD = "head"

__all__ = ["CHECKPOINT_FILE", "CannotStore", "Checkpoint", "read_checkpoint", "write_checkpoint"]


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint's file says without a problem at hand.

    Parameters
    ----------
    searchers
        Names of those whose states it holds.
    record
        The search in plain values that refer to arrays by number.
    arrays
        The arrays.
    """

    searchers: tuple[str, ...]
    record: Any
    arrays: list[Any]

    def kept(self, problem: Problem) -> SavedState:
        """The search, of a problem made anew; raises `RunError` where it is damaged."""
        classes, given = _classes(self.searchers), _given(problem)
        found = Decoder(classes, given, self.arrays, problem.language.operators).decode(self.record)
        if not isinstance(found, SavedState):
            raise RunError("the checkpoint holds no search: resume from the beginning, with --anew")
        return found


def write_checkpoint(path: Path, kept: SavedState) -> int:
    """Write a search to a file, whole or not at all; how many bytes it took.

    Raises
    ------
    CannotStore
        When a searcher's state holds what is not stored.
    OSError
        As when the disk is full.
    """
    names = tuple(kept.states)
    encoder = Encoder(_classes(names), _given(kept.problem))
    head = {KEY: VERSION, "symlaw": __version__, "searchers": names, "record": encoder.encode(kept)}
    text = np.frombuffer(json.dumps(head).encode(), np.uint8)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            arrays: dict[str, Any] = {f"a{number}": array for number, array in enumerate(encoder.arrays)}
            np.savez(file, **{_HEAD: text, **arrays})
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return size


def read_checkpoint(path: Path) -> Checkpoint:
    """Read what `write_checkpoint` wrote.

    Raises
    ------
    RunError
        When it is damaged, or from another symlaw.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            head = json.loads(file[_HEAD].tobytes().decode())
            _check(head, path)
            arrays = [file[f"a{number}"] for number in range(len(file.files) - 1)]
        return Checkpoint(tuple(head["searchers"]), head["record"], arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, RunError):
            raise
        raise RunError(f"{str(path)!r} is damaged: {error}; resume from the beginning, with --anew") from None


def _check(head: dict[str, Any], path: Path) -> None:
    if head.get(KEY) != VERSION:
        raise RunError(
            f"{str(path)!r} has format version {head.get(KEY)!r} and this symlaw reads {VERSION}: use the"
            " symlaw that wrote it, or begin from its front with symlaw fit --from"
        )
    if head["symlaw"] != __version__:
        raise RunError(
            f"{str(path)!r} is of symlaw {head['symlaw']}, and another version, such as this"
            f" {__version__}, would go on differently: begin from its front with symlaw fit --from"
        )


def _classes(searchers: Iterable[str]) -> tuple[type, ...]:
    """What may occur in a search by some searchers."""
    names, found = tuple(searchers), list(STORES)
    for name in names:
        if not is_known(name):
            raise CannotStore(f"the searcher {name!r}")
    for name, stores in stores_of(names).items():
        if not stores:
            raise CannotStore(f"the state of {name!r}")
        found += stores
    return tuple(dict.fromkeys(found))


def _given(problem: Problem) -> dict[str, Any]:
    """What the reader makes anew."""
    return {"problem": problem, "language": problem.language, "probe": problem.probe}
