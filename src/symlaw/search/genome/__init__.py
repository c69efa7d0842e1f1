"""Genomes: formulas in arrays of fixed width, and how they are varied under a language's rules."""
