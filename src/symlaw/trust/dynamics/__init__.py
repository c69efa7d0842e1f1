"""What a found system says: solutions, fixed points, stability, sensitivity to its start."""
