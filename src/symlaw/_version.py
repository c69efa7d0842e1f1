"""The version of symlaw."""

__version__ = "0.1.0"
