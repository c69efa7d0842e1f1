"""Commands on runs, settings and the machine."""
