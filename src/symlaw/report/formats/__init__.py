"""A report's forms: HTML, Markdown, JSON."""
