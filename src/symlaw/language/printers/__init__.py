"""Expressions in other forms: text, LaTeX, programming languages, spreadsheets, databases, tensors."""

from __future__ import annotations

from symlaw.language.printers.notation import numpy_source, render
from symlaw.language.printers.registry import Target, exported, target, targets
from symlaw.language.printers.sympy_form import to_sympy

__all__ = ["Target", "exported", "numpy_source", "render", "target", "targets", "to_sympy"]
