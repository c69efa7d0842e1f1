"""``--plugin FILE.py``: operators that a user wrote in Python."""

from __future__ import annotations

import runpy
from typing import TYPE_CHECKING

from symlaw.errors import FileUnreadable, InvalidSetting
from symlaw.language.operators import Operator

if TYPE_CHECKING:
    from pathlib import Path


def operators_in(path: Path | None) -> list[Operator]:
    """The operators that a Python file makes with ``symlaw.operator``; none without a file.

    The file is run, as the user asks for it by name; nothing else names code.

    Raises
    ------
    FileUnreadable
        When there is no such file, or it fails.
    InvalidSetting
        When it makes no operator.
    """
    if path is None:
        return []
    if not path.is_file():
        raise FileUnreadable(f"there is no file {str(path)!r} to take operators from")
    try:
        space = runpy.run_path(str(path))
    except InvalidSetting:
        raise
    except Exception as error:
        raise FileUnreadable(f"{str(path)!r} fails with {type(error).__name__}: {error}") from error
    found = {id(value): value for value in space.values() if isinstance(value, Operator) and value.is_users}
    if not found:
        raise InvalidSetting(f"{str(path)!r} makes no operator: put @symlaw.operator above a function")
    return list(found.values())
