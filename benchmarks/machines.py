"""How many machines are read off sequences: 62 sequence tasks, defined here, exact on sequences ten"
" times longer.

    python -m benchmarks.machines --results benchmarks/results/machines.jsonl

The names are those of a published list of tasks for recurrent networks; the definitions are this file's own
reading of
them. Each task gives 60 sequences of 20 steps; a machine counts when it is exact (reals: to 1e-6) on 1,000
sequences of
200 steps.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.errors import DataError
from symlaw.tasks.machines.machine import machine

Step = Any
Rule = Callable[[list[Any]], list[Any]]


def each(function: Callable[[list[Any]], Any]) -> Rule:
    """A rule of what has been read so far."""
    return lambda xs: [function(xs[:end]) for end in range(1, len(xs) + 1)]


def addition(base: int) -> Rule:
    """Digits of a sum, the lowest first."""

    def rule(xs: list[Any]) -> list[Any]:
        carry, digits = 0, []
        for one, other in xs:
            carry, digit = divmod(one + other + carry, base)
            digits.append(digit)
        return digits

    return rule


def division(by: int) -> Rule:
    """Digits of the quotient of a binary number that is read from the front."""

    def rule(xs: list[Any]) -> list[Any]:
        rest, digits = 0, []
        for x in xs:
            digit, rest = divmod(2 * rest + x, by)
            digits.append(digit)
        return digits

    return rule


def back(xs: list[Any], steps: int) -> Any:
    """What was read some steps ago, 0 before the beginning."""
    return xs[-1 - steps] if steps < len(xs) else 0


def dithering(xs: list[Any]) -> list[Any]:
    """Bits whose sum follows the sum of shades."""
    rest, bits = 0, []
    for x in xs:
        rest += x
        bit = int(rest >= 4)
        rest -= 4 * bit
        bits.append(bit)
    return bits


def newton(force: Callable[[float, float], float], with_input: bool = True) -> Rule:
    """Positions of a body under a force of its position and what is read."""

    def rule(xs: list[Any]) -> list[Any]:
        place, speed, places = 0.0, 0.0, []
        for x in xs:
            speed += force(place, x)
            place += speed
            places.append(place)
        return places

    return rule


def magnetic(xs: list[Any]) -> list[Any]:
    """Positions in a plane under a force across the motion, and one that is read."""
    place, speed, places = np.zeros(2), np.zeros(2), []
    for x in xs:
        speed = np.array([speed[0] + 0.1 * speed[1] + x[0], speed[1] - 0.1 * speed[0] + x[1]])
        place = place + speed
        places.append(tuple(place.tolist()))
    return places


def most_common(xs: list[Any]) -> Any:
    """The value read most often; of several the smallest."""
    return max(sorted(set(xs)), key=xs.count)


def tasks() -> dict[str, tuple[str, Rule]]:
    """Kinds of inputs and rules, by name."""
    found: dict[str, tuple[str, Rule]] = {"bit_addition": ("bits2", addition(2))}
    add = found.__setitem__
    for base in range(3, 8):
        add(f"rnn_base_{base}_addition", (f"digits2 {base}", addition(base)))
    for m in range(3, 9):
        add(f"rnn_add_mod_{m}_numerical", (f"digits {m}", each(partial(lambda xs, m: sum(xs) % m, m=m))))
    for k in range(1, 6):
        add(f"rnn_prev{k}_numerical", ("numbers", each(partial(back, steps=k))))
    for k in range(2, 8):
        add(f"rnn_sum_last{k}_numerical", ("numbers", each(partial(lambda xs, k: sum(xs[-k:]), k=k))))
    for k in range(2, 5):
        add(f"rnn_parity_last{k}_numerical", ("bits", each(partial(lambda xs, k: sum(xs[-k:]) % 2, k=k))))
    for k in (3, 4):
        add(f"rnn_alternating_last{k}_numerical", ("bits", each(partial(alternates, k=k))))
    for by in (3, 5, 7):
        add(f"rnn_div_{by}_numerical", ("bits", division(by)))
    for n, top in ((1, 2), (2, 3), (3, 4)):
        add(f"rnn_majority0_{n}_numerical", (f"digits {top}", each(most_common)))
    add("rnn_newton_freebody_numerical", ("reals", newton(lambda place, x: x)))
    add("rnn_newton_gravity_numerical", ("reals", newton(lambda place, x: x - 1.0)))
    add("rnn_newton_spring_numerical", ("reals", newton(lambda place, x: x - 0.1 * place)))
    add("rnn_newton_magnetic_numerical", ("reals2", magnetic))
    simple: dict[str, tuple[str, Callable[[list[Any]], Any]]] = {
        "rnn_abs_value_numerical": ("numbers", lambda xs: abs(xs[-1])),
        "rnn_abs_value_of_diff_numerical": ("numbers", lambda xs: abs(xs[-1] - back(xs, 1))),
        "rnn_diff_of_abs_value_numerical": ("numbers", lambda xs: abs(xs[-1]) - abs(back(xs, 1))),
        "rnn_balanced_parenthesis_numerical": ("brackets", balanced),
        "rnn_bit_dot_prod_mod2_numerical": ("bits2", lambda xs: sum(one * other for one, other in xs) % 2),
        "rnn_bit_palindromes_numerical": ("bits", lambda xs: int(xs == xs[::-1])),
        "rnn_bit_shift_right_numerical": ("bits", lambda xs: back(xs, 1)),
        "rnn_bitwise_and": ("bits2", lambda xs: xs[-1][0] & xs[-1][1]),
        "rnn_bitwise_or": ("bits2", lambda xs: xs[-1][0] | xs[-1][1]),
        "rnn_bitwise_xor": ("bits2", lambda xs: xs[-1][0] ^ xs[-1][1]),
        "rnn_bitwise_not": ("bits", lambda xs: 1 - xs[-1]),
        "rnn_diff_last2_numerical": ("numbers", lambda xs: xs[-1] - back(xs, 1)),
        "rnn_evens_counter_numerical": ("numbers", lambda xs: sum(x % 2 == 0 for x in xs)),
        "rnn_evens_detector_numerical": ("numbers", lambda xs: int(xs[-1] % 2 == 0)),
        "rnn_identity_numerical": ("numbers", lambda xs: xs[-1]),
        "rnn_max_numerical": ("numbers", max),
        "rnn_min_numerical": ("numbers", min),
        "rnn_parity_numerical": ("bits", lambda xs: sum(xs) % 2),
        "rnn_parity_of_index_numerical": ("bits", lambda xs: len(xs) % 2),
        "rnn_parity_of_zeros_numerical": ("bits", lambda xs: xs.count(0) % 2),
        "rnn_perfect_square_detector_numerical": (
            "squares",
            lambda xs: int(round(xs[-1] ** 0.5) ** 2 == xs[-1]),
        ),
        "rnn_sum_numerical": ("numbers", sum),
        "rnn_unique2_numerical": ("digits 3", lambda xs: int(xs[-1] != back(xs, 1))),
    }
    for name, (kind, function) in simple.items():
        add(name, (kind, each(function)))
    add("rnn_dithering_numerical", ("digits 5", dithering))
    return found


def alternates(xs: list[Any], k: int) -> int:
    """Whether the last k read change in every step; zeros come before the beginning."""
    last = [back(xs, step) for step in range(k)]
    return int(all(one != other for one, other in pairwise(last)))


def balanced(xs: list[Any]) -> int:
    """Whether brackets, 1 and -1, are closed in order."""
    depth = 0
    for x in xs:
        depth += x
        if depth < 0:
            return 0
    return int(depth == 0)


def sequence(kind: str, n: int, generator: np.random.Generator) -> list[Any]:
    """Inputs of one sequence."""
    name, _, top = kind.partition(" ")
    if name in ("bits", "digits"):
        return [int(x) for x in generator.integers(0, int(top or 2), n)]
    if name in ("bits2", "digits2"):
        return [(int(a), int(b)) for a, b in generator.integers(0, int(top or 2), (n, 2))]
    if name == "numbers":
        return [int(x) for x in generator.integers(-10, 11, n)]
    if name == "squares":
        return [int(x) for x in generator.integers(0, 40, n)]
    if name == "brackets":
        return brackets(n, generator)
    if name == "reals2":
        return [tuple(row) for row in generator.normal(size=(n, 2)).round(3).tolist()]
    return [float(x) for x in generator.normal(size=n).round(3)]


def brackets(n: int, generator: np.random.Generator) -> list[int]:
    """Brackets that are often balanced, and sometimes spoiled at one place."""
    depth, xs = 0, []
    for _ in range(n):
        x = 1 if depth == 0 or (generator.random() < 0.5 and depth < 6) else -1
        depth += x
        xs.append(x)
    if generator.random() < 0.6:
        xs[int(generator.integers(0, n))] *= -1
    return xs


def judged(name: str, kind: str, rule: Rule) -> dict[str, Any]:
    """Whether the machine found is exact on longer sequences."""
    generator = np.random.default_rng(sorted(tasks()).index(name))
    shown = [sequence(kind, 20, generator) for _ in range(60)]
    began = time.perf_counter()
    try:
        found = machine(shown, [rule(xs) for xs in shown])
    except DataError as error:
        return {"name": name, "exact": False, "seconds": time.perf_counter() - began, "found": str(error)}
    took = time.perf_counter() - began
    longer = [sequence(kind, 200, generator) for _ in range(1000)]
    right = all(is_right(found(xs), rule(xs)) for xs in longer)
    return {"name": name, "exact": right, "seconds": round(took, 2), "found": str(found)}


def is_right(said: list[Any], truth: list[Any]) -> bool:
    """Whether all outputs of a sequence are exact, reals to 1e-6."""
    one, other = np.asarray(said, dtype=float), np.asarray(truth, dtype=float)
    return bool(np.all(np.abs(one - other) <= 1e-6 * np.maximum(1.0, np.abs(other))))


def main() -> None:
    """Measure all tasks that the result file does not have."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("benchmarks", "results", "machines.jsonl"))
    parser.add_argument("--only", default="", help="part of the names")
    asked = parser.parse_args()
    print(describe(facts()))
    lines = asked.results.read_text().splitlines() if asked.results.exists() else []
    done = {record["name"]: record for record in map(json.loads, lines)}
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    chosen = {name: task for name, task in tasks().items() if asked.only in name}
    for name, (kind, rule) in chosen.items():
        if name not in done:
            done[name] = judged(name, kind, rule)
            with asked.results.open("a") as file:
                file.write(json.dumps(done[name]) + "\n")
            print(
                f"{'exact' if done[name]['exact'] else '-':6}{done[name]['seconds']:6.1f} s  {name} "
                f" {done[name]['found'][:90]!r}"
            )
    print(f"{sum(done[name]['exact'] for name in chosen)} of {len(chosen)} exact")


if __name__ == "__main__":
    main()
