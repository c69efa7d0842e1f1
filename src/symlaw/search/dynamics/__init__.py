"""Equations of motion behind trajectories: smoothing, weak forms, candidates, and fits through the solver."""
