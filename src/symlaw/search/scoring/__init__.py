"""From a proposal to a scored formula with its scale, offset and constants."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
