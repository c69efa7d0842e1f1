"""A truth table as words: what a problem offers to searchers that compute on bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import evaluate_words, packed, wrong_rows_of_each
from symlaw.errors import DataError
from symlaw.language.expression import Constant, Expression, Nodes, Variable
from symlaw.language.types import Type
from symlaw.search.thresholds import thresholds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language

    Words = NDArray[np.uint64]

# Weights that are not small whole numbers are rounded to so many binary digits.
_DIGITS = 20
# Thresholds of a column of numbers, and rows from which they are chosen.
_THRESHOLDS = 48


class Atom(NamedTuple):
    """A truth that formulas begin with: a Boolean column, or a comparison of numbers."""

    nodes: Nodes
    truths: NDArray[np.bool_]


@dataclass(frozen=True)
class TruthTable:
    """Distinct rows of a table of truths, and what is asked of each.

    Parameters
    ----------
    atoms
        What stands for each column of words: nodes of a formula.
    names
        A name for each of them, by which formulas of words know it.
    columns
        Their truths, uint64 (n_atoms, n_words).
    target
        What is asked of the rows; where rows of the same truths contradict each other, what most of them ask,
        uint64 (n_words,).
    care
        Rows on which it matters, uint64 (n_words,).
    planes, shares
        The rows' weights, as in `symlaw.engine.bits.words.wrong_rows`.
    contradicted
        Weight of the rows that no formula gets right.
    constant_wrong
        Weight of the rows that the best constant gets wrong.
    constant
        That constant.
    """

    atoms: tuple[Nodes, ...]
    names: tuple[str, ...]
    columns: Words
    target: Words
    care: Words
    planes: Words
    shares: NDArray[np.float64]
    contradicted: float
    constant_wrong: float
    constant: bool

    def losses(self, words: Words) -> NDArray[np.float64]:
        """Wrong rows of formulas (n, n_words) as a fraction of the best constant's, float64 (n,)."""
        out = np.zeros(len(words))
        wrong_rows_of_each(np.ascontiguousarray(words), self.target, self.planes, self.shares, out)
        return (out + self.contradicted) / self.constant_wrong

    def words_of(self, formulas: Sequence[Expression]) -> Words:
        """Truths of formulas of the atoms' names."""
        return evaluate_words(formulas, self.columns, self.names)

    def written(self, nodes: Nodes) -> Expression:
        """A formula of the atoms' names as one of the columns."""
        places = dict(zip(self.names, self.atoms, strict=True))
        return Expression(
            tuple(
                inner
                for node in nodes
                for inner in (places[node.name] if isinstance(node, Variable) else (node,))
            )
        )


def truth_table(
    X: NDArray[np.float64], y: NDArray[np.float64], language: Language, weights: NDArray[np.float64]
) -> TruthTable:
    """The truth table of columns (n_samples, n_features) and a target of 0 and 1.

    Raises
    ------
    DataError
        When the target or a Boolean column holds anything but 0 and 1, or the target never changes.
    """
    _check_truths("the target", y)
    if not 0 < np.sum(weights * y) < np.sum(weights):
        raise DataError("the target is the same truth on all rows: give rows of both")
    for place, name in enumerate(language.variables):
        if language.type_of(name) is Type.BOOLEAN:
            _check_truths(f"column {name!r}", X[:, place])
    atoms = atoms_of(X, language, _THRESHOLDS, y)
    rows = np.array([atom.truths for atom in atoms]).T
    distinct, numbers = np.unique(rows, axis=0, return_inverse=True)
    ones = np.bincount(numbers.ravel(), weights * y, len(distinct))
    zeros = np.bincount(numbers.ravel(), weights * (1.0 - y), len(distinct))
    matters = np.abs(ones - zeros)
    planes, shares = _planes(matters)
    names = tuple(str(Expression(atom.nodes)) for atom in atoms)
    return TruthTable(
        tuple(atom.nodes for atom in atoms),
        names,
        packed(distinct.T),
        packed(ones > zeros),
        packed(matters > 0),
        planes,
        shares,
        float(np.sum(np.minimum(ones, zeros))),
        float(min(np.sum(ones), np.sum(zeros))),
        bool(np.sum(ones) > np.sum(zeros)),
    )


def _check_truths(what: str, values: NDArray[np.float64]) -> None:
    wrong = values[(values != 0) & (values != 1)]
    if len(wrong):
        raise DataError(f"{what} holds {wrong[0]:g}: truths are 0 and 1")


def _planes(weights: NDArray[np.float64]) -> tuple[Words, NDArray[np.float64]]:
    """Weights as binary digits, and what each digit weighs."""
    largest = float(np.max(weights))
    if np.all((weights == 0) | (weights == largest)):
        return packed((weights > 0)[None]), np.array([largest])
    whole = np.all(weights == np.round(weights)) and largest < 2**_DIGITS
    unit = 1.0 if whole else largest / (2**_DIGITS - 1)
    digits = np.round(weights / unit).astype(np.int64)
    used = int(digits.max()).bit_length()
    return packed([(digits >> digit) & 1 for digit in range(used)]), np.asarray(
        unit * 2.0 ** np.arange(used), dtype=float
    )


def atoms_of(
    X: NDArray[np.float64], language: Language, most: int, y: NDArray[np.float64] | None = None
) -> list[Atom]:
    """Boolean columns, then comparisons of numbers with thresholds and with each other, by their truths.

    Parameters
    ----------
    X
        Columns (n_samples, n_features).
    language
        Whose operators compare.
    most
        Thresholds of a column.
    y
        A target of truths (n_samples,); of too many thresholds those beside which it changes are taken.
    """
    kinds = [language.type_of(name) for name in language.variables]
    found = [
        Atom((Variable(name),), X[:, place] != 0)
        for place, (name, kind) in enumerate(zip(language.variables, kinds, strict=True))
        if kind is Type.BOOLEAN
    ]
    numbers = [place for place, kind in enumerate(kinds) if kind is Type.REAL]
    signs = [row for row in language.operators if row.compares]
    for place in numbers if signs else ():
        column, variable = X[:, place], Variable(language.variables[place])
        levels = _levels(column, y, most) if language.constants else []
        others = [(Constant(level), np.full(len(X), level)) for level in levels]
        others += [(Variable(language.variables[k]), X[:, k]) for k in numbers if k > place]  # type: ignore[misc]
        for node, values in others:
            found += [Atom((variable, node, row), row.numpy_function(column, values) != 0) for row in signs]
    distinct = {atom.truths.tobytes(): atom for atom in reversed(found) if 0 < atom.truths.sum() < len(X)}
    return [atom for atom in found if distinct.get(atom.truths.tobytes()) is atom]


def table_of_atoms(atoms: Sequence[Atom]) -> TruthTable:
    """Truths of atoms on rows of which nothing is asked."""
    names = tuple(str(Expression(nodes)) for nodes, _ in atoms)
    columns = packed([truths for _, truths in atoms])
    care = packed(np.ones(len(atoms[0].truths)))
    nothing = tuple(nodes for nodes, _ in atoms)
    return TruthTable(nothing, names, columns, care, care, care[None], np.ones(1), 0.0, 1.0, True)


def _levels(column: NDArray[np.float64], y: NDArray[np.float64] | None, most: int) -> list[float]:
    """Thresholds half way between values, of many those beside which the target changes."""
    order = np.argsort(column, kind="stable")
    values = column[order]
    steps = np.flatnonzero(values[1:] > values[:-1])
    if y is not None and len(steps) > most:
        changing = steps[y[order][steps] != y[order][steps + 1]]
        steps = changing if len(changing) > 0 else steps
    return [float(level) for level in thresholds(column, most, steps)]
