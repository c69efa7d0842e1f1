"""How rules of cellular automata are found: neighbourhoods, and what counts of them."""
