"""Truths, 64 rows to the word."""
