"""Kernels of rules and circuits are compiled before time is counted."""

from __future__ import annotations

from symlaw.search.logic import compiling as circuits
from symlaw.search.rules import compiling as rules
from symlaw.search.watch import Watch


def test_kernels_are_on_disk_afterwards_and_are_then_left_alone() -> None:
    rules.compile_now()
    circuits.compile_now()
    assert rules.is_rules_on_disk()
    assert circuits.is_circuits_on_disk()
    said: list[str] = []
    watch = Watch(60.0, tells=said.append)
    rules.compile_rules(watch)
    circuits.compile_circuits(watch)
    assert said == []
