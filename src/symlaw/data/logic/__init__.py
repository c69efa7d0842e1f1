"""Truth tables in files: PLA, BLIF, and tables of 0 and 1."""
