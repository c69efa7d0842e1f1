"""What the command writes to the terminal."""
