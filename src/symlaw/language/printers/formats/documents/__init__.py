"""Text, mathematics and spreadsheets."""
