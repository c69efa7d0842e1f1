"""The group `long`: whole searches and fits of each kind, of which the default tests ask a case or two."""

from __future__ import annotations

from collections import defaultdict

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every case of a test marked `long_but` into the group `long` but those that it names."""
    cases: dict[str, list[bool]] = defaultdict(list)
    for item in items:
        if marker := item.get_closest_marker("long_but"):
            test, _, case = item.nodeid.rstrip("]").partition("[")
            cases[test].append(case in marker.args)
            if case not in marker.args:
                item.add_marker(pytest.mark.long)
    # one case alone was asked for by its name
    if missing := [test for test, kept in cases.items() if len(kept) > 1 and not any(kept)]:
        raise pytest.UsageError(f"long_but names no case of {missing}")
