"""Reading tables: files, data frames and arrays become one `Table` of numbers, with notes on what was done.

Importing this package loads NumPy and nothing heavier; pyarrow is loaded by the first call that needs it.
"""

from __future__ import annotations

from symlaw.data.reading import read_table
from symlaw.data.table import Table

__all__ = ["Table", "read_table"]
