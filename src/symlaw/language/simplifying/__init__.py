"""Simplification by equality saturation: rules, what they may assume, and what is simple."""
