"""Functions that have several columns together, such as those of a distance."""
