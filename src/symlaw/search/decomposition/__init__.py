"""Structure found in data that splits or shrinks a problem: its tests, and the smaller problems it makes."""
