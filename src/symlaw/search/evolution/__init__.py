"""Populations of genomes and the epochs that evolve them."""
