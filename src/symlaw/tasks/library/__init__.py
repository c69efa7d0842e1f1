"""Knowledge that lasts: formulas of earlier fits, tried first on new data that behave alike."""
