"""Tree search: what a tree holds, how it is kept small, what policies say, what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.language.macros import Macro
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.mcts.alphabet import Alphabet, alphabet_of, context_of
from symlaw.search.mcts.nodes import Choice
from symlaw.search.mcts.policies import Counts, Standing, Uniform, probabilities, symbols_of
from symlaw.search.mcts.pruning import give_up, make_room
from symlaw.search.mcts.selection import back_up, select
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.tree_search import TreeSearch, TreeState
from symlaw.testing.searchers import Rehearsal

from ..conftest import law_problem

SMALL = TreeSearch(n_trees=1, batch=16, epoch_work=2e6)


def grown(searcher: TreeSearch = SMALL, epochs: int = 3) -> TreeState:
    """A state after some epochs."""
    rehearsal = Rehearsal(searcher)
    for _ in range(epochs):
        rehearsal.ask(1000)
    state: TreeState = rehearsal.state
    return state


def written(state: TreeState, node: int) -> list[int]:
    """The symbols of a node's beginning, the root first."""
    tree, symbols = state.trees[0], []
    while node > 0:
        symbols.append(int(tree.symbol[node]))
        node = int(tree.parent[node])
    return symbols[::-1]


def symbol(alphabet: Alphabet, language: Language, text: str) -> int:
    """Number of a variable or an operator among the symbols."""
    n_leaves = int(np.sum(alphabet.arity == 0))
    if text in language.variables:
        return n_leaves - len(language.variables) + language.variables.index(text)
    return n_leaves + [row.name for row in language.operators].index(text)


def made(language: Language, texts: Sequence[str]) -> list[NDArray[np.int64]]:
    """Formulas as symbols."""
    from symlaw.engine.tape import to_tape

    alphabet, found = alphabet_of(language), []
    for text in texts:
        tape = to_tape([parse(text)], language.operators, language.variables)
        found.append(symbols_of(tape.codes, tape.columns, alphabet))
    return found


def test_finds_a_law() -> None:
    outcome = search(law_problem(), Budget(evaluations=60_000), searchers=[TreeSearch()], seed=1)
    assert outcome.front[-1].loss < 1e-20


def test_the_front_does_not_depend_on_the_number_of_threads() -> None:
    fronts = []
    for threads in (1, 3):
        outcome = search(
            law_problem(), Budget(evaluations=4_000), searchers=[TreeSearch()], threads=threads, seed=3
        )
        fronts.append([(entry.expression.text(), entry.loss) for entry in outcome.front])
    assert fronts[0] == fronts[1]


def test_a_small_language_is_exhausted() -> None:
    x = np.linspace(0.5, 2.0, 20)
    problem = make_problem(
        x[:, None], np.log(x), Language.of(["x"], ["+", "sqrt"], constants=False, max_complexity=4), seed=0
    )
    outcome = search(problem, Budget(evaluations=100_000), searchers=[SMALL])
    assert outcome.stopped_by == "no formula was left that had not been tried"
    assert outcome.spent.evaluations < 100


def test_trees_that_begin_anew_exhaust_a_small_language_too() -> None:
    x = np.linspace(0.5, 2.0, 80).reshape(20, 4)
    language = Language.of(["a", "b", "c", "d"], ["log"], constants=False, max_complexity=1)
    outcome = search(
        make_problem(x, np.cos(9 * x[:, 0]), language, seed=0),
        Budget(evaluations=100_000), searchers=[TreeSearch(n_trees=2, epoch_work=1e5)],
    )  # fmt: skip
    assert outcome.stopped_by == "no formula was left that had not been tried"
    assert outcome.spent.epochs < 100


def test_no_two_nodes_amount_to_the_same() -> None:
    tree = grown().trees[0]
    keys = tree.key[1 : tree.count[0]]
    assert len(np.unique(keys)) == len(keys)


def test_beginnings_whose_finished_parts_behave_alike_are_one_node() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    X = rng.uniform(0.5, 2.0, (40, 1))
    language = Language.of(["x"], ["*", "square", "-"], constants=False, max_complexity=6)
    problem = make_problem(X, np.cos(3 * X[:, 0]), language)
    outcome = search(problem, Budget(evaluations=3_000), searchers=[SMALL])
    state, alphabet = outcome.states["tree_search"], alphabet_of(language)
    minus, x = (symbol(alphabet, language, text) for text in ("-", "x"))
    times, square = (symbol(alphabet, language, text) for text in ("*", "square"))
    beginnings = [written(state, node) for node in range(state.trees[0].count[0])]
    assert [minus, square, x] in beginnings
    assert [minus, times, x, x] not in beginnings


def test_a_batch_looks_in_several_places() -> None:
    state = grown(epochs=4)
    tree, batch, ground = state.trees[0], state.batches[0], state.grounds[0]
    odds = probabilities(Uniform(), ground.alphabet, [])
    assert select(tree, odds, Choice(0.5, 0.7, 4), ground, batch) == 16
    leaves = {int(batch.path[k, batch.length[k] - 1]) for k in range(16)}
    assert len(leaves) > 3
    back_up(tree, batch, np.zeros(16), 0)
    assert not tree.pending.any()


def test_what_is_far_behind_is_given_up() -> None:
    tree = grown().trees[0]
    node = int(np.flatnonzero(tree.closed[: tree.count[0]] == 0)[-1])
    tree.visits[node], tree.best[node], tree.best[0] = 50, 0.2, 0.9
    assert give_up(tree, 0.5, 40) >= 1
    assert tree.closed[node] == 1


def test_a_full_tree_makes_room_and_goes_on() -> None:
    rehearsal = Rehearsal(TreeSearch(n_trees=1, max_nodes=64, batch=16, ripe=1))
    for _ in range(5):
        assert rehearsal.ask(400).counters["evaluations"] > 0
    tree = rehearsal.state.trees[0]
    make_room(tree, np.zeros(64, np.int64))
    count = int(tree.count[0])
    assert 1 <= count <= 32
    assert (tree.parent[1:count] < np.arange(1, count)).all()
    assert (tree.child[:count] < count).all()


def test_counts_prefer_what_good_formulas_have() -> None:
    language = Language.of(["a", "b"], ["+", "exp", "sqrt"])
    alphabet = alphabet_of(language)
    odds = Counts().odds(alphabet, made(language, ["exp(a) + b", "exp(sqrt(a))"]))
    exp, root, a, b = (symbol(alphabet, language, text) for text in ("exp", "sqrt", "a", "b"))
    below_exp = odds[context_of(exp, 0)]
    assert below_exp[a] > below_exp[b]
    assert below_exp[root] > below_exp[exp]
    assert odds[0, exp] > odds[0, root]
    np.testing.assert_allclose(odds.sum(axis=1), 1.0)


def test_arguments_of_a_sum_are_counted_in_both_places() -> None:
    language = Language.of(["a", "b"], ["+", "-"])
    alphabet = alphabet_of(language)
    odds = Counts().odds(alphabet, made(language, ["a + b"]))
    plus = symbol(alphabet, language, "+")
    np.testing.assert_array_equal(odds[context_of(plus, 0)], odds[context_of(plus, 1)])


def test_no_constant_stands_where_it_would_be_all_there_is() -> None:
    alphabet = alphabet_of(Language.of(["a"], ["+", "exp"]))
    table = probabilities(Uniform(), alphabet, [])
    exp = int(np.flatnonzero(alphabet.arity == 1)[0])
    assert table[0, 0] == 0.0
    assert table[context_of(exp, 0), 0] == 0.0
    assert table[context_of(int(np.flatnonzero(alphabet.arity == 2)[0]), 0), 0] > 0.0


def test_what_is_good_for_its_size_is_rewarded() -> None:
    limits = np.array([np.inf, 0.5, 0.5, 0.1, 0.1, 0.001])
    loss, complexity = np.array([0.0, 0.1, 0.1, 0.5, np.inf]), np.array([5.0, 3.0, 5.0, 5.0, 5.0])
    rewards = Standing().rewards(loss, complexity, limits)
    assert rewards[0] > rewards[1] > rewards[2] > rewards[3] > rewards[4] == 0.0


@dataclass(frozen=True)
class NoExponentials:
    """A policy of a user."""

    language: Language

    def odds(self, alphabet: Alphabet, examples: Sequence[NDArray[np.int64]]) -> NDArray[np.float64]:
        """Anything but one operator."""
        odds = np.ones((alphabet.n_contexts, len(alphabet.codes)))
        odds[:, symbol(alphabet, self.language, "exp")] = 0.0
        return odds


def test_a_policy_of_ones_own_is_followed(problem: Problem) -> None:
    searcher = TreeSearch(policy=NoExponentials(problem.language), variations=0)
    front = search(problem, Budget(evaluations=3_000), searchers=[searcher]).front
    assert len(front) > 3
    assert not any("exp" in entry.expression.text() for entry in front)


@pytest.mark.parametrize("definition", ["exp(-x**2)", "sqrt(x**2 + y**2)"])
def test_macros_are_symbols_and_formulas_show_them_written_out(definition: str) -> None:
    rng = np.random.Generator(np.random.Philox(3))
    X = rng.uniform(0.5, 2.0, (60, 2))
    operators = ["+", "-", "*", "sqrt", "square", "exp", "neg"]
    language = Language.of(["a", "b"], operators, max_complexity=16, macros=[Macro("m", definition)])
    y = 1.0 + X[:, 0] * (np.exp(-(X[:, 1] ** 2)) if "exp" in definition else np.hypot(X[:, 0], X[:, 1]))
    problem = make_problem(X, y, language)
    best = search(problem, Budget(evaluations=5_000), searchers=[TreeSearch()], seed=2).front[-1]
    assert best.loss < 1e-20
    assert best.complexity == language.complexity(best.expression)
    assert "m(" not in best.expression.text()


@pytest.mark.long_but("<lambda>1")
@pytest.mark.parametrize(
    "law",
    [
        lambda a, b, c: c * np.exp(-(a**2) / b),
        lambda a, b, c: a * b / (c + a),
        lambda a, b, c: a * np.sin(b * c),
    ],
)
def test_simple_laws_are_found_by_tree_search_alone(law) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 3.0, (300, 3))
    model = SymbolicRegressor(
        searchers=["tree_search"],
        max_evaluations=400_000,
        time_budget=None,
        target_loss=1e-20,
        random_state=1,
    ).fit(X, law(*X.T))
    assert model.front_["loss"].min() < 1e-20
