"""The file of macros is read back as it was written, and refused when it is not one."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.errors import InvalidSetting, RunError
from symlaw.language.macros import Macro
from symlaw.runs.macros import read_macros, write_macros


def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    macros = (Macro("gauss", "exp(-x**2)", 3, "some run"), Macro("norm", "sqrt(x**2 + y**2)"))
    write_macros(tmp_path / "m.json", macros)
    assert read_macros(tmp_path / "m.json") == macros


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("{", RunError),
        ("[]", RunError),
        ('{"symlaw_macros": 9, "macros": []}', RunError),
        ('{"symlaw_macros": 1}', RunError),
        ('{"symlaw_macros": 1, "macros": [{"name": "m"}]}', RunError),
        ('{"symlaw_macros": 1, "macros": [{"name": "m", "definition": "exp(x"}]}', InvalidSetting),
    ],
)
def test_a_damaged_file_is_refused(text: str, error: type[Exception], tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(text)
    with pytest.raises(error, match="."):
        read_macros(tmp_path / "m.json")
