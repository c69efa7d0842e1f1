"""Every searcher keeps the promises of the protocol."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from symlaw.search.searchers.base import Searcher
from symlaw.testing.searchers import CHECKS, all_searchers


def test_evolution_is_found() -> None:
    assert "Evolution" in [searcher.__name__ for searcher in all_searchers()]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("searcher", all_searchers(), ids=lambda searcher: searcher.__name__)
def test_searcher_conforms(searcher: type[Any], check: Callable[[Callable[[], Searcher]], None]) -> None:
    check(partial(searcher))
