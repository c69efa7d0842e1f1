"""Proposals: terms that right sides may be made of, and sums of them that weak forms speak for."""
