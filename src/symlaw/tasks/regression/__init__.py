"""Regression: formulas of a table's target."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
