"""Thousands of small tables: a short search of some, and what was found for one tried in the others first."""
