"""How machines are found: registers that sequences suggest, and outputs as short formulas of them."""
