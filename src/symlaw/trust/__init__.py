"""Why to believe a formula."""
