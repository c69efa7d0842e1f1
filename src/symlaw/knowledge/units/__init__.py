"""Units: dimensions, scales, and dimensional analysis of formulas."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
