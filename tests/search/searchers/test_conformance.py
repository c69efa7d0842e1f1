"""Every searcher keeps the promises of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from symlaw.search.searchers.base import Searcher
from symlaw.testing.searchers import CHECKS, all_searchers

CASES = [
    pytest.param(searcher, check, id=f"{searcher.__name__}-{check.__name__}")
    for searcher in all_searchers()
    for check in CHECKS
]


def test_evolution_is_found() -> None:
    assert "Evolution" in [searcher.__name__ for searcher in all_searchers()]


@pytest.mark.parametrize(("searcher", "check"), CASES)
def test_searcher_conforms(searcher: type[Any], check: Callable[[Callable[[], Searcher]], None]) -> None:
    check(partial(searcher))


def test_parts_are_solved_by_those_that_take_part() -> None:
    from symlaw.search.searchers import searchers_named

    solvers = [
        next(one for one in searchers_named(names) if one.name == "decomposition").solvers  # type: ignore[attr-defined]
        for names in (["sparse", "decomposition"], ["decomposition"], None)
    ]
    assert solvers == [("sparse",), ("sparse", "bank", "evolution"), ("sparse", "bank", "evolution")]
