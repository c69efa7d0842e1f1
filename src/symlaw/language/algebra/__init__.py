"""Formulas changed as algebra allows: canonical forms, derivatives, inverses, shared parts."""
