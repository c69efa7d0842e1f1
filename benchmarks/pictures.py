"""How far expressions of handwritten digits and drawn operators are reckoned when only values are known.

    python -m benchmarks.pictures --pairs 300 --copies 3

Digits are those of scikit-learn, 8 x 8 points; half of them are for training and half for tests. Operators
are drawn with shifts, strengths and noise. A training set has single digits, then expressions of two or
three, each with its value and nothing else; tests have up to five digits. It counts when the value of a
fresh expression, of pictures that were not shown, is right.
"""

from __future__ import annotations

import argparse
import random
import time
from typing import Any

import numpy as np

from benchmarks.machine import describe, facts

# What is drawn: a line of text for each row of points.
DRAWN = {
    "+": ("........", "...#....", "...#....", ".#####..", "...#....", "...#....", "........", "........"),
    "-": ("........", "........", "........", ".#####..", "........", "........", "........", "........"),
    "*": ("........", ".#...#..", "..#.#...", "...#....", "..#.#...", ".#...#..", "........", "........"),
}


class Pen:
    """Draws symbols: digits of one half of scikit-learn's set, others by hand.

    Parameters
    ----------
    draw
        Random numbers.
    half
        0 for training, 1 for tests.
    """

    def __init__(self, draw: random.Random, half: int) -> None:
        from sklearn.datasets import load_digits

        images, digits = load_digits(return_X_y=True)
        self._draw = draw
        self._by_digit = {
            str(digit): images[digits == digit][half::2].reshape(-1, 8, 8) for digit in range(10)
        }

    def symbol(self, name: str) -> Any:
        """A picture of a symbol."""
        if name in self._by_digit:
            return self._draw.choice(self._by_digit[name])
        drawn = np.array([[16.0 * (point == "#") for point in line] for line in DRAWN[name]])
        shift = (self._draw.choice((0, 1)), self._draw.choice((0, 1)))
        strength = self._draw.uniform(0.6, 1.0)
        noise = np.array([[self._draw.gauss(0.0, 1.0) for _ in range(8)] for _ in range(8)])
        return np.clip(strength * np.roll(drawn, shift, (0, 1)) + noise, 0.0, 16.0)

    def written(self, text: str) -> list[Any]:
        """Pictures of an expression's symbols."""
        return [self.symbol(name) for name in text]


def expression(draw: random.Random, size: int, operators: str) -> str:
    """An expression of so many digits."""
    if size == 1:
        return str(draw.randrange(10))
    left = draw.randrange(1, size)
    one, other = expression(draw, left, operators), expression(draw, size - left, operators)
    return f"{one}{draw.choice(operators)}{other}"


def pairs(draw: random.Random, pen: Pen, n: int, operators: str, most: int = 3) -> list[tuple[str, Any, int]]:
    """Texts, their pictures and values: a fifth of single digits, each at least once, the rest longer."""
    texts = [str(digit % 10) for digit in range(max(10, n // 5))]
    while len(texts) < n:
        texts.append(expression(draw, draw.randint(2, most), operators))
    # nothing but digits and signs that were made here
    return [(text, pen.written(text), eval(text)) for text in texts]


def main() -> None:
    """Learn, then read what was not shown."""
    import symlaw

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, nargs="+", default=[150, 300, 600])
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--operators", default="+-*")
    parser.add_argument("--seconds", type=float, default=300.0)
    asked = parser.parse_args()
    print(describe(facts()))
    for n in asked.pairs:
        for copy in range(asked.copies):
            draw = random.Random(f"pictures {n} {copy}")
            shown = pairs(draw, Pen(draw, 0), n, asked.operators)
            fresh = pairs(draw, Pen(draw, 1), 300, asked.operators, 5)[60:]
            began = time.process_time()
            found = symlaw.grammar([(seen, value) for _, seen, value in shown], time_budget=asked.seconds)
            used = time.process_time() - began
            right = sum(found(seen) == value for _, seen, value in fresh)
            symbols = sum(len(text) for text, _, _ in fresh)
            print(
                f"{n} pairs, copy {copy}: {len(shown) - len(found.missed)} explained,"
                f" {len(found.reader.names)} classes; {right} of {len(fresh)} fresh expressions of"
                f" {symbols / len(fresh):.1f} symbols right; {used:.0f} s of processor",
                flush=True,
            )
            if copy == 0:
                print(found)


if __name__ == "__main__":
    main()
