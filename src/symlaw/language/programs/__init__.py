"""The language of programs from examples: typed operators over text, numbers, moments and lists."""
