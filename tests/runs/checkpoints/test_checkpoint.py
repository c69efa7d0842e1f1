"""Searches that are written down between two epochs and go on from there as if nothing had happened."""

from __future__ import annotations

import pickle
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw.errors import RunError
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.runs.checkpoints.checkpoint import read_checkpoint, write_checkpoint
from symlaw.runs.checkpoints.codec import CannotStore, Decoder, Encoder
from symlaw.search.archive import Archive
from symlaw.search.decomposition.reductions import Powers
from symlaw.search.evolution.population import Population
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Outcome, Progress, search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers import searcher_classes, stores_of
from symlaw.search.searchers.bank import Bank
from symlaw.search.searchers.decomposition import Decomposition
from symlaw.search.searchers.evolution import Evolution
from symlaw.search.searchers.sparse import Sparse
from symlaw.search.searchers.template import TemplateSearch
from symlaw.search.searchers.tree_search import TreeSearch

SOURCES = Path(__file__).resolve().parents[3] / "src" / "symlaw"


def a_problem(template: str | None = None, loss: str = "squared") -> Problem:
    """Noisy data that no searcher explains at once."""
    from symlaw.engine.losses.table import loss_named

    rng = np.random.Generator(np.random.Philox(3))
    X = rng.uniform(0.5, 2.0, (90, 3))
    y = X[:, 0] * np.exp(-1.3 * X[:, 1]) + np.sin(X[:, 1] - X[:, 2]) + 0.01 * rng.normal(size=90)
    form = None if template is None else template_of(template, ["a", "b", "c"])
    language = Language.of(
        ["a", "b", "c"], ["+", "-", "*", "/", "exp", "sin"], max_complexity=14, template=form
    )
    return make_problem(X, y, language, seed=1, loss=loss_named(loss))


def described(outcome: Outcome) -> list[Any]:
    """A front and counters that are equal only when every bit is."""
    spent = outcome.spent
    numbers = (
        spent.evaluations,
        spent.distinct,
        spent.known,
        spent.skipped,
        spent.fits,
        spent.work,
        spent.epochs,
    )
    front = [(e.complexity, e.loss.hex(), repr(e.expression.nodes), e.source) for e in outcome.front]
    tallies = [(t.searcher, t.asks, t.evaluations, t.accepted, t.remarks) for t in outcome.tallies]
    return [front, numbers, tallies]


SETUPS: dict[str, Any] = {
    "evolution": (lambda: [Evolution(n_islands=2, epoch_work=1e6)], {}),
    "bank": (
        lambda: [
            Sparse(), Bank(max_bytes=2**22, epoch_work=1e6), Evolution(n_islands=2, epoch_work=1e6)
        ], {},
    ),
    "full_bank": (
        lambda: [Bank(max_bytes=2**18, epoch_work=1e6), Evolution(n_islands=2, epoch_work=1e6)], {},
    ),
    "decomposition": (
        lambda: [Decomposition(epoch_work=1e6), Evolution(n_islands=2, epoch_work=1e6)], {},
    ),
    "tree_search": (lambda: [TreeSearch(n_trees=2, max_nodes=2**9, epoch_work=1e6)], {}),
    "template": (lambda: [TemplateSearch(n_islands=2, epoch_work=1e6)], {"template": "f(a, b) + g(b, c)"}),
    "other_loss": (lambda: [Evolution(n_islands=2, epoch_work=1e6)], {"loss": "absolute"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SETUPS)
def test_a_search_goes_on_from_a_checkpoint_bit_for_bit(name: str, tmp_path: Path) -> None:
    members, asked = SETUPS[name]
    path, written = tmp_path / "checkpoint.npz", []

    def listen(progress: Progress) -> None:
        if progress.spent.epochs == 12:
            assert progress.kept is not None
            written.append(write_checkpoint(path, progress.kept()))

    budget = Budget(evaluations=10**9, seconds=None, patience=10**9)
    stop_at = {"epochs": 18}

    class Stop:
        """Set after a number of epochs."""

        def __init__(self) -> None:
            self.epochs = 0

        def is_set(self) -> bool:
            return self.epochs >= stop_at["epochs"]

    def run(**more: Any) -> Outcome:
        stop = Stop()

        def hear(progress: Progress) -> None:
            stop.epochs = progress.spent.epochs
            if not more:
                listen(progress)

        return search(
            a_problem(**asked), budget, searchers=members(), threads=1 + len(more), seed=3, listen=hear,
            stop=stop, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    whole = run()
    assert len(written) == 1
    resumed = run(earlier=read_checkpoint(path).kept(a_problem(**asked)))
    assert described(resumed) == described(whole)


def test_every_searcher_of_the_package_names_what_its_state_is_made_of() -> None:
    assert [name for name, kind in searcher_classes().items() if not getattr(kind, "stores", ())] == []


def coded(value: Any, classes: tuple[type, ...] = (), **given: Any) -> Any:
    """A value written and read."""
    encoder = Encoder(classes, given)
    record = encoder.encode(value)
    arrays = [array.copy() for array in encoder.arrays]
    return Decoder(classes, given, arrays, ()).decode(record)


def test_values_come_back_as_they_were() -> None:
    value = {
        "plain": [None, True, 3, -0.0, float("inf"), "text"],
        ("a", 1): (Fraction(1, 3), np.float64(0.1), np.int64(2**60)),
        2.5: parse("a * sin(b) + 0.1"),
    }
    again = coded(value)
    assert repr(again) == repr(value)
    assert type(again[("a", 1)][1]) is np.float64
    assert again[2.5].nodes == parse("a * sin(b) + 0.1").nodes


def test_sparse_arrays_come_back_whole() -> None:
    table = np.zeros((100, 100), np.uint64)
    table[3, ::7] = 2**63 + 5
    np.testing.assert_array_equal(coded(table), table)


def test_what_is_one_object_stays_one() -> None:
    shared, array = Powers(((0, Fraction(2)),)), np.arange(3.0)
    first, second, others = coded((shared, shared, [array, array]), (Powers,))
    assert first is second
    assert others[0] is others[1]


def test_a_class_that_is_not_listed_is_neither_written_nor_made() -> None:
    with pytest.raises(CannotStore, match="Powers"):
        Encoder((), {}).encode(Powers(()))
    encoder = Encoder((Powers,), {})
    record = encoder.encode(Powers(()))
    with pytest.raises(RunError, match="damaged"):
        Decoder((Population,), {}, encoder.arrays, ()).decode(record)


@pytest.mark.parametrize(
    "record",
    [
        ["record", "os.system", [["x", 1]]],
        ["what", 1],
        ["again", 5],
        ["node", "operator", "nothing"],
        [],
        ["array", 7],
    ],
)
def test_damaged_records_are_refused(record: Any) -> None:
    with pytest.raises((RunError, ValueError)):
        Decoder((), {}, [], ()).decode(record)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A checkpoint of a short search."""
    path = tmp_path / "checkpoint.npz"

    def listen(progress: Progress) -> None:
        if progress.kept is not None and not path.exists():
            write_checkpoint(path, progress.kept())

    members = [Evolution(n_islands=2, epoch_work=1e5)]
    search(a_problem(), Budget(evaluations=8_000), searchers=members, listen=listen)
    assert path.exists()
    return path


def test_reading_unpickles_nothing(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, refuse)
    assert read_checkpoint(written).kept(a_problem()).used["epochs"] > 0
    uses = re.compile(
        r"^\s*(import|from) (pickle|marshal|shelve|dill|cloudpickle|joblib)|allow_pickle=True", re.M
    )
    assert [str(path) for path in (SOURCES / "runs").glob("*.py") if uses.search(path.read_text())] == []


def test_a_pickle_in_its_place_is_refused(written: Path) -> None:
    np.savez(written, head=np.array([{"a": 1}], dtype=object))
    with pytest.raises(RunError, match="is damaged"):
        read_checkpoint(written)


def test_a_cut_checkpoint_is_refused(written: Path) -> None:
    whole = written.read_bytes()
    written.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(RunError, match=r"is damaged: .*resume from the beginning, with --anew"):
        read_checkpoint(written)


def test_another_version_is_refused(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symlaw.runs.checkpoints.checkpoint.__version__", "99.0")
    with pytest.raises(
        RunError, match=r"would go on differently: begin from its front with symlaw fit --from"
    ):
        read_checkpoint(written)
    monkeypatch.setattr("symlaw.runs.checkpoints.checkpoint.VERSION", 99)
    with pytest.raises(RunError, match="has format version 3 and this symlaw reads 99"):
        read_checkpoint(written)


def test_expressions_with_lookups_come_back() -> None:
    from symlaw.language.expression import Variable
    from symlaw.language.user_operators.lookup import lookup

    formula = Expression((Variable("g"), lookup("k", [1.0, 2.0], [0.5, 0.7])))
    again = coded(formula)
    assert again.text() == "k[g]"
    assert again.nodes[1].table == ((1.0, 0.5), (2.0, 0.7))


@pytest.mark.long
def test_a_part_that_is_being_searched_goes_on_the_same() -> None:
    X = np.random.Generator(np.random.Philox(7)).uniform(0.5, 3.0, (100, 3))
    y = np.sin(X[:, 0] - X[:, 1]) * X[:, 2] + X[:, 2] ** 2
    problem = make_problem(X, y, Language.of(["a", "b", "c"]))
    searcher, snapshot = Decomposition(), Archive(30, 0.0, 2**8).snapshot()
    state = searcher.start(problem, 0)
    while not any(task.search for task in state.tasks):
        searcher.ask(state, problem, snapshot, 2_000, map)
    other = coded(state, stores_of(["decomposition"])["decomposition"], language=problem.language)
    for _ in range(3):
        mine = searcher.ask(state, problem, snapshot, 2_000, map)
        theirs = searcher.ask(other, problem, snapshot, 2_000, map)
        assert [f.text() for f in mine.formulas] == [f.text() for f in theirs.formulas]
        assert mine.counters == theirs.counters
