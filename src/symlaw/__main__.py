"""``python -m symlaw`` is the command ``symlaw``."""

from __future__ import annotations

import sys

from symlaw.cli import main

if __name__ == "__main__":
    sys.exit(main())
