"""A font for mathematics, which browsers need for roots and brackets that grow: a part of STIX Two Math.

Its licence is beside it. `docs/adr/0036-a-font-for-mathematics.md` says how the part was made.
"""

from __future__ import annotations

import base64
from importlib.resources import files
from pathlib import Path

NAME = "math.woff2"
PATH = Path(__file__).parent / NAME
_FACE = (
    "@font-face {{ font-family: 'symlaw math'; src: url(data:font/woff2;base64,{data}) format('woff2'); }}\n"
)


def embedded() -> str:
    """A rule of CSS that holds the font, for pages that stand by themselves."""
    data = files(__name__).joinpath(NAME).read_bytes()
    return _FACE.format(data=base64.b64encode(data).decode("ascii"))
