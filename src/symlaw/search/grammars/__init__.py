"""How grammars with meanings are found from pairs of words and what they mean."""
