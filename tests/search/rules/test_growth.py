"""Growing rules: what is foretold of a change is what the changed rule gains."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symlaw.search.rules.bank.deciding import bettered, table_of
from symlaw.search.rules.growth import Ground, additions, exchanges, grow
from symlaw.search.rules.preparing import Data, Plan, prepare
from symlaw.search.rules.search import search
from symlaw.search.rules.tree import Node, Tree, factored, size, value

TREES: list[Tree] = [
    0,
    Node(1, (0, 3)),
    Node(2, (0, 3)),
    Node(2, (0, 3, 5)),
    Node(0, (1, 4)),
    Node(1, (Node(2, (0, 4)), 6)),
    Node(2, (Node(1, (0, 4)), Node(0, (6, 9)))),
    Node(2, (Node(2, (0, 4, 8)), Node(1, (2, 6)), 10)),
]


def data(weights: bool = False, n: int = 200, columns: int = 6) -> Data:
    """Boolean columns and a target that has nothing to do with them."""
    rng = np.random.default_rng(3)
    table = {f"x{k}": rng.integers(0, 2, n).astype(float) for k in range(columns)}
    counted = rng.integers(1, 4, n).astype(float) if weights else np.ones(n)
    return Data(table, rng.random(n) < 0.4, counted, np.ones(n))


def ground(weights: bool = False) -> Ground:
    return prepare(data(weights), Plan()).ground


@pytest.mark.parametrize("weights", [False, True])
@pytest.mark.parametrize("tree", TREES, ids=str)
def test_gains_of_changes_are_those_of_the_changed_trees(tree: Tree, weights: bool) -> None:
    own = ground(weights)
    base = own.weight(value(tree, own.words))
    checked = 0
    for change in [*additions(own, tree, base), *exchanges(own, tree, base)]:
        for literal in range(len(own.trees)):
            changed = change.write(own.trees[literal])
            if changed is not None:
                assert own.weight(value(changed, own.words)) == pytest.approx(change.gains[literal], abs=1e-9)
                checked += 1
    assert checked > len(own.trees)


def test_factoring_keeps_truths_and_never_makes_a_tree_larger() -> None:
    own, rng = ground(), np.random.default_rng(7)
    smaller = 0
    for _ in range(60):
        terms = tuple(Node(3, tuple(sorted(rng.choice(12, 3, replace=False).tolist()))) for _ in range(4))
        if len(set(terms)) < 4:
            continue
        for tree in (Node(1, terms), Node(4, tuple(Node(1, term.parts) for term in terms))):
            less = factored(tree)
            assert np.array_equal(value(less, own.words), value(tree, own.words))
            assert size(less, own.costs) <= size(tree, own.costs)
            smaller += size(less, own.costs) < size(tree, own.costs)
    assert smaller > 20


def test_a_proof_is_the_best_of_all_rules_of_three_literals() -> None:
    own = ground()
    n, target = len(own.costs), own.planes
    best = max(0.0, own.weight(value(Node(0, (0, 0, 1, 1)), own.words)))
    for a, b, c in itertools.product(range(n), repeat=3):
        if a > b:
            continue
        for outer, inner in itertools.product((1, 2), repeat=2):
            best = max(best, target.gain(value(Node(outer, (Node(inner, (a, b)), c)), own.words)))
    for a, b in itertools.combinations(range(n), 2):
        best = max(best, target.gain(value(Node(0, (a, b)), own.words)))
    found = bettered(table_of(own, 3), 3, lambda size: 0.0)
    assert found.size == 3
    assert found.rules[-1].gain == best


def test_a_grown_rule_gains_what_its_front_says() -> None:
    own = data(weights=True)
    ready = prepare(own, Plan())
    beam = grow(ready.ground, 12, 6, begun=ready.begun)
    for level, trees in beam.levels.items():
        for one in trees.values():
            assert ready.ground.weight(value(one.tree, ready.ground.words)) == pytest.approx(one.gain)
            assert ready.ground.size(one.tree) == level


@pytest.mark.parametrize(
    ("rule", "literals"),
    [
        (lambda x: x[0] & (x[1] | ~x[2]), 3),
        (lambda x: (x[0] & x[1]) | (x[2] & x[3]) | (x[4] & x[5]), 6),
        (lambda x: x[0] ^ x[1] ^ x[2] ^ x[3], 5),
        (lambda x: np.sum(x, axis=0) >= 4, 7),
    ],
    ids=["and-or", "three terms", "parity", "four of six"],
)
def test_planted_rules_are_found_and_recommended(rule: object, literals: int) -> None:
    rng = np.random.default_rng(11)
    x = rng.integers(0, 2, (6, 150)).astype(bool)
    target = np.asarray(rule(x))  # type: ignore[operator]
    table = {f"x{k}": column.astype(float) for k, column in enumerate(x)}
    found = search(Data(table, target, np.ones(150), np.ones(150)), Plan())
    one = found.front[found.place]
    assert one.loss == 0.0
    assert one.size <= literals


def test_labels_that_mean_nothing_get_no_long_rule() -> None:
    found = search(data(), Plan())
    assert found.front[found.place].size <= 3
