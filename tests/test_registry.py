"""What installed packages add: found by name, read when it is needed, and left out with one warning."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import symlaw
from symlaw.cli import main
from symlaw.engine.losses.table import loss_named
from symlaw.errors import InvalidSetting, UnknownOperator
from symlaw.language.operators import operator
from symlaw.language.printers import targets
from symlaw.registry import found
from symlaw.search.searchers import searcher_class, searchers_named

CODE = """
from dataclasses import dataclass
import symlaw
from symlaw.language.printers import Target
from symlaw.search.searchers.sparse import Sparse

@symlaw.operator
def cubed(x):
    return x * x * x

def late(y, y_pred):
    return 2.0 * (y - y_pred) ** 2

late = symlaw.loss(late)
shout = Target("shout", "in capitals", lambda expression: expression.text().upper())

@dataclass(frozen=True)
class Sums(Sparse):
    name: str = "sums"

def greet(name: str) -> None:
    print("hello", name)
"""
Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Make the package ``demo`` with some entry points, and forget it after the test."""

    def made(entries: str, code: str = CODE) -> None:
        (tmp_path / "demo_of_registry.py").write_text(code)
        folder = tmp_path / "demo-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(entries.replace("= ", "= demo_of_registry:"))

    monkeypatch.syspath_prepend(tmp_path)
    found.cache_clear()
    yield made
    found.cache_clear()
    sys.modules.pop("demo_of_registry", None)


def test_an_operator_is_found_by_its_name(install: Install) -> None:
    install("[symlaw.operators]\ncubed = cubed\n")
    assert symlaw.parse("cubed(x)").evaluate({"x": np.array([2.0])}).tolist() == [8.0]
    again = symlaw.Expression.from_json(symlaw.parse("cubed(x)").to_json())
    assert again == symlaw.parse("cubed(x)")
    with pytest.raises(UnknownOperator, match="did you mean 'cubed'"):
        operator("cubd")


def test_a_loss_is_found_by_its_name(install: Install) -> None:
    install("[symlaw.losses]\nlate = late\n")
    assert loss_named("late").name == "late"
    with pytest.raises(InvalidSetting, match="logistic, late"):
        loss_named("early")


def test_a_format_is_found_by_its_name(install: Install) -> None:
    install("[symlaw.formats]\nshout = shout\n")
    assert symlaw.parse("a + b").export("shout") == "A + B"
    assert "shout" in targets()


def test_a_searcher_is_found_by_its_name(install: Install) -> None:
    install("[symlaw.searchers]\nsums = Sums\n")
    assert searcher_class("sums").__name__ == "Sums"
    assert [one.name for one in searchers_named(["evolution", "sums"])] == ["sums", "evolution"]
    with pytest.raises(InvalidSetting, match="'magic': there are bank, .*sums"):
        searchers_named(["magic"])


def test_a_command_is_found_by_its_name(install: Install, capsys: pytest.CaptureFixture[str]) -> None:
    install("[symlaw.commands]\ngreet = greet\n")
    assert main(["greet", "you"]) == 0
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert told.startswith("hello you\n") and "\n  greet" in told


def test_what_fails_is_left_out_with_a_warning(install: Install) -> None:
    install("[symlaw.operators]\ncubed = cubed\nlost = lost\n")
    words = (
        r"demo 1.0 adds 'lost' to symlaw.operators \(demo_of_registry:lost\), which fails with AttributeErr"
    )
    with pytest.warns(RuntimeWarning, match=words) as told:
        assert operator("cubed").name == "cubed"
        assert operator("cubed").name == "cubed"
    assert len(told) == 1


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ("sin = cubed", "'sin'.* which has the name of a built-in one"),
        ("ln = cubed", "'ln'.* which has the name of a built-in one"),
        ("square3 = cubed", "calls itself 'cubed'"),
        ("greet = greet", "is no operator made by symlaw.operator"),
    ],
)
def test_what_is_unusable_is_left_out_with_a_warning(install: Install, entries: str, words: str) -> None:
    install(f"[symlaw.operators]\n{entries}\n")
    with pytest.warns(RuntimeWarning, match=words), pytest.raises(UnknownOperator):
        operator("nothing")
    assert operator("sin").kernel != "cubed"


def test_an_objective_that_nobody_adds_is_refused(install: Install) -> None:
    install("[symlaw.objectives]\n")
    with pytest.raises(InvalidSetting, match="objective is the name 'falling'"):
        symlaw.discover("falling")


def test_built_in_names_read_no_entry_points() -> None:
    code = (
        "import sys, symlaw; assert 'symlaw.registry' not in sys.modules;"
        "symlaw.parse('sin(x)').export('latex');"
        "from symlaw import registry; assert registry.found.cache_info().misses == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
