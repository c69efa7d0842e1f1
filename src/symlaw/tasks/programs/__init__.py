"""Programs from examples: what `symlaw.transform` asks and gives."""
