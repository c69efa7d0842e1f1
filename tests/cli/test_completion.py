"""Shells complete the command's words, and man shows its page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from symlaw.cli import main
from symlaw.language.printers import targets

from .conftest import environment

# Loads the completion and says what the words given may become, the last one being completed.
BASH = """
eval "$(symlaw completion bash)"
complete -p symlaw | grep -q _symlaw_completion
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_symlaw_completion symlaw "${@: -1}" ""
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def shell_environment(tmp_path: Path) -> dict[str, str]:
    """Where the command symlaw is that of this source."""
    command = tmp_path / "bin" / "symlaw"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m symlaw "$@"\n')
    command.chmod(0o755)
    return environment(PATH=f"{command.parent}{os.pathsep}{os.environ['PATH']}")


def run(command: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def completed(words: list[str], folder: Path, environment: dict[str, str]) -> list[str]:
    return run(["bash", "-c", BASH, "bash", *words], folder, environment)


def test_bash_completes_commands_options_runs_and_formats(
    tmp_path: Path, shell_environment: dict[str, str]
) -> None:
    for name in ("2026-05-04-1203", "2026-06-01-0900", "no-run"):
        (tmp_path / ".symlaw" / "runs" / name).mkdir(parents=True)
        if name != "no-run":
            (tmp_path / ".symlaw" / "runs" / name / "run.json").write_text("{}")
    cases = (
        (["symlaw", "res"], ["resume"]),
        (["symlaw", "macros", "k"], ["keep"]),
        (["symlaw", "fit", "data.csv", "--max-e"], ["--max-evaluations"]),
        (["symlaw", "show", ""], ["last", "2026-06-01-0900", "2026-05-04-1203"]),
        (["symlaw", "show", "2026-05"], ["2026-05-04-1203"]),
        (["symlaw", "export", "last", "--format", "la"], ["latex"]),
    )
    for words, expected in cases:
        assert completed(words, tmp_path, shell_environment) == expected


def test_formats_are_those_that_there_are(tmp_path: Path, shell_environment: dict[str, str]) -> None:
    words = ["symlaw", "export", "last", "-f", ""]
    assert completed(words, tmp_path, shell_environment) == sorted(targets())


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_what_they_load(
    shell: str, tmp_path: Path, shell_environment: dict[str, str]
) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    script = tmp_path / "completion"
    script.write_text(
        subprocess.check_output(["symlaw", "completion", shell], env=shell_environment, text=True)
    )
    if shell == "fish":
        asked = f"source {script}; complete --do-complete 'symlaw re'"
        assert run(["fish", "-c", asked], tmp_path, shell_environment)[0] == "report"
    else:
        asked = f"autoload -U compinit; compinit -u -D; source {script}; print $_comps[symlaw]"
        assert run(["zsh", "-f", "-c", asked], tmp_path, shell_environment) == ["_symlaw_completion"]


def test_an_unknown_shell_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", "csh"]) == 2
    assert "shell 'csh' is unknown: give one of bash, zsh, fish" in capsys.readouterr().err


def test_the_manual_tells_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["man"]) == 0
    text = capsys.readouterr().out
    for word in ("symlaw fit", "symlaw runs compare", r"\-\-max\-evaluations", "SYMLAW_CACHE_DIR"):
        assert word in text
    known = (".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".nf", ".fi")
    assert all(line.split()[0] in known for line in text.splitlines() if line.startswith("."))


def test_man_shows_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if shutil.which("man") is None:
        pytest.skip("no man here")
    assert main(["man"]) == 0
    page = tmp_path / "symlaw.1"
    page.write_text(capsys.readouterr().out)
    done = subprocess.run(
        ["man", "--warnings", "-l", str(page)],
        env={**os.environ, "MANPAGER": "cat", "MANWIDTH": "80", "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    for words in ("NAME", "find the formula behind data", "symlaw export", "-t, --target NAME"):
        assert words.lower() in done.stdout.lower()
