"""Operators of the user's: plain Python functions, lookups by level, powers with fixed exponents."""
