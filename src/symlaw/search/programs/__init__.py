"""How programs are found: a bank of values, joined by the inverse of concat, covered by branches."""
