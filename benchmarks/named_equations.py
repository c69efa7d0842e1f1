"""Write the prior of recommendations from counts over named equations.

``python -m benchmarks.named_equations COUNTS.json -o src/symlaw/knowledge/priors/named_equations.json``

The counts are of operators, of what stands inside what (``"* > x"``, ``"/.1 > *"`` for the second argument
of a quotient, ``"root > +"``), of exponents and of sizes; no formula is in them. Argument places are put
together, as symlaw's priors do not tell them apart.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.knowledge.priors.prior import CONSTANT, ROOT, VARIABLE, Prior

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMES = {"x": VARIABLE, "c": CONSTANT, "root": ROOT}


def prior_of(counts: Mapping[str, Any]) -> Prior:
    """The prior that counts give.

    Examples
    --------
    >>> pairs = {"/.0 > x": 3, "/.1 > x": 2, "root > /": 5}
    >>> prior_of({"parent_child": pairs, "nodes": {"3": 5}, "source": ""}).children
    {'': {'/': 5}, '/': {'variable': 5}}
    """
    children: dict[str, Counter[str]] = {}
    for pair, count in counts["parent_child"].items():
        parent, child = pair.split(" > ")
        parent = parent.partition(".")[0]
        own = children.setdefault(_NAMES.get(parent, parent), Counter())
        own[_NAMES.get(child, child)] += count
    ordered = {parent: dict(sorted(children[parent].items())) for parent in sorted(children)}
    sizes = {size: counts["nodes"][size] for size in sorted(counts["nodes"], key=int)}
    return Prior(ordered, sizes, sum(sizes.values()), {"counted": counts["source"]})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("counts", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    prior_of(json.loads(options.counts.read_text(encoding="utf-8"))).save(options.output)


if __name__ == "__main__":
    main()
