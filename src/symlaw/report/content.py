"""What a report says, section by section."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw._version import __version__
from symlaw.errors import SymlawError
from symlaw.report.accounts import Account, Data, entries_of
from symlaw.report.blocks import Block, Cell, Law, Listing, Pairs, Report, Section, Table, Text
from symlaw.report.found import Found, sure_of
from symlaw.report.plots.pictures import pictures_of_fit, pictures_of_front, pictures_of_search
from symlaw.tasks.display.fronts import FrontSummary
from symlaw.trust.constants.figures import ANEW, figures_of, is_anew
from symlaw.trust.constants.snapping import snapped
from symlaw.trust.constants.uncertainty import weighed
from symlaw.trust.selection.evidence import Evidence, evidence
from symlaw.trust.terms import table_of_terms

if TYPE_CHECKING:
    from symlaw.runs.store import Run
    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.trust.constants.snapping import Snapped
    from symlaw.trust.constants.uncertainty import Uncertainty

RECORD_VERSION = 1
DIGITS = 6
_NO_DATA = (
    "The data were not at hand when this report was written: it tells no standard errors, no evidence and"
    " shows no fit."
)
_CHOSEN = (
    "Intervals are those of a given formula; one that a search chose holds the truth somewhat less often."
)
_LEGEND = (
    "Length: nats for formula and data together; gap: what a row saves over the one before; CV loss: on folds"
    " that the constants were not fitted to; stable: share of tables of rows drawn again for which the row is"
    " recommended."
)
_COLUMNS_SHOWN = 60


@dataclass(frozen=True)
class Subject:
    """All that a report is about.

    Parameters
    ----------
    source
        The model or the run.
    found
        Its front.
    account
        Where that came from.
    data
        The rows, or None where they are not at hand.
    output
        Number of the target, where a model has several.
    """

    source: SymbolicRegressor | Run
    found: Found
    account: Account
    data: Data | None
    output: int | str | None = None

    @cached_property
    def sure(self) -> Uncertainty | str:
        """What the data say about the recommended formula's constants, or why they say nothing."""
        if self.data is None:
            return _NO_DATA
        try:
            return sure_of(self.found, self.found.expression, self.data.rows)
        except SymlawError as error:
            return f"There are no standard errors: {error}."

    @cached_property
    def exact(self) -> Snapped | None:
        """The formula with constants exact, where the data allow it."""
        if isinstance(self.sure, str):
            return None
        return snapped(self.sure.fit)

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """What speaks for each row; nothing without data or least squares."""
        if self.data is None or isinstance(self.sure, str) or not self.found.loss.shares_variance:
            return ()
        rows, account = self.data.rows, self.account
        weights = None if rows.y_std is not None else rows.weights
        sample = weighed(rows.X, rows.y, rows.names, weights, rows.y_std)
        entries = entries_of(self.found)
        return evidence(entries, sample, account.criteria(sample))


def report_of(subject: Subject) -> Report:
    """The whole report."""
    found, account = subject.found, subject.account
    sections = [
        Section("Formula", _law(subject)),
        Section("Why this one", _why(subject)),
        Section("Front", _front(subject)),
        Section("Fit", _fit(subject)),
        Section("Question", _question(subject)),
        Section("Data", _data(subject)),
        Section("Search", _search(subject)),
        Section("How to repeat it", _repeat(subject)),
    ]
    subtitle = f"Run {account.name}" if account.name else "A fitted model"
    rows = f", {account.n_rows:,} rows" if account.n_rows else ""
    return Report(
        f"A formula for {found.target}", f"{subtitle}{rows}; symlaw {__version__}",
        [one for one in sections if one.blocks], _record(subject),
    )  # fmt: skip


def _law(subject: Subject) -> list[Block]:
    found, sure = subject.found, subject.sure
    blocks: list[Block] = [Law(found.target, found.expression), Listing(found.expression.shown(DIGITS))]
    named = found.expression.named_constants
    if named:
        blocks.append(
            Text("With " + ", ".join(f"{name} = {value:.10g}" for name, value in named.items()) + ".")
        )
    unused = [name for name in found.names if name not in found.expression.variables]
    if unused:
        blocks.append(Text(f"It does not use {', '.join(unused[:_COLUMNS_SHOWN])}."))
    if isinstance(sure, str):
        return [*blocks, Text(sure, quiet=True)]
    if sure.names:
        heads = ("constant", "estimate", "standard error", f"{100 * sure.level:g}% from", "to")
        rows = [tuple(row) for row in figures_of(sure, labels=found.group_labels)]
        blocks += [Table(heads, rows, (False, True, True, True, True)), Text(_CHOSEN, quiet=True)]
        if is_anew(sure, found.expression):
            blocks.append(Text(ANEW, quiet=True))
        blocks += [Text(f"{a} and {b} go together: correlation {r:.3f}.") for a, b, r in sure.entangled()]
    return blocks + _exact(subject.exact, found.target)


def _exact(exact: Snapped | None, target: str) -> list[Block]:
    if exact is None:
        return []
    said = "; ".join(f"{one}, odds {one.odds:.3g} to 1" for one in exact.replaced)
    return [Text(f"Exact as far as the data tell: {said}."), Law(target, exact.expression)]


def _why(subject: Subject) -> list[Block]:
    found, account = subject.found, subject.account
    summary = FrontSummary(
        found.target, found.rows, found.recommended, account.reason, account.finding, account.noise,
        proof=account.proof,
    )  # fmt: skip
    blocks: list[Block] = [Text(sentence) for sentence in (*summary.why(), *summary.remarks())]
    if account.terms:
        heads, *cells = table_of_terms(account.terms)
        blocks.append(Table(heads, cells, (True, True, True, False)))
    other = _runner_up(subject)
    if other is not None:
        row = found.rows[other]
        blocks += [Text(f"{_compared(subject, other)}:"), Law(found.target, row.expression)]
    if not subject.evidence:
        return blocks
    heads = ("complexity", "loss", "length", "gap", "BIC", "AIC", "CV loss", "stable")
    cells = [
        (
            f"{row.complexity:g}", f"{row.loss:.3g}", f"{row.description_length:.1f}",
            "" if math.isnan(row.gap) else f"{row.gap:.1f}", f"{row.bic:.1f}", f"{row.aic:.1f}",
            f"{row.cv_loss:.3g}", f"{100 * row.stability:.0f}%",
        )
        for row in subject.evidence
    ]  # fmt: skip
    return [*blocks, Table(heads, cells, (True,) * 8, found.recommended), Text(_LEGEND, quiet=True)]


def _runner_up(subject: Subject) -> int | None:
    """The row with the next best description, or the next simpler one where there is no evidence."""
    place, rows = subject.found.recommended, subject.found.rows
    if subject.evidence:
        others = [k for k in range(len(rows)) if k != place]
        lengths = [row.description_length for row in subject.evidence]
        return min(others, key=lambda k: lengths[k], default=None)
    return place - 1 if place else (1 if len(rows) > 1 else None)


def _compared(subject: Subject, other: int) -> str:
    found = subject.found
    ratio = found.rows[other].loss / max(found.rows[found.recommended].loss, 1e-300)
    size = f"of complexity {found.rows[other].complexity:g}, with {ratio:.3g} times the loss"
    if not subject.evidence:
        return f"The formula next to it on the front is {size}"
    longer = (
        subject.evidence[other].description_length - subject.evidence[found.recommended].description_length
    )
    return f"The runner-up by description length, {longer:+.1f} nats, is {size}"


def _front(subject: Subject) -> list[Block]:
    found = subject.found
    scored = all(row.objective is not None for row in found.rows)
    heads = ["complexity", *(["objective"] if scored else []), "loss", f"formula for {found.target}"]
    rows: list[list[Cell]] = [
        [
            f"{row.complexity:g}",
            *([f"{row.objective:.6g}"] if scored else []),
            f"{row.loss:.3e}",
            row.expression,
        ]
        for row in found.rows
    ]
    numbers = [True] * (len(heads) - 1) + [False]
    if found.loss.shares_variance:
        said = "The loss is the share of the target's variance that a formula leaves."
    else:
        said = f"The loss is {found.loss.name}, over the best constant's."
    blocks: list[Block] = [Table(heads, rows, numbers, found.recommended), Text(said, quiet=True)]
    return blocks + pictures_of_front(found)


def _fit(subject: Subject) -> list[Block]:
    if subject.data is None:
        return [Text(_NO_DATA)]
    return pictures_of_fit(subject.found, subject.data.rows)


def _question(subject: Subject) -> list[Block]:
    found, account = subject.found, subject.account
    columns = ", ".join(map(found.label, found.names[:_COLUMNS_SHOWN]))
    more = len(found.names) - _COLUMNS_SHOWN
    pairs = [
        ("Target", found.label(found.target)),
        ("Columns", columns + (f" and {more} more" if more > 0 else "")),
        ("Groups", found.groups or ""), ("Weights", account.weighing), ("Loss", found.loss.name),
        ("Data", account.source),
        ("Rows", "" if account.n_rows is None else f"{account.n_rows:,}"), ("SHA-256", account.digest),
    ]  # fmt: skip
    pairs += [("Constraint", one) for one in account.constraints]
    blocks: list[Block] = [Pairs([(name, text) for name, text in pairs if text])]
    if account.verdicts and account.verdicts[found.recommended]:
        blocks.append(Text(f"Of the recommended formula: {'; '.join(account.verdicts[found.recommended])}."))
    return blocks + [Text(f"But {doubt}.") for doubt in account.doubts]


def _data(subject: Subject) -> list[Block]:
    data, found = subject.data, subject.found
    notes: list[Block] = [Text(note) for note in subject.account.notes]
    if data is None:
        return [Text(_NO_DATA), *notes]
    heads = ("column", "least", "median", "most", "distinct")
    columns = [(found.target, data.rows.y), *((name, data.rows.column(name)) for name in found.names)]
    rows = [
        (
            found.label(name),
            *(f"{one:.6g}" for one in (own.min(), np.median(own), own.max())),
            str(len(np.unique(own))),
        )
        for name, own in columns[:_COLUMNS_SHOWN]
    ]
    said = {
        None: f"{len(data.rows.y):,} rows.",
        True: f"{len(data.rows.y):,} rows, those of the run: their digest agrees.",
        False: f"{len(data.rows.y):,} rows, whose digest is not that of the run: they are others, or the run"
        " had weights and --weights did not name them.",
    }[data.same]
    own_notes: list[Block] = [Text(note) for note in data.notes if note not in subject.account.notes]
    return [Text(said), Table(heads, rows, (False, True, True, True, True)), *notes, *own_notes]


def _search(subject: Subject) -> list[Block]:
    account = subject.account
    blocks: list[Block] = [Pairs([(name, text) for name, text in account.facts if text])]
    took_part = [one for one in account.searchers if not one.get("aside")]
    if took_part:
        heads = ("searcher", "scored", "brought", "accepted", "on front", "seconds")
        counts = ("evaluations", "proposed", "accepted", "on_front")
        rows = [
            (str(one["searcher"]), *(f"{one[name]:,}" for name in counts), f"{one['seconds']:.1f}")
            for one in took_part
        ]
        blocks.append(Table(heads, rows, (False, True, True, True, True, True)))
    aside = [
        f"{one['searcher']} stood aside: {one['aside']}." for one in account.searchers if one.get("aside")
    ]
    blocks += [Text(sentence, quiet=True) for sentence in aside]
    return blocks + pictures_of_search(subject.source, subject.output)


def _repeat(subject: Subject) -> list[Block]:
    account = subject.account
    blocks: list[Block] = [Listing(account.command)] if account.command else []
    settings = [(name, _words(value)) for name, value in sorted(account.settings.items())]
    blocks.append(Pairs(list(account.reproduction)))
    if settings:
        blocks += [Text("Settings that are not the default:"), Pairs(settings)]
    said = (
        "With a budget of evaluations, not of time, the seed gives the same front at any number of threads."
    )
    return [*blocks, Text(said, quiet=True)]


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _record(subject: Subject) -> dict[str, Any]:
    found, account, sure = subject.found, subject.account, subject.sure
    front = [
        {
            "equation": row.expression.text(), "complexity": row.complexity, "loss": row.loss,
            "objective": row.objective, "latex": row.expression.latex(DIGITS),
            "expression": json.loads(row.expression.to_json()),
        }
        for row in found.rows
    ]  # fmt: skip
    constants = [] if isinstance(sure, str) else sure.frame().reset_index().to_dict("records")
    summary = [
        {name: value for name, value in vars(row).items() if name != "expression"} for row in subject.evidence
    ]
    return {
        "symlaw_report": RECORD_VERSION, "symlaw": __version__, "run": account.name,
        "target": found.target, "columns": list(found.names), "units": dict(found.units),
        "source": account.source, "data_digest": account.digest, "n_rows": account.n_rows,
        "loss": found.loss.name, "recommended": found.recommended, "reason": account.reason,
        "finding": account.finding, "front": front,
        "constants": constants, "evidence": summary,
        "exact": None if subject.exact is None else subject.exact.expression.text(),
        "command": account.command, "reproduction": dict(account.reproduction),
    }  # fmt: skip
