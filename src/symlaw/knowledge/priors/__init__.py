"""How likely formulas are before any data are seen."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
