"""Rules for people's tables: a short formula of true and false that tells classes apart."""
