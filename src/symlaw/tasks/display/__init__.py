"""A fitted model in terminals, notebooks and frames."""
