"""The pages of the documentation and the code blocks that stand on them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """One block: what stands after its fence, its text, and the line where that begins."""

    kind: str
    text: str
    line: int


def pages() -> list[Path]:
    """Every page, by name."""
    return sorted(DOCS.rglob("*.md"))


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    found = []
    for match in _BLOCK.finditer(text):
        indent = match[1]
        lines = [line.removeprefix(indent) for line in match[3].splitlines(keepends=True)]
        found.append(Block(match[2].strip(), "".join(lines), text.count("\n", 0, match.start(3)) + 1))
    return found


def name_of(page: Path) -> str:
    """A page's path below docs, without its suffix."""
    return page.relative_to(DOCS).with_suffix("").as_posix()
