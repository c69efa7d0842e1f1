"""Constants of a demanded kind, and constants that have names."""
