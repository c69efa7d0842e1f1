"""Which formula of a front to recommend, and how sure that is."""

from symlaw._moved import forwarding

__getattr__ = forwarding(__name__)
