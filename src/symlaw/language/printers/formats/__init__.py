"""One module for each form that formulas are exported to."""
