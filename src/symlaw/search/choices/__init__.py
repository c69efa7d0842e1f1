"""Formulas that choose between two: which condition, and which formula on either side of it."""
