"""How programs run: an interpreter with limits, and whole columns by their distinct rows."""
