"""What symlaw is extended by here; its modules are found through the entry points in ``pyproject.toml``."""
