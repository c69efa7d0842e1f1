"""For authors of extensions: conformance suites, Hypothesis strategies and random formulas.

Nothing else in symlaw uses it.
"""
