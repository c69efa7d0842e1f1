"""Filling the unknown parts of a template: formulas that share a form, and constants by group."""
