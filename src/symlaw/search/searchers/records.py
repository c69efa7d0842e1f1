"""What a run's header says of searchers, and the searchers that it says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import TYPE_CHECKING, Any

from symlaw.errors import RunError
from symlaw.search.searchers import is_known, name_of, searchers_named

if TYPE_CHECKING:
    from symlaw.search.searchers.base import Searcher

# What an object's address in memory looks like in its repr.
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def searchers_record(searchers: Sequence[str | Searcher] | None) -> dict[str, Any]:
    """What a run's header says of searchers: their names, and which ones were given as objects."""
    if searchers is None:
        return {"searchers": None}
    given = {name_of(one): _described(one) for one in searchers if not isinstance(one, str)}
    names = {"searchers": [name_of(one) for one in searchers]}
    return {**names, "user_searchers": given} if given else names


def searchers_from(record: Mapping[str, Any]) -> list[str | Searcher] | None:
    """The searchers of a header.

    Raises
    ------
    RunError
        When one was given as an object that its name alone does not give.
    """
    names, given = record.get("searchers"), record.get("user_searchers", {})
    restored: dict[str, Searcher] = {}
    for name, words in given.items():
        made = searchers_named([name])[0] if is_known(name) else None
        if made is None or _described(made) != words:
            raise RunError(
                f"the run uses a searcher {name!r} that was given as an object, which is not kept: resume it"
                " in Python, with the same searchers="
            )
        restored[name] = made
    return None if names is None else [restored.get(name, name) for name in names]


def _described(searcher: Searcher) -> str:
    """Class and settings of a searcher; the same in every process."""
    settings = repr(searcher) if is_dataclass(searcher) else repr(vars(searcher))
    return f"{type(searcher).__module__}.{type(searcher).__qualname__} {_ADDRESS.sub('', settings)}"
