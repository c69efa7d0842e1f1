"""Pieces that recur in good formulas: what may be worth keeping as macros.

As in the library learning of DreamCoder (Ellis et al. 2021), a piece is worth what it would save if it were
one symbol; here pieces are counted as they stand, up to canonical form, and none is made by rewriting.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.expression import Constant, Expression, Node, Nodes, Variable
from symlaw.language.macros import ARGUMENTS, Macro
from symlaw.language.operators import LINE_OPERATORS, Operator, word_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_SIZE, MAX_SIZE = 3, 9
DIGITS = 4

Key = tuple[object, ...]

_SIMPLE = frozenset((0.5, 1.5, 2.5, *(float(value) for value in range(11))))
_X, _Y = (Variable(name) for name in ARGUMENTS)
_NAMED_OPERATORS = 3
_SHOWN_SOURCES = 3


class Seen(NamedTuple):
    """A formula in which pieces are looked for.

    Attributes
    ----------
    expression
        The formula.
    target
        What it explains; the same formula of the same target counts once.
    source
        Where it stands, such as a run's id.
    """

    expression: Expression
    target: str = ""
    source: str = ""


@dataclass(frozen=True)
class Recurring:
    """A piece that recurs.

    Parameters
    ----------
    macro
        The piece, with a name made of its operators.
    size
        Nodes of its definition.
    """

    macro: Macro
    size: int

    @property
    def saving(self) -> int:
        """Nodes that would be saved if the piece were one symbol, itself told once."""
        return (self.macro.count - 1) * (self.size - 1)


@dataclass
class _Piece:
    """Where a piece was seen, and how it is written best."""

    written: Nodes
    formulas: set[Key] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)

    @property
    def saving(self) -> int:
        return (len(self.formulas) - 1) * (len(self.written) - 1)


def recurring(formulas: Iterable[Seen], *, top: int | None = None) -> list[Recurring]:
    """Pieces of 3 to 9 nodes with one or two open places that recur, the most saving first.

    Any sub-formulas may be what is left open, so that ``sqrt(1 - (v/c)**2)`` and ``sqrt(1 - a**2)`` have
    ``sqrt(1 - x**2)`` in common. Small whole numbers and halves are part of a piece; other numbers match each
    other. A formula counts once however often it has the piece, and once for its target however often it was
    found. A piece that occurs only inside a larger one of the list is left out, and so is what has
    only one operator or amounts to a scale and an offset.

    Parameters
    ----------
    formulas
        Formulas of one or several fronts.
    top
        Pieces to return at most; all by default.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> texts = ["m / sqrt(1 - v**2)", "exp(sqrt(1 - (a / b)**2))", "3 * a"]
    >>> [found.macro.definition for found in recurring(Seen(parse(text)) for text in texts)]
    ['sqrt(1.0 - x**2)']
    """
    pieces = _gathered(formulas)
    chosen: list[Recurring] = []
    inside: dict[Key, int] = {}
    names: dict[str, int] = defaultdict(int)
    ranked = sorted(pieces.items(), key=lambda item: (-item[1].saving, -len(item[1].written), repr(item[0])))
    for key, piece in ranked:
        count = len(piece.formulas)
        if count < 2 or inside.get(key, 0) >= count:
            continue
        if top is not None and len(chosen) >= top:
            break
        for _, part in _fragments_below(piece.written):
            inside[part] = max(inside.get(part, 0), count)
        chosen.append(_named(piece, names))
    return chosen


def _gathered(formulas: Iterable[Seen]) -> dict[Key, _Piece]:
    pieces: dict[Key, _Piece] = {}
    known: dict[Nodes, list[tuple[Nodes, Key]]] = {}
    for seen in formulas:
        formula = (seen.target, *_masked(seen.expression.canonical.nodes))
        for root in set(_parts(_without_line(seen.expression))):
            if root not in known:
                known[root] = list(_fragments(root))
            for written, key in known[root]:
                piece = pieces.setdefault(key, _Piece(written))
                piece.formulas.add(formula)
                if seen.source:
                    piece.sources.setdefault(seen.source)
                if _order(written) < _order(piece.written):
                    piece.written = written
    return pieces


def _without_line(expression: Expression) -> Expression:
    """The formula without scale, offset and sign at its root, which every formula gets anyway."""
    while True:
        root = expression.nodes[-1]
        if not isinstance(root, Operator) or root.name not in LINE_OPERATORS:
            return expression
        inner = [part for part in expression.arguments() if part.variables]
        if len(inner) != 1 or (root.name == "/" and not expression.arguments()[0].variables):
            return expression
        expression = inner[0]


def _order(nodes: Nodes) -> tuple[int, str]:
    return len(nodes), Expression(nodes).text()


def _parts(expression: Expression) -> Iterator[Nodes]:
    """Every sub-formula that has an operator at its root."""
    for end, node in enumerate(expression.nodes):
        if isinstance(node, Operator):
            yield expression.nodes[expression.starts[end] : end + 1]


def _fragments_below(nodes: Nodes) -> Iterator[tuple[Nodes, Key]]:
    for root in set(_parts(Expression(nodes))):
        yield from _fragments(root)


def _fragments(root: Nodes) -> Iterator[tuple[Nodes, Key]]:
    """The pieces that begin at the root of a sub-formula, and what each amounts to."""
    whole = Expression(root)
    parts = {root[begin : end + 1]: None for end, begin in enumerate(whole.starts[:-1])}
    open_parts = [part for part in parts if any(isinstance(node, Variable) for node in part)]
    for chosen in (*((part,) for part in open_parts), *combinations(open_parts, 2)):
        written = _cut(whole, chosen)
        if written is not None and not _is_trivial(written):
            yield _keyed(written, len(chosen))


def _cut(whole: Expression, chosen: Sequence[Nodes]) -> Nodes | None:
    """The formula with x and y in place of the chosen parts.

    None where a variable is left over, a chosen part does not stand by itself, or the size is out of bounds.
    """
    kept: list[Node] = []
    end = len(whole.nodes)
    found: set[int] = set()
    while end > 0:
        begin, node = whole.starts[end - 1], whole.nodes[end - 1]
        part = whole.nodes[begin:end]
        if part in chosen:
            number = chosen.index(part)
            found.add(number)
            kept.append((_X, _Y)[number])
            end = begin
            continue
        if isinstance(node, Variable) or len(kept) == MAX_SIZE:
            return None
        kept.append(node)
        end -= 1
    fits = MIN_SIZE <= len(kept) <= MAX_SIZE and len(found) == len(chosen)
    return tuple(reversed(kept)) if fits else None


def _is_trivial(nodes: Nodes) -> bool:
    """Whether a piece is one operator, or ends with an odd scale or offset, or is no more than those."""
    if sum(isinstance(node, Operator) for node in nodes) < 2:
        return True
    plain = Expression(nodes).canonical.nodes
    if _ends_with_line(nodes) or _ends_with_line(plain):
        return True
    operators = {node.name for node in plain if isinstance(node, Operator)}
    return sum(isinstance(node, Variable) for node in plain) < 2 and operators.issubset(LINE_OPERATORS)


def _ends_with_line(nodes: Nodes) -> bool:
    """Whether the root scales or shifts by an odd number."""
    root = nodes[-1]
    lines = isinstance(root, Operator) and root.name in LINE_OPERATORS
    return lines and any(_masked(part.nodes) == ("number",) for part in Expression(nodes).arguments())


def _keyed(written: Nodes, arity: int) -> tuple[Nodes, Key]:
    """A piece with its open places in the order that sorts first, and its canonical form, numbers masked."""
    choices = [written]
    if arity == 2:
        choices.append(tuple(_Y if node == _X else _X if node == _Y else node for node in written))
    keyed = [(nodes, _masked(Expression(nodes).canonical.nodes)) for nodes in choices]
    return min(keyed, key=lambda pair: (repr(pair[1]), pair[0].index(_X)))


def _masked(nodes: Nodes) -> Key:
    return tuple(_sign(node) for node in nodes)


def _sign(node: Node) -> object:
    if isinstance(node, Operator):
        return node.name
    if isinstance(node, Variable):
        return ("variable", node.name)
    return node.value if abs(node.value) in _SIMPLE else "number"


def _named(piece: _Piece, names: dict[str, int]) -> Recurring:
    """A piece under a name made of its outermost operators."""
    operators = [node.name for node in reversed(piece.written) if isinstance(node, Operator)]
    name = "_".join(map(word_of, operators[:_NAMED_OPERATORS]))
    names[name] += 1
    if names[name] > 1:
        name = f"{name}_{names[name]}"
    sources = list(piece.sources)
    source = ", ".join(sources[:_SHOWN_SOURCES]) + (", ..." if len(sources) > _SHOWN_SOURCES else "")
    text = Expression(tuple(_rounded(node) for node in piece.written)).text()
    return Recurring(Macro(name, text, len(piece.formulas), source), len(piece.written))


def _rounded(node: Node) -> Node:
    return Constant(float(f"{node.value:.{DIGITS}g}")) if isinstance(node, Constant) else node
