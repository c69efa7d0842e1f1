"""Commands on data and on formulas."""
