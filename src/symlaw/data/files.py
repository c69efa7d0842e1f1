"""Opening files: which format a name means, and the refusals when a file is not there or not readable."""

from __future__ import annotations

import difflib
import gzip
import zlib
from pathlib import Path
from typing import Literal

from symlaw.errors import FileUnreadable

SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".csv.gz", ".parquet", ".npy")
_TEXT = (".csv", ".tsv", ".txt", ".dat")


def kind_of(path: Path) -> Literal["text", "parquet", "npy"]:
    """Return the format that a file name means; raises `FileUnreadable` for names that mean none."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes[-1:] == [".gz"] and suffixes[-2:-1] and suffixes[-2] in _TEXT:
        return "text"
    last = suffixes[-1] if suffixes else ""
    if last in _TEXT:
        return "text"
    if last == ".parquet":
        return "parquet"
    if last == ".npy":
        return "npy"
    if path.is_dir():
        check_file(path)
    raise FileUnreadable(
        f"{str(path)!r} has no ending that says how to read it; the known ones are {', '.join(SUFFIXES)}."
    )


def check_file(path: Path) -> None:
    """Refuse a path that is missing or a directory, with the nearest name when one is close."""
    if path.is_dir():
        raise FileUnreadable(f"{str(path)!r} is a directory; give the path of one file in it.")
    if path.exists():
        return
    near = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, near, n=1)
    hint = f" Did you mean {str(path.parent / close[0])!r}?" if close else ""
    raise FileUnreadable(f"There is no file {str(path)!r}.{hint}")


def load_bytes(path: Path) -> bytes:
    """Return the content of a file, decompressed when its name ends in .gz."""
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.suffix.lower() == ".gz" else content
    except (OSError, EOFError, zlib.error) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
