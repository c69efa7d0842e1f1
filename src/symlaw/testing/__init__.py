"""For authors of extensions: conformance suites, Hypothesis strategies, random formulas. Nothing in symlaw uses it."""
