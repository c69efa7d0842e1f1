"""What readers of a run add to it: names, notes, pinned and hidden formulas."""
