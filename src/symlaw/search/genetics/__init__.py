"""Compiled parts of searches that vary formulas: genomes, mutations, populations."""
