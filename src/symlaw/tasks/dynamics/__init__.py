"""Equations of motion from trajectories: the estimator and what it shows."""
