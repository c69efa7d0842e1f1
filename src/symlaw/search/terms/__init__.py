"""Search by terms: a target as a sum of products of functions of single columns, with constants inside."""
