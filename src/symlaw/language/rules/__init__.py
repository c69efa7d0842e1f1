"""Rules: formulas of true and false over conditions on the columns of a table."""
