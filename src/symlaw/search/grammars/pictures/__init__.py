"""Symbols that are given as pictures: their classes are found together with what they mean."""
