"""Formulas of tables larger than memory: searched on a sample, confirmed and polished on all rows."""
