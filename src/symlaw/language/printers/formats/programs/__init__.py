"""Programming languages and databases."""
