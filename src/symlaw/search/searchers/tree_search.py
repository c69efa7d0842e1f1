"""Tree search: formulas are built symbol by symbol, and what was seen below a beginning guides the next.

After Petersen et al. (DSR, 2021) for the states, Kamienny et al. (DGSR-MCTS, 2023) and Xu et al. (RSRM,
2024) for the tree: moves are chosen by PUCT, beginnings are completed at random by the policy, and
constants are fitted before a formula is judged, and the best formulas are varied as whole trees beside that.
What differs is that beginnings which amount to the same are one node.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import separately
from symlaw.engine.fingerprint import count_unknown, make_cache
from symlaw.engine.tape import to_tape
from symlaw.language.types import Type
from symlaw.search.archive import Snapshot
from symlaw.search.evolution.epoch import NOT_COMPILED, Epoch, vary
from symlaw.search.evolution.population import Population, population, put
from symlaw.search.evolution.workspace import COUNTERS, default_rates, make_workspace, steered, with_types
from symlaw.search.genome.genome import grammar_of, told_apart
from symlaw.search.genome.macros import macros_of
from symlaw.search.mcts.alphabet import Alphabet, alphabet_of
from symlaw.search.mcts.nodes import Batch, Choice, Ground, Tree, make_batch, make_ground, make_tree
from symlaw.search.mcts.pieces import put_pieces
from symlaw.search.mcts.policies import Counts, Policy, Standing, Value, leaning_of, probabilities, symbols_of
from symlaw.search.mcts.pruning import give_up, make_room
from symlaw.search.mcts.rollouts import Memo, begin_epoch, complete, make_memo, vary_elites
from symlaw.search.mcts.selection import back_up, select
from symlaw.search.objectives.base import Ability
from symlaw.search.searchers.base import GIVES_NUMBERS, Mapper, Proposals
from symlaw.search.tiny_search import is_on_disk, run_tiny_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry
    from symlaw.search.evolution.workspace import Rates
    from symlaw.search.problem import Problem

# A tree is thinned out between epochs when it is this full.
_CROWDED = 0.75
# Formulas that came to the front, as examples for the policy.
_EXAMPLES = 64
# Slots of a cache that knows no formula.
_NO_KEYS = 4


@dataclass
class TreeState:
    """What tree search carries from epoch to epoch.

    Attributes
    ----------
    trees
        Trees, each with its own random stream.
    memos
        Losses that each tree knows.
    examples
        Formulas that last came to the front.
    own
        The best formula of each complexity that each restarted tree found since it began; of the others,
        which look at the archive's, nothing.
    epochs
        Epochs so far.
    grounds, batches
        Scratch of each tree; left out of pickles and made anew.
    """

    trees: list[Tree]
    memos: list[Memo]
    own: list[Population]
    examples: list[Expression] = field(default_factory=list)
    epochs: int = 0
    grounds: list[Ground] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "grounds": [], "batches": []}


@dataclass(frozen=True)
class TreeSearch:
    """Monte-Carlo tree search over the grammar, on several trees.

    Parameters
    ----------
    policy
        What symbols are likely; `symlaw.search.mcts.policies` has two.
    value
        How good a formula is.
    n_trees
        Independent trees; a setting, not the number of threads.
    max_nodes
        Nodes of one tree, a power of two.
    batch
        Beginnings that are chosen before the first of them is tried.
    epoch_work
        Node values that a tree may compute in an epoch.
    exploration, best_share, ripe
        As in `symlaw.search.mcts.nodes.Choice`.
    variations
        Variations of the archive's elites that are tried after each batch, whatever the policy says.
    restart
        Epochs after which every second tree forgets what it knows. Those see nothing of the archive either: a
        search that a long formula has led astray comes back to short ones in no other way.
    margin, patience
        A node is given up when its best reward is ``margin`` below the tree's after ``patience`` visits.
    """

    policy: Policy = field(default_factory=Counts)
    value: Value = field(default_factory=Standing)
    n_trees: int = 4
    max_nodes: int = 2**15
    batch: int = 64
    epoch_work: float = 2e7
    exploration: float = 0.5
    best_share: float = 0.7
    ripe: int = 4
    restart: int = 8
    margin: float = 0.5
    patience: int = 1000
    variations: int = 64
    name: str = "tree_search"
    uses_pool: ClassVar[bool] = True
    knows_types: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (TreeState, Tree, Memo, Population)

    @classmethod
    def is_warm(cls) -> bool:
        """Whether its kernels are compiled; the last one stands for all."""
        return is_on_disk(complete)

    @classmethod
    def warm_up(cls) -> None:
        """Compile its kernels by a tiny search."""
        run_tiny_search(cls(n_trees=1, max_nodes=64))

    def objection(self, problem: Problem) -> str | None:
        """Formulas that are truths: it takes losses as they come."""
        return GIVES_NUMBERS if problem.language.result is not Type.REAL else None

    def start(self, problem: Problem, seed: int) -> TreeState:
        """Trees of one node."""
        n_symbols = len(alphabet_of(problem.language).codes)
        numbers = range(self.n_trees)
        trees = [make_tree(self.max_nodes, n_symbols, seed, self.name, number) for number in numbers]
        own = [population(problem.language.max_complexity + 1) for _ in numbers]
        return TreeState(trees, [make_memo() for _ in numbers], own)

    def ask(
        self, state: TreeState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """One epoch of every tree."""
        self._prepare(state, problem)
        leaning = leaning_of(problem.language, state.grounds[0].alphabet)
        views = [self._view(state, number, snapshot) for number in range(self.n_trees)]
        policies = []
        for view, ground in zip(views, state.grounds, strict=True):
            accepted = state.examples if view is snapshot else []
            examples = _examples(problem, view.elites, accepted, ground.alphabet)
            put_pieces(examples, ground)
            policies.append(probabilities(self.policy, ground.alphabet, examples, leaning))
        # short epochs at first, so that a front is there at once
        work = self.epoch_work / 2 ** max(0, 4 - state.epochs)
        # variations of elites are mutations only
        share = max(1, evaluations // self.n_trees)
        rates = default_rates(work)._replace(evaluations=share, crossover=0.0)

        def run(number: int) -> None:
            self._grow(state, number, policies[number], rates, views[number])

        list(run_all(run, range(self.n_trees)))
        for view, ground in zip(views, state.grounds, strict=True):
            if view is not snapshot:
                _take_in(view.elites, ground.workspace.report)
        state.epochs += 1
        return _collected([ground.workspace for ground in state.grounds], snapshot)

    def tell(self, state: TreeState, accepted: Sequence[Entry]) -> None:
        """Keep what came to the front as examples for the policy."""
        state.examples = [*state.examples, *(entry.inner for entry in accepted)][-_EXAMPLES:]

    def _view(self, state: TreeState, number: int, snapshot: Snapshot) -> Snapshot:
        """What a tree sees: the archive, or what it found itself since it last began."""
        if number % 2 == 0:
            return snapshot
        if state.epochs % self.restart == 0:
            tree = state.trees[number]
            empty = make_tree(self.max_nodes, tree.child.shape[1], 0)
            state.trees[number] = empty._replace(state=tree.state)
            state.memos[number], state.own[number] = make_memo(), population(len(snapshot.limits))
        own = state.own[number]
        return Snapshot(make_cache(_NO_KEYS), own, np.minimum.accumulate(own.loss), snapshot.near)

    def _prepare(self, state: TreeState, problem: Problem) -> None:
        if state.grounds:
            return
        language, rows = problem.language, problem.probe
        table, grammar = kernel_table(language.operators), grammar_of(language, columns=problem.rows.X)
        if not problem.offers(Ability.VALUES):
            grammar = told_apart(grammar)
        for _ in state.trees:
            made = make_workspace(rows.X.shape[1], language.max_complexity, rows)
            workspace = steered(with_types(made, grammar, table, rows), problem, table)
            state.grounds.append(
                make_ground(
                    alphabet_of(language),
                    macros_of(language),
                    grammar,
                    table,
                    rows,
                    workspace,
                )
            )
            state.batches.append(make_batch(self.batch))

    def _grow(
        self, state: TreeState, number: int, policy: NDArray[np.float64], rates: Rates, snapshot: Snapshot
    ) -> None:
        """Grow one tree until its work for the epoch is done."""
        tree, memo, ground, batch = (
            state.trees[number], state.memos[number], state.grounds[number], state.batches[number],
        )  # fmt: skip
        choice = Choice(self.exploration, self.best_share, self.ripe)
        # the archive's elites with the tree's own random stream
        island = Population(*snapshot.elites[:-1], tree.state)  # type: ignore[arg-type]
        epoch = Epoch(
            NOT_COMPILED, ground.grammar, ground.table, ground.rows, rates, snapshot.cache,
            snapshot.elites, snapshot.limits,
        )  # fmt: skip
        varying = separately(vary, (epoch, island, ground.workspace))
        epoch = epoch._replace(parts=NOT_COMPILED._replace(vary=varying))
        begin_epoch(ground.workspace)
        give_up(tree, self.margin, self.patience)
        if tree.count[0] > _CROWDED * self.max_nodes:
            make_room(tree, np.zeros(self.max_nodes, np.int64))
        while select(tree, policy, choice, ground, batch) > 0:
            done = complete(tree, batch, policy, ground, memo, epoch)
            rewards = self.value.rewards(batch.loss, batch.complexity, snapshot.limits)
            back_up(tree, batch, rewards, done)
            if done < batch.filled[0]:
                break
            vary_elites(epoch, island, self.variations, tree, ground, memo)


def _examples(
    problem: Problem, elites: Population, accepted: Sequence[Expression], alphabet: Alphabet
) -> list[NDArray[np.int64]]:
    """Elites and formulas that came to the front, as symbols."""
    language, found = problem.language, []
    for slot in np.flatnonzero(elites.size).tolist():
        size = elites.size[slot]
        found.append(symbols_of(elites.codes[slot, :size], elites.columns[slot, :size], alphabet))
    for formula in accepted:
        if language.allows(formula):
            tape = to_tape([formula], language.operators, language.variables)
            found.append(symbols_of(tape.codes, tape.columns, alphabet))
    return found


def _take_in(own: Population, report: Population) -> None:
    """Keep what an epoch reported where it is the best of its complexity."""
    for level in np.flatnonzero(report.size).tolist():
        if report.loss[level] < own.loss[level]:
            put(own, level, report, level)


def _collected(workspaces: Sequence[Any], snapshot: Snapshot) -> Proposals:
    """The best new formula of each complexity, the keys and the counters of several workspace."""
    best: dict[int, tuple[Population, int]] = {}
    for workspace in workspaces:
        report = workspace.report
        for level in np.flatnonzero(report.size).tolist():
            held = best.get(level)
            if report.loss[level] < (snapshot.limits[level] if held is None else held[0].loss[level]):
                best[level] = (report, level)
    keys = [(d.added_keys, d.added_complexity, int(d.n_added[0])) for d in workspaces]
    counters = {
        name: int(sum(workspace.counters[place] for workspace in workspaces))
        for name, place in COUNTERS.items()
    }
    # what a tree that began anew sees again is new to it alone
    counters["distinct"] = min(
        counters["distinct"], sum(count_unknown(snapshot.cache, added[:count]) for added, _, count in keys)
    )
    return Proposals([best[level] for level in sorted(best)], keys=keys, counters=counters)
