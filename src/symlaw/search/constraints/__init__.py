"""What the user says of formulas, kept by those that come to the front."""
