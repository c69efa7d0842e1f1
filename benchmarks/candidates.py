"""Formulas of every engine in one form: SymPy trees whose floating-point numbers are free constants.

Whole numbers and rationals belong to the structure (the 2 of a square, the -1 of a quotient).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import sympy

from symlaw.language import Constant, Expression, Variable, parse
from symlaw.language.printers import to_sympy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from benchmarks.problems import Problem
    from symlaw.language.expression import Node


def as_sympy(candidate: Expression | str | Any) -> Any:
    """A formula as SymPy tree over real symbols.

    Parameters
    ----------
    candidate
        A symlaw expression, a text in symlaw's language, or a SymPy expression.
    """
    if isinstance(candidate, str):
        candidate = parse(candidate)
    if isinstance(candidate, Expression):
        return candidate.sympy()
    return candidate.xreplace({s: sympy.Symbol(s.name, real=True) for s in candidate.free_symbols})


def with_free_numbers(text: str, names: Sequence[str]) -> Any:
    """Read a formula in which every number was fitted, whole ones by chance included."""
    expression = parse(text, names)
    symbols = {name: sympy.Symbol(name, real=True) for name in names}
    nodes: list[Node] = []
    for place, node in enumerate(expression.nodes):
        if isinstance(node, Constant):
            # no column name holds a line break
            stand_in = f"number\n{place}"
            symbols[stand_in] = sympy.Float(node.value)
            nodes.append(Variable(stand_in))
        else:
            nodes.append(node)
    return to_sympy(Expression(tuple(nodes)), symbols)


def truth(problem: Problem) -> Any:
    """The law of a problem as SymPy tree, with the symbol for pi."""
    symbols: dict[str, Any] = {name: sympy.Symbol(name, real=True) for name in problem.names}
    return to_sympy(parse(problem.formula, [*problem.names, "pi"]), {"pi": sympy.pi, **symbols})


def count_nodes(formula: Any) -> int:
    """Number of nodes of a SymPy tree (its preorder traversal); whole floats count as integers."""
    return sum(1 for _ in sympy.preorder_traversal(_with_whole_numbers(formula)))


def _with_whole_numbers(formula: Any) -> Any:
    whole = {f: sympy.Integer(int(f)) for f in formula.atoms(sympy.Float) if float(f).is_integer()}
    return formula.xreplace(whole)


class Parametrised(NamedTuple):
    """A formula with a symbol in place of every floating-point number.

    Attributes
    ----------
    tree
        The SymPy tree.
    inputs
        Symbols of the data's columns.
    constants
        Symbols of the free constants.
    start
        The numbers that stood in their places, float64 (n_constants,).
    """

    tree: Any
    inputs: tuple[Any, ...]
    constants: tuple[Any, ...]
    start: NDArray[np.float64]

    def function(self, tree: Any = None) -> Callable[[NDArray[Any], NDArray[Any]], NDArray[np.float64]]:
        """Values as function of rows (n_rows, n_inputs) and constants; nan where not real."""
        target = self.tree if tree is None else tree
        compiled = sympy.lambdify([*self.inputs, *self.constants], target, ["scipy", "numpy"], cse=True)
        return lambda X, constants: _real(compiled(*X.T, *constants), len(X))

    def jacobian(self) -> Callable[[NDArray[Any], NDArray[Any]], NDArray[np.float64]]:
        """Derivatives by the constants, as function of rows and constants; (n_rows, n_constants)."""
        slopes = [self.tree.diff(symbol) for symbol in self.constants]
        compiled = sympy.lambdify([*self.inputs, *self.constants], slopes, ["scipy", "numpy"], cse=True)
        return lambda X, constants: np.stack(
            [_real(column, len(X)) for column in compiled(*X.T, *constants)], axis=1
        )


def _real(values: Any, n_rows: int) -> NDArray[np.float64]:
    if np.iscomplexobj(values):
        values = np.where(np.imag(values) == 0, np.real(values), np.nan)
    return np.array(np.broadcast_to(np.asarray(values, dtype=float), (n_rows,)))


def parametrise(formula: Any, names: Sequence[str]) -> Parametrised:
    """Put a symbol in place of each float, equal ones apart; whole exponents stay."""
    start: list[float] = []
    tree = _parametrise(formula, start)
    inputs = tuple(sympy.Symbol(name, real=True) for name in names)
    return Parametrised(tree, inputs, tuple(_constant(k) for k in range(len(start))), np.array(start))


def _constant(number: int) -> Any:
    return sympy.Symbol(f"constant\n{number}", real=True)


def _parametrise(formula: Any, start: list[float]) -> Any:
    if formula.is_Float:
        start.append(float(formula))
        return _constant(len(start) - 1)
    if not formula.args:
        return formula
    if formula.is_Pow and formula.exp.is_Float and float(formula.exp).is_integer():
        return _parametrise(formula.base, start) ** int(formula.exp)
    return formula.func(*(_parametrise(argument, start) for argument in formula.args))


def without_each_term(tree: Any, *, outermost: bool = True) -> Iterator[Any]:
    """The tree without one additive term, for each term of each sum except the overall offset."""
    for place, argument in enumerate(tree.args):
        others = (*tree.args[:place], *tree.args[place + 1 :])
        is_offset = outermost and not any(not _is_constant(s) for s in argument.free_symbols)
        if tree.is_Add and not is_offset:
            yield tree.func(*others)
        for changed in without_each_term(argument, outermost=False):
            yield tree.func(*tree.args[:place], changed, *tree.args[place + 1 :])


def _is_constant(symbol: Any) -> bool:
    return str(symbol.name).startswith("constant\n")
