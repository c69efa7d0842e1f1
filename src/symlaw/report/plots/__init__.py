"""Plots of fronts, formulas and searches."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
