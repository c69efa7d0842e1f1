"""What the user knows already: units, structure, constraints."""
