"""Monte-Carlo tree search over beginnings of formulas."""
