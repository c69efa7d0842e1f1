"""Formats that tables are read from."""
