"""Grammars from pairs of sequences and what they mean."""
