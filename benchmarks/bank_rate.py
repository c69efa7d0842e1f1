"""Distinct formulas that a bank takes in per second.

    python -m benchmarks.bank_rate [--seconds 10] [--variables 4] [--threads 1] [--bytes 1073741824]

Rows are uniform in 1 to 5; 64 probe rows, the default operators. Memory is the bank's own arrays.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.language.grammar import Language
from symlaw.search.bank.bank import DEFAULT_BYTES, Bank, enumerate_more, make_bank

ROWS = 64


def fill(n_variables: int, seconds: float, threads: int, max_bytes: int) -> tuple[Bank, float, float]:
    """A bank enumerated for so long, the seconds used and those of the longest slice."""
    X = np.random.Generator(np.random.Philox(1)).uniform(1.0, 5.0, (n_variables, ROWS))
    language = Language.of([f"x{k}" for k in range(n_variables)])
    bank, longest, began = make_bank(X, language, max_bytes), 0.0, time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        while not bank.finished and time.perf_counter() - began < seconds:
            before = time.perf_counter()
            enumerate_more(bank, run_all=pool.map)
            longest = max(longest, time.perf_counter() - before)
    return bank, time.perf_counter() - began, longest


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--variables", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--bytes", type=int, default=DEFAULT_BYTES)
    options = parser.parse_args()
    print(describe(facts()))
    fill(2, 0.1, options.threads, 2**22)  # kernels
    bank, seconds, longest = fill(options.variables, options.seconds, options.threads, options.bytes)
    tally = bank.tally
    print(f"{bank.count:,} distinct in {seconds:.2f} s: {bank.count / seconds:,.0f} per second")
    print(f"{tally.evaluated:,} evaluated: {tally.evaluated / seconds:,.0f} per second")
    print(f"{tally.known:,} known, {tally.refused:,} refused; {bank.n_bytes / 2**20:,.0f} MiB")
    print(f"levels: {[end - begin for begin, end in bank.bounds]}; longest slice {longest:.3f} s")


if __name__ == "__main__":
    main()
