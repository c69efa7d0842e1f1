"""The ``symlaw`` command; each subcommand is a module here and loads what it needs when it runs."""

from __future__ import annotations

from symlaw.cli.app import main

__all__ = ["main"]
