"""Knowledge from TOML files and headers."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.errors import FileUnreadable, InvalidSetting
from symlaw.knowledge.files import read_knowledge, units_in_names


def written(folder: Path, text: str) -> Path:
    """A TOML file."""
    path = folder / "known.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_units_of_a_file(tmp_path: Path) -> None:
    text = '[units]\ntarget = "N"\nconstants = "free"\n[units.columns]\nm = "kg"\n'
    text += "a = {length = 1, time = -2}\n"
    assert read_knowledge(written(tmp_path, text)) == {
        "units": {"m": "kg", "a": {"length": 1, "time": -2}},
        "target_unit": "N",
        "constant_units": "free",
    }


def test_constants_and_priors_of_a_file(tmp_path: Path) -> None:
    text = '[constants]\nkind = "integer"\nmax = 9\nnamed = ["c"]\nexponents = [2, 3]\n'
    text += '[priors]\nprior = "mine.json"\noperator_weights = { sin = 0.5 }\n'
    assert read_knowledge(written(tmp_path, text)) == {
        "constants": {"kind": "integer", "max": 9},
        "named_constants": ["c"],
        "exponents": [2, 3],
        "prior": str(tmp_path / "mine.json"),
        "operator_weights": {"sin": 0.5},
    }
    assert read_knowledge(written(tmp_path, '[priors]\nprior = "corpus"\n')) == {"prior": "corpus"}


def test_bounds_of_terms_are_settings(tmp_path: Path) -> None:
    text = "[structure]\nmax_terms = 4\nmax_term_complexity = 12\n"
    assert read_knowledge(written(tmp_path, text)) == {"max_terms": 4, "max_term_complexity": 12}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[units]\nunit = 'N'\n", r"names 'unit' in \[units\]: there may be columns, constants, target"),
        ("[code]\n", "names 'code' in a table: there may be constants, priors, shape, structure, units"),
        ("units = 3\n", r"has units = 3: make it a table \[units\]"),
    ],
)
def test_what_is_not_known_is_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        read_knowledge(written(tmp_path, text))


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match="cannot be read as TOML"):
        read_knowledge(written(tmp_path, "[units"))
    with pytest.raises(FileUnreadable, match="cannot be read as TOML"):
        read_knowledge(tmp_path / "nowhere.toml")


def test_brackets_in_names_are_units() -> None:
    found = units_in_names(["a [m]", "b [m/s] ", "c", "d [x] y"], "t [s]")
    assert found == {"units": {"a [m]": "m", "b [m/s] ": "m/s"}, "target_unit": "s"}
    with pytest.raises(InvalidSetting, match="column 'y' has no unit in brackets: call it such as"):
        units_in_names(["a [m]"], "y")


def test_statements_about_values_are_settings(tmp_path: Path) -> None:
    file = tmp_path / "known.toml"
    file.write_text(
        '[shape]\nconstraints = ["increasing in a", { that = "y > 0", weight = 0.1 }]\n'
        "domain = { a = [0, 10] }\n"
    )
    assert read_knowledge(file) == {
        "constraints": ["increasing in a", {"that": "y > 0", "weight": 0.1}],
        "domain": {"a": [0, 10]},
    }
