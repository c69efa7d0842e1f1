"""What a run holds: its header, its formulas and its result, each to and from plain JSON values."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from symlaw._version import __version__
from symlaw.engine.losses.table import Loss, loss_named
from symlaw.engine.losses.user_rows import restored_loss
from symlaw.errors import RunError, SymlawError
from symlaw.knowledge.priors.expected import expected
from symlaw.knowledge.priors.prior import preference_from
from symlaw.knowledge.statements.shape import Verdict
from symlaw.language.expression import Expression
from symlaw.runs.files import number
from symlaw.runs.process import this_process
from symlaw.trust.selection.description import Criteria, floor_of, searched_under

VERSION = 1


def weighing_in_words(reading: Mapping[str, Any]) -> str:
    """Which column weighs rows, by how a table was read; empty where none does."""
    if reading.get("y_std"):
        return f"error bars in {reading['y_std']}"
    return f"weighed by {reading['weights']}" if reading.get("weights") else ""


HEADER_KEY = "symlaw_run"
RESULT_KEY = "symlaw_result"
HEADER_FILE, JOURNAL_FILE, RESULT_FILE = "run.json", "journal.jsonl", "result.json"
# In a header's file, once the run has ended: how, in a few figures for lists of runs.
OUTCOME = "outcome"
# In a header's file, where the question is not one about a table of numbers: its name.
TASK = "task"
_FIGURES = ("complexity", "loss", "r2", "rmse", "mae", "max_error")


def _now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True)
class Header:
    """What was asked, of which data, by which process.

    Parameters
    ----------
    settings
        The task's settings as plain data.
    seed
        Seed of every random stream.
    feature_names, target_name
        Columns.
    n_rows
        Rows searched on.
    target_scale
        Standard deviation of the target (weighted, where weights were given), in its unit.
    data_digest
        `symlaw.data.Table.digest` of the data.
    source
        Path of the data, or "" when they came from memory.
    encodings
        How the features were made of the columns.
    command
        The command line, or "" when Python asked.
    null_deviance
        Mean cost of the best constant, as `symlaw.engine.losses.table.Loss.null_deviance` gives it.
    reading
        Options by which `symlaw.data.read_table` made the table of the source.
    guesses
        Formulas to begin with that the settings do not name, as the plain values of their JSON.
    parent
        Id of the run whose front they are, or "".
    step
        Step of the target's numbers in its unit, 0.01 where they have two decimals; 0 where there is none.
    """

    settings: Mapping[str, Any]
    seed: int
    feature_names: tuple[str, ...]
    target_name: str
    n_rows: int
    target_scale: float
    data_digest: str
    source: str = ""
    encodings: Mapping[str, Any] = field(default_factory=dict)
    command: str = ""
    null_deviance: float = 1.0
    reading: Mapping[str, Any] = field(default_factory=dict)
    guesses: tuple[Mapping[str, Any], ...] = ()
    parent: str = ""
    step: float = 0.0
    created: str = field(default_factory=_now)
    symlaw: str = __version__
    python: str = platform.python_version()
    process: Mapping[str, Any] = field(default_factory=this_process)

    @property
    def weighing(self) -> str:
        """How rows were weighed, in words; empty where all counted alike or that is not known."""
        return weighing_in_words(self.reading)

    @property
    def group_labels(self) -> list[str] | None:
        """What the groups of rows are called, by number; None without groups or where these are numbers."""
        groups, recipes = self.settings.get("groups"), self.encodings.get("features", ())
        return next((recipe.get("known") for recipe in recipes if recipe["name"] == groups), None)

    @property
    def loss(self) -> Loss:
        """What is made small; raises `InvalidSetting` when this version knows no such loss."""
        users = self.settings.get("user_loss")
        return loss_named(self.settings.get("loss", "squared")) if users is None else restored_loss(users)

    @property
    def objective_name(self) -> str | None:
        """Name of the user's objective, if there was one."""
        score = self.settings.get("score")
        return None if score is None else str(score["name"])

    @property
    def criteria(self) -> Criteria:
        """By what formulas of the run are compared."""
        settings = self.settings
        operators = settings.get("operators", ())
        preference = preference_from(settings.get("operator_weights"), settings.get("prior"), operators)
        n_variables = len(self.feature_names) + len(settings.get("named_constants") or ())
        form = expected(operators, n_variables, preference)
        floor = floor_of(self.step, self.target_scale)
        coder, searched = self.loss.coder(self.null_deviance), searched_under(self.loss)
        return Criteria(self.n_rows, form, coder, floor, searched)

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {HEADER_KEY: VERSION, **asdict(self)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Header:
        """Read what `to_record` gave; raises `RunError` when something is missing."""
        known = {field.name for field in fields(cls)}
        values = {key: value for key, value in record.items() if key in known}
        try:
            lists = {name: tuple(values.get(name, ())) for name in ("feature_names", "guesses")}
            return cls(**{**values, **lists})
        except (KeyError, TypeError) as error:
            raise RunError(f"the header of the run is damaged: {error}") from None


@dataclass(frozen=True)
class Formula:
    """One formula of a run's front with its figures.

    Parameters
    ----------
    expression
        The formula in the user's units.
    complexity, loss, r2, rmse
        As in `symlaw.tasks.regression.fit.Row`; r2 and rmse are None until the run has finished where they
        do not follow from the loss.
    mae, max_error
        None until the run has finished.
    verdicts
        What is known of each statement about values; nothing until the run has finished.
    objective
        Value of the user's objective, if there was one.
    """

    expression: Expression
    complexity: float
    loss: float
    r2: float | None
    rmse: float | None
    mae: float | None = None
    max_error: float | None = None
    verdicts: tuple[Verdict, ...] = ()
    objective: float | None = None

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        figures = {name: getattr(self, name) for name in _FIGURES}
        shown: dict[str, Any] = {
            name: None if value is None else number(value) for name, value in figures.items()
        }
        if self.objective is not None:
            shown["objective"] = number(self.objective)
        if self.verdicts:
            shown["constraints"] = [verdict.to_record() for verdict in self.verdicts]
        return {**shown, "expression": json.loads(self.expression.to_json())}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Formula:
        """Read what `to_record` gave; raises `RunError` when it is not that."""
        try:
            figures = {name: record[name] for name in _FIGURES}
            numbers = {name: None if value is None else float(value) for name, value in figures.items()}
            verdicts = tuple(Verdict.from_record(one) for one in record.get("constraints", ()))
            told = record.get("objective")
            objective = None if told is None else float(told)
            expression = read_expression(record["expression"])
            return cls(expression, **numbers, verdicts=verdicts, objective=objective)  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            if isinstance(error, SymlawError):
                raise
            raise RunError(f"a formula of the run is damaged: {error}") from None


def read_expression(record: Any) -> Expression:
    """An expression from the plain values of its JSON."""
    return Expression.from_json(json.dumps(record))


@dataclass(frozen=True)
class Result:
    """How a run ended.

    Parameters
    ----------
    rows
        The front, by rising complexity.
    recommended
        Which row is recommended.
    reason
        Why, in one sentence.
    stopped_by
        What ended the search.
    counters
        What it used: seconds, evaluations and so on.
    searchers
        The account of each searcher, as the fields of `symlaw.search.loop.accounting.Tally`.
    doubts
        Statements about values that the data contradict, each in a sentence.
    finding
        Whether the law is identified, has rivals or cannot be learned, as
        `symlaw.trust.selection.finding.Finding` records it; empty where that is not asked.
    noise
        What the errors of the recommended formula say about the noise; runs of old did not keep it.
    terms
        Its terms, as `symlaw.trust.terms.TermFigures` records them; likewise.
    proof
        What is proved of short formulas beside it; likewise.
    """

    rows: tuple[Formula, ...]
    recommended: int
    reason: str
    stopped_by: str
    counters: Mapping[str, float]
    searchers: tuple[Mapping[str, Any], ...] = ()
    doubts: tuple[str, ...] = ()
    finding: Mapping[str, Any] = field(default_factory=dict)
    noise: str = ""
    terms: tuple[Mapping[str, Any], ...] = ()
    proof: str = ""

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            RESULT_KEY: VERSION,
            "rows": [row.to_record() for row in self.rows],
            "recommended": self.recommended,
            "reason": self.reason,
            "stopped_by": self.stopped_by,
            "counters": dict(self.counters),
            "searchers": [dict(account) for account in self.searchers],
            "doubts": list(self.doubts),
            "finding": dict(self.finding),
            "noise": self.noise,
            "terms": [dict(term) for term in self.terms],
            "proof": self.proof,
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Result:
        """Read what `to_record` gave; raises `RunError` when it is not that."""
        try:
            rows = tuple(Formula.from_record(row) for row in record["rows"])
            place = int(record["recommended"])
            if not 0 <= place < len(rows):
                raise RunError(f"the result of the run is damaged: it recommends row {place} of {len(rows)}")
            accounts = tuple(record.get("searchers", ()))
            doubts = tuple(str(doubt) for doubt in record.get("doubts", ()))
            finding = dict(record.get("finding", {}))
            return cls(
                rows, place, record["reason"], record["stopped_by"], record["counters"], accounts, doubts,
                finding, str(record.get("noise", "")), tuple(record.get("terms", ())),
                str(record.get("proof", "")),
            )  # fmt: skip
        except (KeyError, TypeError) as error:
            raise RunError(f"the result of the run is damaged: {error}") from None
