"""Parts of formulas that do nothing, and formulas that live by rounding."""
