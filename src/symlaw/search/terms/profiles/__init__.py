"""What one column does by itself, in few numbers, and sums of families fitted to it."""
