"""Expressions as text, LaTeX, NumPy source and SymPy."""

from __future__ import annotations

from symlaw.language.printers.notation import numpy_source, render
from symlaw.language.printers.sympy_form import to_sympy

__all__ = ["numpy_source", "render", "to_sympy"]
