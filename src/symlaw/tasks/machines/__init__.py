"""Machines from sequences: what `symlaw.machine` asks and gives."""
