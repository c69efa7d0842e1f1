"""Problems with known laws: published tables, and a generator of further ones."""

from __future__ import annotations

from benchmarks.problems.generator import random_problems
from benchmarks.problems.loading import load, suites
from benchmarks.problems.problem import Input, Problem, Sample

__all__ = ["Input", "Problem", "Sample", "load", "random_problems", "suites"]
