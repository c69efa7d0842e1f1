"""The search for recursive functions: a bank of values, conditions by cover, schemes by deduction."""
