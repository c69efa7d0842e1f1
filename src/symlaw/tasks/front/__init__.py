"""From what a search found to the front that is shown."""
