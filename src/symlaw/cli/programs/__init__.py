"""Commands that find programs, machines and rules of cells."""
