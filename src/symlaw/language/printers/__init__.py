"""Expressions in other forms: text, LaTeX, programming languages, spreadsheets, databases, tensors."""

from __future__ import annotations

from symlaw.language.printers.notation import numpy_source, render
from symlaw.language.printers.sympy_form import to_sympy
from symlaw.language.printers.target import Target, exported, target, targets

__all__ = ["Target", "exported", "numpy_source", "render", "target", "targets", "to_sympy"]
