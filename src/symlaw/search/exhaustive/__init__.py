"""Every short formula with free constants, fitted: what small tables can be searched by whole."""
