"""A beam search over joins of a bank's entries: formulas of short descriptions."""
