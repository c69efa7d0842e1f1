"""The loop of a search: its state, budget, accounting and warm-up."""
