"""Expressions: immutable formulas in postfix order.

An expression is a value at the bottom of the package: printers, the parser and algebra import it. Methods
that pass on to those find them when they are called (`symlaw.language.later`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symlaw.errors import ParseError, UnknownOperator
from symlaw.language.later import Later
from symlaw.language.leaves import Constant, Leaf, Variable
from symlaw.language.nodes import Node, Nodes, joined, node_cost, reduced, rewritten
from symlaw.language.operators.row import Operator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Constant", "Expression", "Leaf", "Node", "Nodes", "Variable", "joined", "node_cost", "reduced",
    "rewritten",
]  # fmt: skip

# What the methods below pass on to.
_canonicalised: Callable[[Expression], Expression] = Later("symlaw.language.algebra.canonical.canonicalise")
_fixed: Callable[..., Expression] = Later("symlaw.language.algebra.editing.fixed")
_replaced: Callable[..., Expression] = Later("symlaw.language.algebra.editing.replaced")
_differentiated: Callable[..., Expression] = Later("symlaw.language.algebra.editing.differentiated")
_solved: Callable[..., tuple[Expression, ...]] = Later("symlaw.language.algebra.solving.solved")
_simplified: Callable[..., Expression] = Later("symlaw.language.simplifying.simplify.simplify")
_rendered: Callable[..., str] = Later("symlaw.language.printers.render")
_exported: Callable[..., Any] = Later("symlaw.language.printers.exported")
_numpy_source: Callable[[Expression], str] = Later("symlaw.language.printers.numpy_source")
_to_sympy: Callable[[Expression], Any] = Later("symlaw.language.printers.to_sympy")
_torch_module: Callable[[Expression], Any] = Later("symlaw.language.printers.formats.tensors.torch.module")
_jax_function: Callable[..., tuple[Any, Any]] = Later("symlaw.language.printers.formats.tensors.jax.function")
_to_json: Callable[[Expression], str] = Later("symlaw.language.json_form.to_json")
_from_json: Callable[[str], Expression] = Later("symlaw.language.json_form.from_json")


@dataclass(frozen=True, eq=False)
class Expression:
    """A formula as a tuple of nodes in postfix order.

    Two expressions are equal when their canonical forms are; compare ``nodes`` for identity of structure.

    Parameters
    ----------
    nodes
        Operators, variables and constants; each operator follows its arguments.
    digits
        Significant digits that the data say of each constant, left to right, which are shown; None where that
        is not known.

    Raises
    ------
    ParseError
        When the nodes are not one complete formula.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> law = parse("2.5 * sqrt(x) + 1")
    >>> law.complexity()
    6.0
    >>> print(law.with_constants([3.0, 1.0]))
    3.0 * sqrt(x) + 1.0
    """

    nodes: tuple[Node, ...]
    digits: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        depth = 0
        for node in self.nodes:
            needed = node.arity if isinstance(node, Operator) else 0
            if depth < needed:
                raise ParseError(f"{node!r} lacks an argument: give each operator its arguments first")
            depth += 1 - needed
        if depth != 1:
            raise ParseError(f"the nodes make {depth} formulas where one was expected")

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the columns used, in order of first use."""
        names = (n.name for n in self.nodes if isinstance(n, Variable) and n.value is None)
        return tuple(dict.fromkeys(names))

    @property
    def named_constants(self) -> dict[str, float]:
        """Values of the named constants used, by name, in order of first use."""
        return {n.name: n.value for n in self.nodes if isinstance(n, Variable) and n.value is not None}

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators used, in order of first use."""
        return tuple(dict.fromkeys(n for n in self.nodes if isinstance(n, Operator)))

    @property
    def constants(self) -> tuple[float, ...]:
        """Values of the constants without a name, left to right."""
        return tuple(n.value for n in self.nodes if isinstance(n, Constant))

    @property
    def n_parameters(self) -> int:
        """How many numbers are in it: constants, and those of lookups."""
        tables = (node.table for node in self.nodes if isinstance(node, Operator))
        return len(self.constants) + sum(len(table) for table in tables)

    def with_constants(self, values: Iterable[float]) -> Expression:
        """The same formula with other constants, given left to right."""
        supply = iter(values)
        return Expression(
            tuple(n._replace(value=float(next(supply))) if isinstance(n, Constant) else n for n in self.nodes)
        )

    def complexity(self, costs: Mapping[str, float] | None = None) -> float:
        """Sum of the nodes' costs.

        Parameters
        ----------
        costs
            Cost by operator name, and ``"variable"`` and ``"constant"``; the operator table's by default.
        """
        return float(sum(node_cost(node, costs or {}) for node in self.nodes))

    def map_nodes(self, change: Callable[[Node], Node]) -> Expression:
        """The formula with each node replaced by ``change(node)``."""
        return Expression(tuple(change(node) for node in self.nodes))

    def with_operators(self, given: Iterable[Operator]) -> Expression:
        """The formula with users' operators that came without their code replaced by those given.

        Raises
        ------
        UnknownOperator
            When one of the same name was made of other code.
        """
        by_name = {row.name: row for row in given}

        def own(node: Node) -> Node:
            if not (isinstance(node, Operator) and node.is_users and node.name in by_name):
                return node
            if by_name[node.name].digest != node.digest:
                raise UnknownOperator(
                    f"operator {node.name!r} was made of other code than the one given: give that of the fit"
                )
            return by_name[node.name]

        return replace(self, nodes=tuple(map(own, self.nodes)))

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """For each node, where the sub-formula that it completes begins."""
        starts: list[int] = []
        for place, node in enumerate(self.nodes):
            begin = place
            for _ in range(node.arity if isinstance(node, Operator) else 0):
                begin = starts[begin - 1]
            starts.append(begin)
        return tuple(starts)

    def arguments(self) -> tuple[Expression, ...]:
        """The arguments of the outermost operator."""
        root = self.nodes[-1]
        parts: list[Expression] = []
        end = len(self.nodes) - 1
        for _ in range(root.arity if isinstance(root, Operator) else 0):
            begin = self.starts[end - 1]
            parts.append(Expression(self.nodes[begin:end]))
            end = begin
        return tuple(reversed(parts))

    @cached_property
    def canonical(self) -> Expression:
        """The canonical form; equal for formulas that differ by order, sign and constant arithmetic."""
        return _canonicalised(self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Expression):
            return NotImplemented
        return self.canonical.nodes == other.canonical.nodes

    def __hash__(self) -> int:
        return hash(self.canonical.nodes)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"Expression({self.text()!r})"

    def _repr_latex_(self) -> str:
        """What a notebook shows; names of columns are escaped."""
        return rf"$\displaystyle {self.latex()}$"

    def text(self, digits: int | None = None) -> str:
        """The formula as text; without ``digits`` it parses back to the same nodes."""
        return _rendered(self, "text", digits=digits)

    def shown(self, digits: int = 6) -> str:
        """The formula as text with the digits that the data say, or so many where that is not known."""
        return _rendered(self, "text", digits=digits if self.digits is None else self.digits)

    def latex(self, digits: int | None = None) -> str:
        """The formula as LaTeX mathematics; by default with the digits that the data say, or 6."""

        own = self.digits if digits is None and self.digits is not None else digits or 6
        return _rendered(self, "latex", digits=own)

    def evaluate(self, columns: Mapping[str, Any]) -> NDArray[np.float64]:
        """Values on columns by name, each (n_rows,) or a number.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> parse("x**2 + y").evaluate({"x": [1.0, 2.0], "y": 0.5}).tolist()
        [1.5, 4.5]
        """
        from symlaw.language.values import on_columns

        return on_columns(self, columns)

    def export(self, target: str, **options: Any) -> Any:
        """The formula in another form: text, or bytes for a binary file.

        Parameters
        ----------
        target
            ``"c"``, ``"latex"``, ``"sqlite"``, ...: one of `symlaw.language.printers.targets`.
        options
            What the target takes: ``digits`` (text, latex), ``errors``, ``units`` (latex), ``cells`` (excel).

        Raises
        ------
        InvalidSetting
            When there is no such target, or it has no such option.
        CannotExport
            When it lacks an operator of the formula.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> parse("a * sqrt(b)").export("excel", cells={"a": "B2", "b": "C2"})
        '=B2 * SQRT(C2)'
        """
        return _exported(self, target, options)

    def numpy_source(self) -> str:
        """A Python function ``formula(...)`` over NumPy arrays, as source text."""
        return _numpy_source(self)

    def sympy(self) -> Any:
        """The formula as a SymPy expression, its symbols named as the columns."""
        return _to_sympy(self)

    def fix(self, **values: float | None) -> Expression:
        """The formula with constants that `symlaw.refit` keeps, by name: c0, c1, ... from left to right.

        Parameters
        ----------
        values
            What each is to be; None keeps the value that it has.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> print(parse("2.1 * x + 0.3").fix(c0=2))
        2.0 * x + 0.3
        """
        return _fixed(self, values)

    def substitute(self, parts: Mapping[str, Any]) -> Expression:
        """The formula with variables replaced, all at once, by formulas, texts or numbers.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> print(parse("m * v**2").substitute({"v": "p / m"}))
        m * (p / m)**2
        """
        return _replaced(self, parts)

    def derivative(self, name: str) -> Expression:
        """The derivative by a variable, as a formula."""
        return _differentiated(self, name)

    def simplify(
        self,
        box: Mapping[str, Any] | None = None,
        cost: str | Mapping[str, float] = "complexity",
    ) -> Expression:
        """The formula in the cheapest form found, with the same values; `symlaw.simplify` knows data.

        Parameters
        ----------
        box
            Ends by variable, where the values are to be the same; any number where not given.
        cost
            ``"complexity"``, ``"cycles"``, ``"readability"``, or costs by operator name.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> print(parse("x * y + x * z").simplify())
        x * (y + z)
        >>> print(parse("x * y / x").simplify({"x": (1, 2)}))
        y
        """
        return _simplified(self, box, cost)

    def solve_for(self, name: str, value: str = "y") -> tuple[Expression, ...]:
        """Formulas for a variable in terms of the formula's value, one for each branch, each verified.

        Raises
        ------
        CannotSolve
            When none was found.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> [str(one) for one in parse("m * v**2").solve_for("v", value="E")]
        ['sqrt(E / m)', '-sqrt(E / m)']
        """
        return _solved(self, name, value)

    def torch(self) -> Any:
        """The formula as a PyTorch module: called with a tensor for each column, its constants parameters."""
        return _torch_module(self)

    def jax(self) -> tuple[Any, Any]:
        """The formula as a JAX function of (constants, columns...), and the constants to begin with."""
        return _jax_function(self)

    def to_json(self) -> str:
        """Versioned JSON text, read back by `Expression.from_json`."""
        return _to_json(self)

    @classmethod
    def from_json(cls, text: str) -> Expression:
        """Read an expression written by `to_json`.

        Raises
        ------
        ParseError
            When the text is not such JSON, or of an unknown version.
        """
        return _from_json(text)
