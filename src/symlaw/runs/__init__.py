"""The run store: what a search found, on disk while it goes, readable after any end."""
