"""What the page is told of one run: its formulas, its answer, and files of it."""
