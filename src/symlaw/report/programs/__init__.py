"""What reports say of programs, machines, rules of cells, recursive functions and grammars."""
