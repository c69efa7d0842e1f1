"""What people give to an estimator, as arrays of numbers."""
