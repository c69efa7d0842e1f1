"""Running recursive functions, within limits."""
