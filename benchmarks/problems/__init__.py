"""Problems with known laws: published tables, and a generator of further ones."""

from __future__ import annotations

from benchmarks.problems.generator import (
    N_SHORT_CLAIMS,
    SHORT_CLAIMS_SEED,
    random_problems,
    short_problems,
)
from benchmarks.problems.loading import load, suites
from benchmarks.problems.mechanisms import CLAIMS_SEED, N_CLAIMS, claims_laws, mechanisms
from benchmarks.problems.problem import Input, Problem, Sample
from benchmarks.problems.variants import can_freeze, frozen, irrelevant_columns, irrelevant_names

__all__ = [
    "CLAIMS_SEED",
    "N_CLAIMS",
    "N_SHORT_CLAIMS",
    "SHORT_CLAIMS_SEED",
    "Input",
    "Problem",
    "Sample",
    "can_freeze",
    "claims_laws",
    "frozen",
    "irrelevant_columns",
    "irrelevant_names",
    "load",
    "mechanisms",
    "random_problems",
    "short_problems",
    "suites",
]
