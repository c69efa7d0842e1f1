"""What a report tells besides the front: where the data came from, what was asked and how the search went."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw._version import __version__
from symlaw.data import read_table
from symlaw.errors import DataError, FileUnreadable
from symlaw.report.found import Found, Rows
from symlaw.runs.store import Run
from symlaw.search.archive import Entry
from symlaw.tasks.display.frames import rows_of_output, terms_in
from symlaw.tasks.model.trust import criteria_of
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.selection.finding import words_of
from symlaw.trust.terms import TermFigures, read_terms

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.trust.constants.fit import Sample
    from symlaw.trust.selection.description import Criteria

_BEST_KNOWN = ("seed", "threads", "loss", "units", "target_unit", "constraints", "user_operators", "macros")


@dataclass(frozen=True)
class Account:
    """What is known of a fit.

    Parameters
    ----------
    name
        Of the run; empty for a model.
    reason
        Why the recommended formula is recommended.
    finding
        Whether the law is identified, has rivals, or cannot be learned from the rows; empty where that was
        not asked.
    noise
        What the errors of the recommended formula say; empty where nothing was found out.
    terms
        Figures of its terms, where it is a sum of several.
    settings
        Those that differ from their defaults.
    facts
        Pairs of words: what was used to search.
    reproduction
        Pairs of words: what to repeat it with.
    command
        The command line; empty where Python asked.
    searchers
        Account of each searcher, as the fields of `symlaw.search.loop.accounting.Tally`.
    constraints
        Statements about values.
    verdicts
        What is known of each, for each row of the front; empty without constraints.
    notes, doubts
        Sentences about the data, and about constraints that they contradict.
    n_rows
        Rows searched on.
    criteria
        By what formulas are compared on rows, in least squares.
    source
        Name of the file of the data, without the folders of somebody's machine.
    digest
        `symlaw.data.Table.digest` of the data.
    weighing
        Which column weighs rows, in words.
    """

    name: str
    reason: str
    finding: str
    noise: str
    terms: Sequence[TermFigures]
    proof: str
    settings: Mapping[str, Any]
    facts: Sequence[tuple[str, str]]
    reproduction: Sequence[tuple[str, str]]
    command: str
    searchers: Sequence[Mapping[str, Any]]
    constraints: Sequence[str]
    verdicts: Sequence[Sequence[str]]
    notes: Sequence[str]
    doubts: Sequence[str]
    n_rows: int | None
    criteria: Callable[[Sample], Criteria]
    source: str = ""
    digest: str = ""
    weighing: str = ""


def account_of(source: SymbolicRegressor | Run, found: Found) -> Account:
    """What is known of a fit by its model, of one of its targets where there are several, or its run."""
    return _of_run(source) if isinstance(source, Run) else _of_model(source, found)


def _of_run(run: Run) -> Account:
    header = run.header
    defaults = Settings().record(())
    settings = {
        name: value
        for name, value in header.settings.items()
        if name not in _BEST_KNOWN and value != defaults.get(name)
    }
    facts = [("State", run.state), ("Ended by", run.stopped_by or "")]
    names = {"seconds": "Seconds", "evaluations": "Formulas scored", "epochs": "Epochs"}
    facts += [(said, f"{run.counters[key]:,.10g}") for key, said in names.items() if key in run.counters]
    reproduction = [("Seed", str(header.seed)), ("symlaw", header.symlaw), ("Python", header.python)]
    reproduction += [("Begun", header.created), ("SHA-256 of the data", header.data_digest)]
    verdicts = [[one.words() for one in row.verdicts] for row in run.rows]
    return Account(
        run.id, run.reason, words_of(run.finding), run.noise, read_terms(run.terms), run.proof,
        settings, facts, reproduction, header.command,
        run.searchers, _statements(header.settings.get("constraints")), verdicts, run.notes, run.doubts,
        header.n_rows,
        lambda _: header.criteria, Path(header.source).name, header.data_digest, header.weighing,
    )  # fmt: skip


def _of_model(model: SymbolicRegressor, found: Found) -> Account:
    def of(name: str) -> Any:
        value = getattr(model, name)
        return value if number is None else value[number]

    number = found.output

    defaults = type(model)().get_params()
    given = {name: value for name, value in model.get_params().items() if value is not defaults[name]}
    settings = {
        name: value if isinstance(value, (bool, int, float, str, list, tuple, dict)) else repr(value)
        for name, value in given.items()
        if name not in (*_BEST_KNOWN, "verbose", "callback", "n_jobs", "random_state")
    }
    report = getattr(model, "search_report_", None)
    facts = [("Ended by", str(of("stopped_by_"))), ("Formulas scored", f"{model.n_evaluations_:,}")]
    reproduction = [("random_state", repr(model.random_state)), ("symlaw", __version__)]
    reproduction += [("Python", platform.python_version())]
    front = rows_of_output(model.front_, number)
    report = None if report is None else rows_of_output(report, number)
    finding = of("finding_")
    noise = str(of("noise_") or "") if hasattr(model, "noise_") else ""
    proof = str(of("proof_") or "") if hasattr(model, "proof_") else ""
    terms = terms_in(model, number)
    verdicts = [list(words) for words in front["constraints"]] if "constraints" in front else []
    return Account(
        "", str(of("reason_")), "" if finding is None else finding.sentence, noise, terms, proof,
        settings, facts, reproduction,
        "", [] if report is None else report.to_dict("records"), _statements(model.constraints), verdicts,
        getattr(model, "notes_", ()),
        list(of("doubts_")), None, partial(criteria_of, model),
    )  # fmt: skip


def _statements(given: Any) -> list[str]:
    return [
        f"{one['that']} (weight {one.get('weight')})" if isinstance(one, Mapping) else str(one)
        for one in given or ()
    ]


@dataclass(frozen=True)
class Data:
    """The data of a report.

    Parameters
    ----------
    rows
        As the formulas read them.
    notes
        What was left out, encoded or renamed.
    same
        Whether they are those of the run; None where that cannot be told.
    """

    rows: Rows
    notes: Sequence[str] = field(default_factory=tuple)
    same: bool | None = None


def data_of_run(run: Run, path: Path | None = None, weights: str | None = None) -> Data | None:
    """The rows of a run from a file, by default the one that it was made of; None when that is gone.

    Parameters
    ----------
    run
        The run.
    path
        The file.
    weights
        Column of weights; by default that of the run, which runs of old did not keep.

    Raises
    ------
    FileUnreadable, DataError
        When a file that is named cannot be used.
    """
    header = run.header
    chosen = path or (Path(header.source) if header.source else None)
    if chosen is None or (path is None and not chosen.is_file()):
        return None
    if not chosen.is_file():
        raise FileUnreadable(f"{str(chosen)!r} is no file: name the table of the run with --data")
    reading = header.reading
    table = read_table(
        chosen, target=header.target_name, features=header.feature_names,
        weights=weights or reading.get("weights"), y_std=None if weights else reading.get("y_std"),
        unit_row=reading.get("unit_row", False), encodings=header.encodings or None,
    )  # fmt: skip
    if table.y is None:
        raise DataError(f"{str(chosen)!r} has no column {header.target_name!r}: name the table of the run")
    whole = np.all(np.isfinite(table.X), axis=1) & np.isfinite(table.y)
    if table.weights is not None:
        whole &= table.weights > 0
    own = None if table.weights is None else table.weights[whole]
    used = replace(table, X=table.X[whole], y=table.y[whole], weights=own)
    deviations = None if table.y_std is None else table.y_std[whole]
    rows = Rows(table.X[whole], table.y[whole], tuple(header.feature_names), own, deviations)
    return Data(rows, table.notes, used.digest() == header.data_digest)


def entries_of(found: Found) -> list[Entry]:
    """The front as `symlaw.trust.selection.evidence` takes it."""
    return [Entry(row.expression, row.complexity, row.loss, row.expression) for row in found.rows]
