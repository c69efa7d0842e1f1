"""What a report says of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.report.blocks import Block, Listing, Table, Text
from symlaw.tasks.rules.accounts import rival_lines

if TYPE_CHECKING:
    from symlaw.tasks.rules.estimator import RuleClassifier


def sections_of(model: RuleClassifier, _data: Any) -> list[tuple[str, list[Block]]]:
    """Headings and what stands below them."""
    return [
        ("Rule", [Listing(str(model)), *(Listing(line) for line in _words(model))]),
        ("What is known of it", _known(model)),
        ("Front", _front(model)),
        ("Where it errs", _errors(model)),
        ("Use it", [Text("As SQL:"), Listing(model.export("sql"))]),
    ]


def _words(model: RuleClassifier) -> list[str]:
    said = model.export("words")
    return [said] if said.strip() != str(model).strip() else []


def _known(model: RuleClassifier) -> list[Block]:
    blocks: list[Block] = [Text(f"{line}.") for line in model.status_.splitlines()]
    if model.rivals_:
        blocks += [Text("Rules of the same size that describe these rows as well:")]
        blocks.append(Listing("\n".join(rival_lines(model.rivals_))))
    if model.aside_:
        blocks.append(Text(f"Left aside before the search: {', '.join(model.aside_)}.", quiet=True))
    return blocks


def _errors(model: RuleClassifier) -> list[Block]:
    """Rows by class and by what is said of them, at what cost, and which are wrong."""
    confusion = model._confusion
    labels = [str(label) for label in confusion.labels]
    rows = [(label, *cells) for label, cells in zip(labels, confusion.cells(), strict=True)]
    blocks: list[Block] = [
        Text("Rows given, by class (down) and by what the rule says of them (across)."),
        Table(("", *labels), rows, (False, *(True,) * len(labels))),
    ]
    # the lines of the table are there already
    rest = model.errors_[len(labels) + 2 :]
    return [*blocks, Listing("\n".join(rest))] if rest else blocks


def _front(model: RuleClassifier) -> list[Block]:
    front = model.front_
    several = front["class"].nunique() > 1
    figures = ("literals", "errors", "cost", "left out", "cover", "purity")
    heads = (*(("class",) if several else ()), *figures, "rule")
    rows = [
        (
            *((str(row["class"]),) if several else ()), str(row["literals"]), str(row["errors"]),
            f"{row['cost']:.4g}", _figure(row["cost_left_out"]), _share(row["cover"]), _share(row["purity"]),
            str(row["rule"]),
        )
        for row in front.to_dict("records")
    ]  # fmt: skip
    numbers = (*((False,) if several else ()), *(True,) * 6, False)
    marked = [k for k, one in enumerate(front["recommended"]) if one]
    said = (
        "Cost on the rows given, and on rows left out; cover: share of rows in which the rule holds; purity:"
        " share of these that are of its class."
    )
    return [Table(heads, rows, numbers, marked[0] if len(marked) == 1 else None), Text(said, quiet=True)]


def _figure(value: Any) -> str:
    return "" if value is None or value != value else f"{value:.4g}"


def _share(value: Any) -> str:
    return "" if value is None or value != value else f"{100.0 * value:.1f}%"
