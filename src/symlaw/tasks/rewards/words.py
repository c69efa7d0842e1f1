"""Rules of reward machines in words."""

from __future__ import annotations

from collections.abc import Sequence

from symlaw.engine.programs.rewards import END, LEAVE, Rule


def condition(rule: Rule, names: Sequence[str]) -> str:
    """When a rule holds, in words."""
    said = [*(names[one] for one in rule.needs), *(f"not {names[one]}" for one in rule.bars)]
    return " and ".join(said) or "else"


def whereto(after: int) -> str:
    """Where a rule leads, in words."""
    return {END: "end", LEAVE: "leave"}.get(after, str(after))
