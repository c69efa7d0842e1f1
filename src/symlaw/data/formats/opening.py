"""Opening files: which format a name means, and the refusals when a file is not there or not readable."""

from __future__ import annotations

import difflib
import gzip
import zlib
from pathlib import Path
from typing import Literal

from symlaw.errors import FileUnreadable

Kind = Literal["text", "parquet", "npy", "sheet", "lines"]
_KINDS: dict[str, Kind] = {
    ".csv": "text", ".tsv": "text", ".txt": "text", ".dat": "text", ".parquet": "parquet", ".npy": "npy",
    ".xlsx": "sheet", ".xlsm": "sheet", ".jsonl": "lines", ".ndjson": "lines",
}  # fmt: skip
# What may be packed with gzip.
_PACKED = ("text", "lines")
SUFFIXES = (*_KINDS, ".csv.gz", ".jsonl.gz")


def suffix_of(name: str) -> str:
    """The ending of a file name that says how to read it, .gz included; empty where none does.

    Examples
    --------
    >>> suffix_of("Run.1.CSV.gz"), suffix_of("law.xlsx"), suffix_of("notes.docx")
    ('.CSV.gz', '.xlsx', '')
    """
    packed = Path(name).suffix if name.lower().endswith(".gz") else ""
    inner = Path(name.removesuffix(packed)).suffix if packed else Path(name).suffix
    kind = _KINDS.get(inner.lower())
    return inner + packed if kind is not None and (not packed or kind in _PACKED) else ""


def kind_of(path: Path) -> Kind:
    """Return the format that a file name means; raises `FileUnreadable` for names that mean none."""
    suffix = suffix_of(path.name).lower().removesuffix(".gz")
    if suffix:
        return _KINDS[suffix]
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
