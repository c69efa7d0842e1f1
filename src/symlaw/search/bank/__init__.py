"""The bank: formulas enumerated bottom-up over probe rows, one entry per behaviour, and ways to join them."""
