"""Tables whose cells are texts: read as they are written, and written with a column more."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from symlaw.data.formats.opening import check_file, kind_of
from symlaw.errors import FileUnreadable, MissingDependency

if TYPE_CHECKING:
    import pandas as pd

_SAMPLE = 1 << 16


def read_texts(path: Path) -> pd.DataFrame:
    """A table of which no cell is taken for a number.

    Raises
    ------
    FileUnreadable
        When there is no such file, or it is no table.
    """
    import pandas as pd

    check_file(path)
    kind = kind_of(path)
    try:
        if kind == "text":
            return pd.read_csv(
                path, dtype=str, keep_default_na=False, sep=_separator(path), encoding="utf-8-sig"
            )
        if kind == "sheet":
            return pd.read_excel(path, dtype=str, keep_default_na=False)
        if kind == "lines":
            return pd.read_json(path, lines=True, dtype=False, convert_dates=False)
        if kind == "parquet":
            return pd.read_parquet(path)
    except ImportError:
        raise MissingDependency("reading Excel files needs openpyxl: pip install 'symlaw[excel]'") from None
    except (OSError, ValueError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read as a table: {error!s:.200}") from None
    raise FileUnreadable(f"{str(path)!r} holds numbers only: give a table of texts, such as a .csv file")


def _separator(path: Path) -> str:
    if path.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    if path.name.lower().endswith(".gz"):
        return ","
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.read(_SAMPLE).partition("\n")[0]
    return max(",;\t|", key=head.count)


def write_texts(table: pd.DataFrame, path: Path) -> None:
    """Write a table: .csv, .tsv, .jsonl, .parquet or .xlsx.

    Raises
    ------
    FileUnreadable
        When it cannot be written, or the ending says no format.
    """
    kind = kind_of(path)
    try:
        if kind == "text":
            mark = "\t" if path.name.lower().endswith(".tsv") else ","
            table.to_csv(path, index=False, sep=mark, quoting=csv.QUOTE_MINIMAL)
        elif kind == "lines":
            table.to_json(path, orient="records", lines=True, force_ascii=False)
        elif kind == "parquet":
            table.to_parquet(path)
        elif kind == "sheet":
            table.to_excel(path, index=False)
        else:
            raise FileUnreadable(
                f"{str(path)!r} has an ending of arrays: write texts to .csv, .jsonl or .parquet"
            )
    except OSError as error:
        raise FileUnreadable(f"the table cannot be written to {str(path)!r}: {error}") from None
