"""Policies, which say what symbol is likely where, and values, which say how good a formula is.

A policy or a value of your own is an object with the one method of its protocol: a frozen dataclass, so that
it is part of the searcher's settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Protocol

import numpy as np

from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.language.operators import Operator
from symlaw.language.operators.row import MAX_ARITY
from symlaw.language.types import Type
from symlaw.language.user_operators.fixed_powers import name_in_counts
from symlaw.search.mcts.alphabet import ROOT, Alphabet, context_beside, context_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.grammar import Language

    Symbols = NDArray[np.int64]


# Each example counts as if it had so many symbols.
_SYMBOLS = 8.0
# Below this fraction of the variance, how exact a formula is plays no part.
_EXACT = 1e-20


class Policy(Protocol):
    """Says how likely each symbol is in each context."""

    def odds(self, alphabet: Alphabet, examples: Sequence[Symbols]) -> NDArray[np.float64]:
        """Odds of symbols, not negative, float64 (n_contexts, n_symbols).

        Parameters
        ----------
        alphabet
            The symbols, and how contexts are numbered (`context_of`).
        examples
            Good formulas found so far, as symbols in postfix order; none at first.
        """
        ...


class Value(Protocol):
    """Says how good scored formulas are."""

    def rewards(
        self, loss: NDArray[np.float64], complexity: NDArray[np.float64], limits: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Rewards in [0, 1] of losses and complexities (n,); a loss of inf gets 0.

        ``limits`` is the loss of the best known formula at or below each whole complexity, (n_levels,).
        """
        ...


@dataclass(frozen=True)
class Uniform:
    """Every symbol is as likely as another."""

    def odds(self, alphabet: Alphabet, examples: Sequence[Symbols]) -> NDArray[np.float64]:
        """Equal odds."""
        return np.ones((alphabet.n_contexts, len(alphabet.codes)))


@dataclass(frozen=True)
class Counts:
    """Symbols are as likely as they were in the same context of good formulas.

    A context with a sibling backs off to the one without: it says more the more often it was seen. Each
    formula counts alike, long or short.

    Parameters
    ----------
    smoothing
        How many symbols of the wider context are added to each context's counts, of even ones to the widest.
    even
        Share of all odds that stays even whatever was seen.
    """

    smoothing: float = 4.0
    even: float = 0.4

    def odds(self, alphabet: Alphabet, examples: Sequence[Symbols]) -> NDArray[np.float64]:
        """Smoothed shares of the examples' symbols in each context."""
        n_symbols, wider = len(alphabet.codes), alphabet.wider_contexts
        counts = np.zeros((alphabet.n_contexts, n_symbols))
        for example in examples:
            _count(example, alphabet, counts, _SYMBOLS / len(example))
        shares = self._smoothed(counts, np.full_like(counts, 1.0 / n_symbols))
        beside = wider != np.arange(len(wider))
        shares[beside] = self._smoothed(counts[beside], shares[wider[beside]])
        return np.asarray(self.even / n_symbols + (1.0 - self.even) * shares)

    def _smoothed(self, counts: NDArray[np.float64], otherwise: NDArray[np.float64]) -> NDArray[np.float64]:
        total = counts.sum(axis=1, keepdims=True)
        return np.asarray((counts + self.smoothing * otherwise) / (total + self.smoothing))


def _count(example: Symbols, alphabet: Alphabet, counts: NDArray[np.float64], weight: float) -> None:
    """Add one formula to the counts; arguments whose order has no meaning count in both places."""
    n_symbols = len(alphabet.codes)
    roots: list[int] = []
    for symbol in example.tolist():
        arity = int(alphabet.arity[symbol])
        arguments = roots[len(roots) - arity :]
        del roots[len(roots) - arity :]
        orders = [arguments, arguments[::-1]] if alphabet.mirrored[symbol] else [arguments]
        for ordered in orders:
            share = weight / len(orders)
            for place, argument in enumerate(ordered):
                counts[context_of(symbol, place), argument] += share
            if arity == 2:
                counts[context_beside(symbol, ordered[1], n_symbols), ordered[0]] += share
        roots.append(symbol)
    counts[ROOT, roots[0]] += weight


@dataclass(frozen=True)
class Standing:
    """The accurate is good, and so is what is as accurate as the best known of its complexity.

    Accuracy alone leads into ever longer formulas; a law is first seen as a short formula that is better than
    others of its size. That is to learn from the best instead of the average (Petersen et al. 2021).

    Parameters
    ----------
    share
        Weight of the standing among formulas of the same complexity.
    """

    share: float = 0.5

    def rewards(
        self, loss: NDArray[np.float64], complexity: NDArray[np.float64], limits: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Shares of 1 / (1 + root of the loss), and of the same for the root of its ratio to the best."""
        levels = np.minimum(np.ceil(complexity), len(limits) - 1).astype(np.int64)
        best = np.clip(limits[levels], _EXACT, 1.0)
        accurate = 1.0 / (1.0 + np.sqrt(loss))
        return np.asarray((1.0 - self.share) * accurate + self.share / (1.0 + np.sqrt(np.sqrt(loss / best))))


def probabilities(
    policy: Policy,
    alphabet: Alphabet,
    examples: Sequence[Symbols],
    leaning: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float64]:
    """A policy's odds, times those of a preference, as probabilities; no constant where it would be all."""
    odds = np.array(policy.odds(alphabet, examples), float) * leaning
    constant = alphabet.codes == CONSTANT
    odds[ROOT, constant] = 0.0
    of_two, siblings = np.flatnonzero(alphabet.arity == 2).tolist(), np.flatnonzero(constant).tolist()
    for parent, sibling in product(of_two, siblings):
        odds[context_beside(parent, sibling, len(constant)), constant] = 0.0
    for symbol in np.flatnonzero(alphabet.arity == 1).tolist():
        odds[context_of(symbol, 0), constant] = 0.0
    total = odds.sum(axis=1, keepdims=True)
    # nothing stands where a leaf has an argument, nor where an operator lacks one
    return np.asarray(odds / np.where(total > 0, total, 1.0))


def leaning_of(language: Language, alphabet: Alphabet) -> NDArray[np.float64] | float:
    """Odds by which a language's preference weighs symbols, (n_contexts, n_symbols); 1 without one.

    Where there is anything but numbers, symbols of another type than the context's have no odds.
    """
    fitting = fitting_types(language, alphabet) if language.is_typed else 1.0
    preference = language.preference
    if preference is None:
        return fitting
    n_variables = int(np.sum(alphabet.codes == VARIABLE))
    operators = [name_in_counts(row) for row in language.operators]
    roots = [macro.body.nodes[-1] for macro in language.macros]
    names = [*operators, *(name_in_counts(root) for root in roots if isinstance(root, Operator))]
    names = ["constant"] * int(language.constants) + ["variable"] * n_variables + names
    rows = [ROOT] + [symbol for symbol in range(len(names)) for _ in range(MAX_ARITY)]
    parents = [""] + [names[symbol] for symbol in rows[1:]]
    odds = np.array([[preference.odds(parent, name) for name in names] for parent in parents])
    return fitting * odds[alphabet.wider_contexts]


def fitting_types(language: Language, alphabet: Alphabet) -> NDArray[np.float64]:
    """1 for each symbol (n_contexts, n_symbols) of the type that its context asks for, else 0."""
    own: list[Type] = [Type.REAL] * int(language.constants)
    own += [language.type_of(name) for name in language.variables]
    own += [row.result_type for row in language.operators]
    n_leaves = len(own) - len(language.operators)
    # macros are of numbers
    own += [Type.REAL] * len(language.macros)
    found = np.zeros((alphabet.n_contexts, len(own)))
    found[ROOT] = [kind is language.result for kind in own]
    for symbol in range(n_leaves, len(own)):
        row = symbol - n_leaves
        asked = language.operators[row].argument_types if row < len(language.operators) else own[-1:] * 2
        for argument in range(int(alphabet.arity[symbol])):
            found[context_of(symbol, argument)] = [kind is asked[argument] for kind in own]
    return np.asarray(found[alphabet.wider_contexts])


def symbols_of(codes: NDArray[np.int16], columns: NDArray[np.int16], alphabet: Alphabet) -> NDArray[np.int64]:
    """Symbols of a formula's nodes, both in postfix order; constants become variables where there is none."""
    first_variable = int(np.flatnonzero(alphabet.codes == VARIABLE)[0])
    first_operator = int(np.sum(alphabet.arity == 0))
    operators = codes.astype(np.int64) - FIRST_OPERATOR + first_operator
    symbols = np.where(codes == VARIABLE, first_variable + columns, operators)
    return np.where(codes == CONSTANT, 0, symbols).astype(np.int64)
