"""Short formulas of truth tables, and what is proved of them."""
