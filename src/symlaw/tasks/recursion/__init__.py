"""`symlaw.recursive`: recursive functions from examples."""
