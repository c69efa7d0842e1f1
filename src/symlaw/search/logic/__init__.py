"""Circuits of gates with two inputs: the smallest, with proofs."""
