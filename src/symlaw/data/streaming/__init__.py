"""Tables larger than memory: read batch by batch, sampled in one pass."""
