"""Losses: the table of them, their kernels, and losses of the user's."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
