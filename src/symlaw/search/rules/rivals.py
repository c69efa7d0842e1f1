"""The version space of a rule: other rules of its size that describe the rows as well.

Of up to three literals all rules are gone through where the work is affordable, so that their number is
known; of more, those are named that the search came across. Literals of other columns that hold in the same
rows are exchanged for each other, which the search itself does not do.
"""

from __future__ import annotations

from itertools import chain, islice, product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.language.rules.formula import Formula, Gate, Odd, columns_of
from symlaw.search.rules.counting import counts
from symlaw.search.rules.preparing import cost_of
from symlaw.search.rules.tree import ODD, Tree, leaves, node, value, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Literal
    from symlaw.search.rules.candidates import Candidates
    from symlaw.search.rules.growth import Beam, Ground

    Words = NDArray[np.uint64]
    Numbers = NDArray[np.intp]

# Words that may be compared, pairs of literals that may be kept, and rules that are gone on with.
_MOST_WORDS, _MOST_PAIRS, _MOST_TREES = 2e8, 60_000, 5_000
# Rivals that are kept to be asked about new rows.
_KEPT = 200
_TINY = 1e-9


class Rivals(NamedTuple):
    """Other rules that describe the rows as well.

    Attributes
    ----------
    formulas
        The first of them.
    number
        How many there are.
    is_all
        Whether every rule of the size over the same literals was looked at.
    """

    formulas: tuple[Formula, ...] = ()
    number: int = 0
    is_all: bool = False


NONE = Rivals()


class Sought(NamedTuple):
    """A rule whose rivals are looked for.

    Attributes
    ----------
    tree
        As it was found.
    formula
        As it is shown, with cut points of few digits.
    size
        What it counts.
    loss
        What it costs on the rows as it is shown.
    same
        Whether rivals have to say the same of every row, and not only to cost as little.
    """

    tree: Tree
    formula: Formula
    size: int
    loss: float
    same: bool


def rivals_of(
    sought: Sought, ground: Ground, candidates: Candidates, beam: Beam, required: Sequence[str] = ()
) -> Rivals:
    """Other rules of the size of a rule that do as well.

    Parameters
    ----------
    sought
        The rule.
    ground, candidates
        What rules are made of.
    beam
        What the search came across.
    required
        Columns that every rule uses.
    """
    own = value(sought.tree, ground.words)
    used = np.bitwise_or.reduce(ground.planes.masks)
    gained = min(ground.weight(own), ground.planes.positive - sought.loss)
    aim = gained - _TINY * max(1.0, ground.whole)
    found = _every(ground, sought.size, aim)
    is_all = found is not None and len(found) < _MOST_TREES
    if found is None:
        met = beam.of_size(sought.size)
        found = [tree for tree in met if ground.weight(value(tree, ground.words)) >= aim]
    trees = [one for one in found if one != sought.tree and ground.has_required(one) and ground.is_fair(one)]
    # weights that were rounded cannot tell what costs the same
    if sought.same or not ground.planes.exact:
        trees = [one for one in trees if np.array_equal(value(one, ground.words) & used, own & used)]
    return _as_formulas(sought, trees, candidates, required, is_all)


def _as_formulas(
    sought: Sought, trees: Sequence[Tree], candidates: Candidates, required: Sequence[str], is_all: bool
) -> Rivals:
    """The trees as formulas, each in all ways in which its literals can be exchanged for their twins."""
    whole = [sought.tree, *trees]
    count = sum(prod(1 + len(_twins(leaf, candidates)) for leaf in leaves(tree)) for tree in whole) - 1
    own = {_key(written(sought.tree, candidates.literals)), _key(sought.formula)}
    formulas: dict[Any, Formula] = {}
    for one in chain.from_iterable(islice(_exchanged(tree, candidates), _KEPT) for tree in whole):
        if len(formulas) == _KEPT:
            break
        if _key(one) not in own and set(required) <= set(columns_of(one)):
            formulas.setdefault(_key(one), one)
    # where fewer are kept than may be, these are all of them
    count = len(formulas) if len(formulas) < _KEPT else max(count, _KEPT)
    return Rivals(tuple(formulas.values()), count, is_all)


def _key(formula: Formula) -> Any:
    """What formulas have alike that say the same by their form: an exclusive or, two parts turned round."""
    if not isinstance(formula, Odd) or any(isinstance(part, (Gate, Odd)) for part in formula.parts):
        return formula
    own = [part for part in formula.parts if not isinstance(part, (Gate, Odd))]
    plain = [min(part, part.negated(), key=repr) for part in own]
    turned = sum(one != part for one, part in zip(plain, own, strict=True))
    return frozenset(plain), turned % 2


def _twins(leaf: int, candidates: Candidates) -> list[Literal]:
    """Literals of other columns that hold in the same rows and count as much."""
    cost = cost_of(candidates.literals[leaf])
    return [one for one in candidates.twins.get(leaf, ()) if cost_of(one) == cost]


def _exchanged(tree: Tree, candidates: Candidates) -> Iterator[Formula]:
    """A tree as formulas, the one that was found first."""
    numbers = list(dict.fromkeys(leaves(tree)))
    choices = [(candidates.literals[k], *_twins(k, candidates)) for k in numbers]
    for chosen in product(*choices):
        literals: dict[int, Formula] = dict(zip(numbers, chosen, strict=True))
        yield written(tree, literals)


def _every(ground: Ground, size: int, aim: float) -> list[Tree] | None:
    """All rules of a size of one to three that gain so much; None where they are too many for that."""
    single = np.flatnonzero(ground.costs == 1)
    n, work = len(single), ground.words.shape[1] * len(ground.planes.masks)
    tries = {1: n, 2: n**2, 3: 2 * n**3}.get(size, np.inf)
    if tries * work > _MOST_WORDS or (size == 3 and n**2 > _MOST_PAIRS):
        return None
    found: dict[Tree, None] = {}
    for batch in _batches(ground, size, single):
        for place in np.flatnonzero(_gains(batch.words, ground) >= aim).tolist():
            tree = batch.tree(place)
            if tree is not None:
                found.setdefault(tree)
        if len(found) >= _MOST_TREES:
            break
    return list(found)


class _Batch(NamedTuple):
    """Truths of rules, and the rule of each."""

    words: Words
    tree: Callable[[int], Tree | None]


def _batches(ground: Ground, size: int, single: Numbers) -> Iterator[_Batch]:
    """All rules of a size: literals, pairs of literals, and a literal with a pair."""
    words = ground.words
    alone = np.flatnonzero(ground.costs == size)
    yield _Batch(words[alone], lambda k: int(alone[k]))
    first, second = (single[places] for places in np.triu_indices(len(single), 1))
    two = np.flatnonzero(ground.costs == 2)
    if size == 2:
        yield from _pairs(words, first, second)
    if size == 3:
        yield from _pairs(words, np.repeat(single, len(two)), np.tile(two, len(single)))
        if ground.odd:
            yield _Batch(words[first] ^ words[second], _writer(ODD, first, second))
        for pairs in list(_pairs(words, first, second)):
            for one in single.tolist():
                yield _Batch(pairs.words & words[one], _with(2, one, pairs))
                yield _Batch(pairs.words | words[one], _with(1, one, pairs))


def _pairs(words: Words, first: Numbers, second: Numbers) -> Iterator[_Batch]:
    """Conjunctions and disjunctions of literals."""
    yield _Batch(words[first] & words[second], _writer(2, first, second))
    yield _Batch(words[first] | words[second], _writer(1, first, second))


def _writer(least: int, first: Numbers, second: Numbers) -> Callable[[int], Tree | None]:
    return lambda place: node(least, (int(first[place]), int(second[place])))


def _with(least: int, literal: int, pairs: _Batch) -> Callable[[int], Tree | None]:
    """A literal with a pair that lacks it: with it the rule would be a smaller one."""

    def tree(place: int) -> Tree | None:
        pair = pairs.tree(place)
        return None if pair is None or literal in leaves(pair) else node(least, (literal, pair))

    return tree


def _gains(words: Words, ground: Ground) -> NDArray[np.float64]:
    out = np.zeros((len(ground.planes.shares), len(words)), np.int64)
    counts(np.ascontiguousarray(words), ground.planes.masks, out)
    return np.asarray(ground.planes.shares @ out)
