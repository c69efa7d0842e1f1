"""Discovery: formulas for other ways to judge them, a Python function or rows seen through an operator."""
