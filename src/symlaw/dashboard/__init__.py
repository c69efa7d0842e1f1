"""The local web page: runs listed and followed, searches started, formulas looked at on their data."""
