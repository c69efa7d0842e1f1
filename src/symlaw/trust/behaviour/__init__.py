"""How a formula behaves within the data and beyond."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
