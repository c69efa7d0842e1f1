"""Functions of truths that are asked: which inputs matter, and formulas of more of them than a table has."""
