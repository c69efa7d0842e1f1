"""Searching for rules: literals of a table as words, and formulas grown of them."""
