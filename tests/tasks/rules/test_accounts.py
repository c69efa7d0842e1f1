"""How rules are told in lines of text."""

from __future__ import annotations

import pandas as pd

from symlaw.tasks.rules.accounts import front_lines


def front(label: str, sizes: int, recommended: int) -> pd.DataFrame:
    """A front with a rule of each size from 0 on."""
    rows = [
        {"class": label, "literals": size, "cost": 9.0 - size, "cost_left_out": float("nan"),
         "recommended": size == recommended, "rule": f"a > {size}"}
        for size in range(sizes)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_rules_much_longer_than_the_recommended_one_are_counted() -> None:
    lines = front_lines(front("ill", 9, 2)).split("\n")[1:]
    assert [line.split()[-1] for line in lines[:-1]] == list("012345")
    assert lines[2].startswith(" *")
    assert lines[-1] == "   and 3 longer ones, up to 8 literals: see the report"


def test_one_longer_rule_is_shown() -> None:
    assert "longer" not in front_lines(front("ill", 7, 2))


def test_each_class_has_its_own() -> None:
    lines = front_lines(pd.concat([front("low", 8, 1), front("high", 3, 2)])).split("\n")[1:]
    assert [line.split()[0] for line in lines].count("and") == 1
    assert lines[-1].split() == ["*", "2", "7", "high:", "a", ">", "2"]
