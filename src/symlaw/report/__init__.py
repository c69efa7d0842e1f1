"""What was found, for people: plots, and a report in one file."""
