"""The language of recursive functions: types of lists and trees, operators, schemes."""
