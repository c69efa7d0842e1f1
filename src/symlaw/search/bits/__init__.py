"""Truth tables: formulas of truths enumerated by behaviour, joined and divided, 64 rows to the word."""
