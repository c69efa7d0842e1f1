"""Statements about a formula's values: read, checked, proven."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
