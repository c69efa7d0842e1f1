"""How well the data determine a formula's constants, and how they are shown."""
