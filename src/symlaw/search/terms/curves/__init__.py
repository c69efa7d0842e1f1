"""Sums on rows that lie along a curve, where columns depend on each other."""
