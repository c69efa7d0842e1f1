"""What a fit of dynamics gives: systems with their errors, and what is said of them."""
