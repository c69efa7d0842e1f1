"""Programs as JavaScript modules."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.resources import files
from typing import Any

from symlaw.errors import CannotExport
from symlaw.language.programs.printers.statements import Dialect, body, identifiers
from symlaw.language.programs.program import Call, Program, nodes

_STARTS = re.compile(r"^(?:function|const) (\w+)", re.MULTILINE)


@lru_cache(maxsize=1)
def _helpers() -> dict[str, str]:
    """The source of each helper, by its name."""
    text = files("symlaw.language.programs.printers").joinpath("helpers.js").read_text(encoding="utf-8")
    starts = list(_STARTS.finditer(text))
    ends = [*(found.start() for found in starts[1:]), len(text)]
    return {found[1]: text[found.start() : end].strip() for found, end in zip(starts, ends, strict=True)}


def _call(name: str, arguments: list[str]) -> str:
    return " + ".join(arguments) if name == "concat" else f"{name}({', '.join(arguments)})"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_DIALECT = Dialect(
    literal=_literal,
    call=_call,
    keep=lambda name, value: [f"const {name} = {value};", f"if ({name} === null) return null;"],
    give=lambda value: f"return {value};",
    branch=("if ({}) {{", "} else {", "}"),
)


def javascript(program: Program, names: tuple[str, ...]) -> str:
    """A script with one function ``transform`` of the columns, and the helpers that it calls.

    Raises
    ------
    CannotExport
        When the program computes with numbers or moments.
    """
    helpers = _helpers()
    used = {part.name for part in nodes(program) if isinstance(part, Call)} - {"concat"}
    lacking = sorted(used - set(helpers))
    if lacking:
        raise CannotExport(
            f"the program uses {', '.join(lacking)}, for which there is no JavaScript: export it as python"
        )
    needed: set[str] = set()
    waiting = sorted(used)
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting.extend(other for other in helpers if re.search(rf"\b{other}\b", helpers[name]))
    sources = [source for name, source in helpers.items() if name in needed]
    arguments = identifiers(names)
    lines = [f"  {line}" for line in body(program, arguments, _DIALECT)]
    return "\n".join([*sources, f"function transform({', '.join(arguments)}) {{", *lines, "}", ""])
