"""Models that are linear in their coefficients, found by exact-k selection of terms."""
