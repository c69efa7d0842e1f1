"""Measured trajectories: smooth curves, the noise around them, and their weak forms."""
