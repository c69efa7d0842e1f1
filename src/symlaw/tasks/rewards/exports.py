"""Reward machines for their consumers: plain Python, tables, diagrams."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from symlaw.engine.programs.rewards import END, LEAVE, Call, Rule, Rules
from symlaw.tasks.forms import Form, exported, words_of
from symlaw.tasks.machines.drawing import drawn
from symlaw.tasks.rewards.words import condition, whereto

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.tasks.rewards.result import RewardMachine

_SIZE = re.compile(r'width="(\d+)" height="(\d+)"')


def forms() -> dict[str, str]:
    """What forms reward machines are exported to, and what each is."""
    return words_of(FORMS)


def python_of(found: RewardMachine) -> str:
    """A module with a function `machine` of a list of steps, which needs nothing else."""
    lines: list[str] = []
    for number, part in enumerate(found.machine.parts, 1):
        lines += [
            f"def part_{number}(state, events):", '    """The next state, None to leave, and the reward."""'
        ]  # fmt: skip
        for state, rules in enumerate(part):
            lines += [f"    if state == {state}:", *_part_of_state(rules, found.events)]
        lines += ["", ""]
    lines += [
        "def machine(steps):", '    """Rewards of steps, each a name, names of events, or none."""',
        "    state, inner, rewards = 0, 0, []" if found.machine.parts else "    state, rewards = 0, []",
        "    for step in steps:", "        events = {step} if isinstance(step, str) else set(step or ())",
        "        reward = None",
    ]  # fmt: skip
    for state, here in enumerate(found.machine.states):
        lines.append(f"        {'el' * (state > 0)}if state == {state}:")
        lines += _call(here) if isinstance(here, Call) else _state(here, found.events)
    return "\n".join([*lines, "        rewards.append(reward)", "    return rewards", ""])


def _test(rule: Rule, names: Sequence[str]) -> str:
    return " and ".join(
        [*(f"{names[one]!r} in events" for one in rule.needs),
         *(f"{names[one]!r} not in events" for one in rule.bars)]
    )  # fmt: skip


def _state(rules: Rules, names: Sequence[str]) -> list[str]:
    lines = []
    for place, rule in enumerate(rules):
        said = f"state, reward = {_next(rule.after)}, {rule.reward!r}"
        if place == len(rules) - 1:
            otherwise = ["            else:", f"                {said}"]
            lines += otherwise if place else [f"            {said}"]
        else:
            word = "elif" if place else "if"
            lines += [f"            {word} {_test(rule, names)}:", f"                {said}"]
    return lines


def _part_of_state(rules: Rules, names: Sequence[str]) -> list[str]:
    lines = []
    for place, rule in enumerate(rules):
        said = f"return {_next(rule.after)}, {rule.reward!r}"
        if place == len(rules) - 1:
            lines.append(f"        {said}")
        else:
            lines += [f"        if {_test(rule, names)}:", f"            {said}"]
    return lines


def _call(call: Call) -> list[str]:
    return [
        f"            inner, reward = part_{call.part + 1}(inner, events)",
        "            if inner is None:",
        f"                state, inner, reward = {_next(call.after)}, 0, {call.reward!r}",
        "            elif inner == 'end':",
        "                state = 'end'",
    ]  # fmt: skip


def _next(after: int) -> str:
    return {END: "'end'", LEAVE: "None"}.get(after, str(after))


def diagram_of(found: RewardMachine) -> str:
    """States and what leads from one to the other, as SVG; parts stand below."""
    pictures = [_drawn(found.machine.states, found.events)]
    pictures += [_drawn(part, found.events) for part in found.machine.parts]
    if len(pictures) == 1:
        return pictures[0]
    top, width, placed = 0, 0, []
    for number, picture in enumerate(pictures):
        size = int(_SIZE.findall(picture)[0][0])
        title = f"part {number}" if number else "machine"
        placed.append(f'<text x="10" y="{top + 20}">{title}</text>')
        placed.append(picture.replace("<svg ", f'<svg y="{top + 20}" ', 1))
        top, width = top + size + 20, max(width, size)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {top}" width="{width}" height="{top}"'
        ' font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, *placed, "</svg>"])


def _drawn(states: Sequence[Rules | Call], names: Sequence[str]) -> str:
    labels = [f"{place}: part {one.part + 1}" if isinstance(one, Call) else str(place)
              for place, one in enumerate(states)]  # fmt: skip
    ends: dict[int, int] = {}
    arrows: dict[tuple[int, int], list[str]] = {}
    for place, here in enumerate(states):
        listed = (
            [(here.after, f"left / {here.reward:g}")] if isinstance(here, Call)
            else [(rule.after, _arrow(rule, names)) for rule in here]
        )  # fmt: skip
        for after, text in listed:
            if after < 0 and after not in ends:
                ends[after] = len(labels)
                labels.append(whereto(after))
            arrows.setdefault((place, ends.get(after, after)), []).append(text)
    return drawn(labels, arrows)


def _arrow(rule: Rule, names: Sequence[str]) -> str:
    return condition(rule, names) + ("" if rule.after == LEAVE else f" / {rule.reward:g}")


FORMS = {
    "python": Form("a function of a list of steps, which needs nothing else", python_of),
    "csv": Form("the table of its rules", lambda found: found.table.to_csv(index=False)),
    "svg": Form("the diagram of states, and of parts", diagram_of),
}


def export(found: RewardMachine, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, FORMS)
