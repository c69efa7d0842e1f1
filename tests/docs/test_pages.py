"""Every code block of the documentation runs, block after block of a page in one folder and one namespace.

Python and bash blocks are executed; knowledge files are read; commands in plain blocks are parsed. Blocks of
other programs have a title that says whose they are: they are shown only, and listed here.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import symlaw
from symlaw.cli.app import app
from symlaw.knowledge.files import read_knowledge
from symlaw.language import operator_table
from symlaw.language.grammar import DEFAULT_OPERATORS

from .pages import DOCS, ROOT, Block, blocks, name_of, pages

# Other programs' blocks, by page.
OTHERS = {"coming/pysr": 1, "coming/gplearn": 1, "coming/operon": 1, "coming/pysindy": 1}
# Pages that run in about a second or less: these are part of the default tests.
QUICK = tuple(f"howto/{name}" for name in ("editing", "simplify"))
KINDS = ("python", "bash", "toml", "", "text", "json", "console", "sh")


def is_others(block: Block) -> bool:
    return block.kind.startswith("python title=")


def executable(page: Path) -> list[Block]:
    return [block for block in blocks(page) if block.kind in ("python", "bash")]


def marked(page: Path) -> object:
    """A page as a parameter; a slow one runs with ``-m docs``."""
    marks = [] if name_of(page) in QUICK else [pytest.mark.docs]
    return pytest.param(page, id=name_of(page), marks=marks)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the examples in it, where the commands are those of this source."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    commands = tmp_path / "commands"
    commands.mkdir()
    for name, module in (("symlaw", "symlaw"), ("symlaw-run", "symlaw.standalone")):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m {module} "$@"\n')
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", [marked(page) for page in pages() if executable(page)])
def test_blocks_run(page: Path, folder: Path) -> None:
    space: dict[str, object] = {"__name__": "page"}
    for block in executable(page):
        if block.kind == "python":
            # so that an error shows the page's own line
            padded = "\n" * (block.line - 1) + block.text
            exec(compile(padded, str(page), "exec"), space)
        else:
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block.text], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{page}:{block.line}\n{done.stdout}{done.stderr}"


def test_every_block_is_of_a_known_kind() -> None:
    unknown = [
        f"{page}:{block.line}: {block.kind!r}"
        for page in pages()
        for block in blocks(page)
        if block.kind not in KINDS and not is_others(block)
    ]
    assert unknown == []


def test_blocks_of_other_programs_are_those_expected() -> None:
    counts = {name_of(page): sum(map(is_others, blocks(page))) for page in pages()}
    assert {page: count for page, count in counts.items() if count} == OTHERS


def test_howto_pages_all_have_python_that_runs() -> None:
    lacking = [
        name_of(page)
        for page in pages()
        if name_of(page).startswith("howto/") and not any(block.kind == "python" for block in blocks(page))
    ]
    assert lacking == []


def test_knowledge_files_are_read(tmp_path: Path) -> None:
    files = [block for page in pages() for block in blocks(page) if block.kind == "toml"]
    assert files
    for block in files:
        path = tmp_path / "known.toml"
        path.write_text(block.text, encoding="utf-8")
        read_knowledge(path)


def commands() -> list[tuple[str, str]]:
    """Lines of plain blocks that are commands of symlaw, and where they stand."""
    found = []
    for page in pages():
        for block in blocks(page):
            if block.kind in ("", "console", "sh"):
                lines = block.text.replace("\\\n", " ").splitlines()
                texts = [line.strip().removeprefix("$ ") for line in lines]
                found += [(name_of(page), text) for text in texts if text.startswith("symlaw ")]
    return found


def test_commands_in_plain_blocks_are_understood() -> None:
    assert len(commands()) > 10
    for page, text in commands():
        command, name = typer.main.get_command(app), "symlaw"
        words = shlex.split(text, comments=True)[1:]
        while words and words[0] in getattr(command, "commands", {}):
            name, *words = words
            command = command.commands[name]
        assert name != "symlaw", f"{page}: {text}"
        command.make_context(name, words)


def test_the_reference_has_every_public_name_and_operator() -> None:
    text = "".join(page.read_text() for page in (DOCS / "reference").glob("*.md"))
    public = [getattr(symlaw, name) for name in symlaw.__all__ if name != "__version__"]
    homes = [f"::: {one.__module__}.{one.__qualname__}\n" for one in public]
    assert [home for home in homes if home not in text] == []
    operators = (DOCS / "reference" / "operators.md").read_text()
    named = [line.split("`")[1] for line in operators.splitlines() if line.startswith("| `")]
    assert named == list(operator_table())
    starred = [line.split("`")[1] for line in operators.splitlines() if "★ |" in line]
    assert sorted(starred) == sorted(DEFAULT_OPERATORS)


def test_the_navigation_names_pages_that_there_are() -> None:
    """Strictly checked where the site is built; this needs no package for it."""
    named = re.findall(r"^ +- (?:[\w ]+: )?(\S+\.md)$", (ROOT / "mkdocs.yml").read_text(), re.MULTILINE)
    assert len(named) > 20
    assert [name for name in named if "*" not in name and not (DOCS / name).exists()] == []


def test_lists_stand_apart() -> None:
    """Python's Markdown reads a list that follows a line of text as more of that text."""
    text = re.compile(r"^(?!- |\d+\. | |#|```|\||:::)\S.*\n(?:- |1\. )", re.MULTILINE)
    found = [name_of(page) for page in pages() if text.search(_without_blocks(page))]
    assert found == []


def _without_blocks(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
