"""What answers of ``benchmarks.rules`` come to, each beside its bar.

python -m benchmarks.rules_verdict FILE...
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

Answers = list[dict[str, Any]]


def exact(found: Answers) -> Iterator[str]:
    """Tables that are known to follow a rule."""
    yield f"right in every row of the file: {sum(one['right'] for one in found)} of {len(found)} (24 of 25)"


def tables(found: Answers) -> Iterator[str]:
    """People's tables beside a forest."""
    means = by_table(found, lambda one: one["rules"]["f1"] - one["forest"]["f1"])
    yield f"F1 of the rarer class less a forest's: {np.mean(list(means.values())):+.3f} (-0.01)"
    yield f"median literals: {np.median([one['literals'] for one in found]):g} (10)"
    monk = [one["rules"]["accuracy"] for one in found if " monk3 " in one["key"]]
    if monk:
        yield f"monk3, rows left out: {100 * np.mean(monk):.1f}% (97%)"


def planted(found: Answers) -> Iterator[str]:
    """Formulas that were planted, no label flipped."""
    good = sum(one["wrong"] == 0 and one["literals"] <= one["planted"] for one in found)
    yield f"fits all rows and is no longer than planted: {good} of {len(found)} (100%)"


def noisy(found: Answers) -> Iterator[str]:
    """Formulas that were planted, a tenth of the labels flipped."""
    yield f"description no longer than planted: {share(found, 'shorter')} (98%)"
    small = [one for one in found if one["planted"] <= 6]
    yield f"up to 6 literals: the same function: {share(small, 'same')} (80%)"
    yield f"up to 6 literals: the planted function is on the front: {share(small, 'on_front')}"
    other = [one for one in small if not one["same"]]
    better = sum(not one["told"] for one in other)
    yield (
        f"of the {len(other)} others, what is recommended takes fewer bits than the shortest formula found of"
        f" the planted function: {better}"
    )
    told = [one for one in small if one["told"]]
    yield f"where the planted function takes no more bits, it is what is recommended: {share(told, 'same')}"


def costs(found: Answers) -> Iterator[str]:
    """Dear misses beside a forest with a tuned threshold."""
    own, forest = by_table(found, lambda one: one["cost"]), by_table(found, lambda one: one["forest"])
    for name in own:
        yield f"  {name}: {own[name]:.3f}, forest {forest[name]:.3f}, ratio {own[name] / forest[name]:.2f}"
    ratio = np.mean(list(own.values())) / np.mean(list(forest.values()))
    each = np.mean([own[name] / forest[name] for name in own])
    yield f"mean cost over a forest's: {ratio:.3f} (1.05); mean of the tables' ratios: {each:.3f}"


def wide(found: Answers) -> Iterator[str]:
    """Thousands of columns."""
    yield f"the five columns and no others: {share(found, 'columns')}"
    yield f"fresh rows that are told right, least: {least(found):.3f}"
    yield f"seconds at most {max(one['seconds'] for one in found)} (60), GiB at most {peak(found)} (4)"


def least(found: Answers) -> float:
    """The least share of fresh rows that are told."""
    return float(min(one["right"] for one in found))


def peak(found: Answers) -> float:
    """The most memory that the process had."""
    return float(max(one.get("gib", float("nan")) for one in found))


def proofs(found: Answers) -> Iterator[str]:
    """Refutations and their checks."""
    proved = sum(one["status"].endswith("proved smallest") for one in found)
    yield f"proved smallest: {proved} of {len(found)}"
    checked = sum(one["checked"] for one in found)
    false = sum(one["false"] for one in found)
    yield f"refutations checked by a second program: {checked}, false: {false} (0)"


def share(found: Answers, word: str) -> str:
    """How many answers have a property."""
    good = sum(bool(one[word]) for one in found)
    return f"{good} of {len(found)}" + (f" ({100 * good / len(found):.0f}%)" if found else "")


def by_table(found: Answers, value: Callable[[dict[str, Any]], float]) -> dict[str, float]:
    """Means by table."""
    values: dict[str, list[float]] = {}
    for one in found:
        values.setdefault(one["key"].split()[1], []).append(value(one))
    return {name: float(np.mean(own)) for name, own in values.items()}


GROUPS: dict[str, Callable[[Answers], Iterator[str]]] = {
    "exact": exact, "tables": tables, "planted": planted, "noisy": noisy, "costs": costs, "wide": wide,
    "proofs": proofs,
}  # fmt: skip


def verdict(answers: Answers) -> Iterator[str]:
    """Lines for each group that has answers."""
    for name, told in GROUPS.items():
        own = [one for one in answers if one["key"].split()[0] == name]
        if own:
            yield f"{name}: {len(own)} answers; bars in brackets"
            yield from told(own)


def main() -> None:
    """Read files of answers, and say what they come to."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("files", nargs="+", type=Path)
    answers = [
        json.loads(line) for path in asked.parse_args().files for line in path.read_text().splitlines()
    ]
    print("\n".join(verdict(answers)))


if __name__ == "__main__":
    main()
