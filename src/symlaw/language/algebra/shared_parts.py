"""Formulas of several targets written with the parts that they share, each part told once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symlaw.language.algebra.derivative import substituted
from symlaw.language.expression import Constant, Expression, Variable, joined, reduced
from symlaw.language.operators import PRODUCTS, Operator, operator
from symlaw.language.printers.notation import latex_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from symlaw.language.expression import Node, Nodes

# A part has this many nodes at least: a name for less saves nothing.
MIN_SIZE = 3
# Numbers of two formulas may be one number where they differ by no more than this, relatively.
NEAR = 0.1


@dataclass(frozen=True)
class System:
    """Formulas of several targets and the parts that they share.

    Parameters
    ----------
    parts
        Formulas of the columns and of parts before them, by name.
    formulas
        One for each target, of the columns and the parts.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> both = shared([parse("2 * exp(-x) + 1"), parse("y / exp(-x)")])
    >>> print(both.text(["u", "v"]))
    s1 = exp(-x)
    u = 2.0 * s1 + 1.0
    v = y / s1
    >>> print(both.written_out()[1])
    y / exp(-x)
    """

    parts: Mapping[str, Expression]
    formulas: tuple[Expression, ...]

    def complexity(self, costs: Mapping[str, float] | None = None) -> float:
        """Sum of the nodes' costs, each part counted once."""
        return sum(one.complexity(costs) for one in (*self.parts.values(), *self.formulas))

    @property
    def n_parameters(self) -> int:
        """How many numbers are in it, each part's counted once."""
        return sum(one.n_parameters for one in (*self.parts.values(), *self.formulas))

    @property
    def n_nodes(self) -> int:
        """How many symbols are in it, each part's counted once."""
        return sum(len(one.nodes) for one in (*self.parts.values(), *self.formulas))

    @property
    def constants(self) -> tuple[float, ...]:
        """Values of its numbers: those of the parts, then of the formulas."""
        return tuple(value for one in (*self.parts.values(), *self.formulas) for value in one.constants)

    def with_constants(self, values: Iterable[float]) -> System:
        """The same formulas with other numbers, given in the order of `constants`."""
        supply = iter(values)

        def own(one: Expression) -> Expression:
            return one.with_constants([next(supply) for _ in one.constants])

        parts = {name: own(part) for name, part in self.parts.items()}
        return System(parts, tuple(own(formula) for formula in self.formulas))

    def written_out(self) -> tuple[Expression, ...]:
        """The formulas without names of parts."""
        known: dict[str, Nodes] = {}
        for name, part in self.parts.items():
            known[name] = substituted(part.nodes, known)
        return tuple(Expression(substituted(formula.nodes, known)) for formula in self.formulas)

    def _repr_latex_(self) -> str:
        """What a notebook shows: a line for each part and each target, which is called y0, y1, ..."""
        targets = [(f"y{number}", formula) for number, formula in enumerate(self.formulas)]
        lines = [f"{latex_name(name)} &= {one.latex()}" for name, one in [*self.parts.items(), *targets]]
        return "$\\displaystyle \\begin{aligned} " + r" \\ ".join(lines) + r" \end{aligned}$"

    def text(self, targets: Sequence[str], digits: int | None = None) -> str:
        """Lines of text: the parts, then the targets' formulas."""
        named = [*self.parts.items(), *zip(targets, self.formulas, strict=True)]
        return "\n".join(f"{name} = {one.text(digits)}" for name, one in named)


def shared(formulas: Sequence[Expression], taken: Iterable[str] = (), near: float = NEAR) -> System:
    """Formulas with the parts that at least two of them share written once.

    Parts are the same up to the order of their terms, and where their numbers nearly are; those of the first
    are taken. The part that saves most nodes comes first, then what the rest still shares. Exponentials below
    and above a fraction line are also compared, ``a / exp(2*x)`` as ``a * exp(-2*x)``; the shorter is kept.

    Parameters
    ----------
    formulas
        One for each target.
    taken
        Names that parts may not have, beside those of the formulas' columns.
    near
        By how much numbers may differ and still be one, relatively.
    """
    used = {*taken, *(name for formula in formulas for name in formula.variables)}
    written = [tuple(formulas)]
    if any(operator("*") in formula.nodes for formula in formulas):
        written.append(tuple(_with_exponentials_above(formula) for formula in formulas))
    return min((_shared(one, set(used), near) for one in written), key=lambda one: one.n_nodes)


def _shared(formulas: Sequence[Expression], used: set[str], near: float) -> System:
    """Formulas as they are written, with names that are not used yet for the parts that they share."""
    system = System({}, tuple(formulas))
    while (part := _most_saving(system.formulas, near)) is not None:
        name = next(f"s{n}" for n in range(1, 10**6) if f"s{n}" not in used)
        used.add(name)
        written = tuple(_named(formula, part, name, near) for formula in system.formulas)
        system = replace(system, parts={**system.parts, name: part}, formulas=written)
    return system


def _with_exponentials_above(formula: Expression) -> Expression:
    """A formula with ``a / exp(c*x)`` written as ``a * exp(-c*x)``, no node more."""

    def applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
        above = _inverse_exponential(parts[1]) if row.name == "/" else None
        return joined(row, parts) if above is None else joined(operator("*"), (parts[0], above))

    return Expression(reduced(formula.nodes, lambda leaf: (leaf,), applied))


def _inverse_exponential(nodes: Nodes) -> Nodes | None:
    """One over ``exp(c*x)`` or ``exp(-x)``, as an exponential; None for other formulas."""
    root, inside = nodes[-1], nodes[:-1]
    if not isinstance(root, Operator) or root.name != "exp":
        return None
    outer = inside[-1]
    if not isinstance(outer, Operator) or outer.name not in ("neg", *PRODUCTS):
        return None
    if outer.name == "neg":
        return (*inside[:-1], root)
    parts = [part.nodes for part in Expression(inside).arguments()]
    for place, part in enumerate(parts):
        if len(part) == 1 and isinstance(part[0], Constant):
            parts[place] = (part[0]._replace(value=-part[0].value),)
            return (*joined(outer, parts), root)
    return None


def parts_of(formula: Expression) -> Iterator[Expression]:
    """Sub-formulas that could be shared, the formula itself last."""
    for end, begin in enumerate(formula.starts):
        nodes = formula.nodes[begin : end + 1]
        if len(nodes) >= MIN_SIZE and any(_is_column(node) for node in nodes):
            yield Expression(nodes)


def without_a_factor(formula: Expression) -> Iterator[Expression]:
    """A product or quotient with one of its factors left out, each way.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(part) for part in without_a_factor(parse("a * b / sqrt(c)"))]
    ['b / sqrt(c)', 'a / sqrt(c)', 'a * b']
    """
    root = formula.nodes[-1]
    if not isinstance(root, Operator) or root.name not in PRODUCTS:
        return
    left, right = formula.arguments()
    for less in without_a_factor(left):
        yield Expression((*less.nodes, *right.nodes, root))
    if root.name == "*":
        yield right
        for less in without_a_factor(right):
            yield Expression((*left.nodes, *less.nodes, root))
    yield left


def _is_column(node: Node) -> bool:
    return isinstance(node, Variable) and node.value is None


def _most_saving(formulas: Sequence[Expression], near: float) -> Expression | None:
    """The part that two formulas or more have in common and that saves most nodes; None without any."""
    places: dict[Nodes, dict[int, list[Expression]]] = defaultdict(lambda: defaultdict(list))
    for number, formula in enumerate(formulas):
        for part in parts_of(formula):
            places[_skeleton(part)][number].append(part)
    best, chosen = 0, None
    for found in places.values():
        every = [part for parts in found.values() for part in parts]
        first = every[0]
        holders = sum(any(_is_near(first, part, near) for part in parts) for parts in found.values())
        count = sum(_is_near(first, part, near) for part in every)
        saved = (count - 1) * len(first.nodes) - count
        if holders > 1 and saved > best:
            best, chosen = saved, first
    return chosen


def _skeleton(part: Expression) -> Nodes:
    return tuple(Constant(0.0) if isinstance(n, Constant) else n for n in part.canonical.nodes)


def _is_near(part: Expression, other: Expression, near: float) -> bool:
    """Whether two parts of one skeleton have about the same numbers."""
    pairs = zip(part.canonical.constants, other.canonical.constants, strict=True)
    return all(abs(a - b) <= near * max(abs(a), abs(b)) for a, b in pairs)


def _named(formula: Expression, part: Expression, name: str, near: float) -> Expression:
    """A formula with a name for each occurrence of a part."""
    skeleton, nodes, end = _skeleton(part), [], len(formula.nodes) - 1
    found: list[tuple[int, int]] = []
    while end >= 0:
        begin = formula.starts[end]
        inside = Expression(formula.nodes[begin : end + 1])
        alike = len(inside.nodes) >= MIN_SIZE and _skeleton(inside) == skeleton
        if alike and _is_near(part, inside, near):
            found.append((begin, end + 1))
            end = begin - 1
        else:
            end -= 1
    place = 0
    for begin, after in reversed(found):
        nodes += [*formula.nodes[place:begin], Variable(name)]
        place = after
    return Expression((*nodes, *formula.nodes[place:]))
