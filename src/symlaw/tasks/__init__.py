"""What the user asks."""
