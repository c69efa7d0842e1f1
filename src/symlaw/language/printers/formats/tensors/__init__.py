"""Tensor libraries and model files."""
