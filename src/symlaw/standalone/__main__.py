"""``python -m symlaw.standalone`` is ``symlaw-run``."""

import sys

from symlaw.standalone import main

sys.exit(main())
