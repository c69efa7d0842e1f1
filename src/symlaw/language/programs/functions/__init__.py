"""What the operators of programs compute, in modules that need the standard library alone.

Each function gives None where it has no value, and never raises on values of its argument types. Exported
Python
carries these functions as they are written here.
"""
