"""Searches on disk from which they go on exactly."""
