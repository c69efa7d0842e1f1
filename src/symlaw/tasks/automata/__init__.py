"""Rules of cellular automata from frames: what `symlaw.automaton` asks and gives."""
