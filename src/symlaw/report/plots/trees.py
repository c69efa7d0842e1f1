"""A formula as a tree: operators above their arguments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from symlaw.language.expression import Constant, Leaf, Variable, reduced
from symlaw.report.found import found_of
from symlaw.report.plots.style import BLUE, GREEN, GREY, ORANGE, cut, new_figure, styled, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.report.found import Found
    from symlaw.runs.store import Run
    from symlaw.tasks.regression.estimator import SymbolicRegressor

_SIGNS = {
    "*": "×", "/": "÷", "-": "−", "neg": "−", "sqrt": "√", "cbrt": "∛", "square": "( )²", "cube": "( )³",
    "inv": "1 / ( )",
}  # fmt: skip
_LONGEST = 18
# Inches between neighbouring leaves and between levels.
_APART, _DOWN = 0.95, 0.75
_WIDEST = 16.0


@dataclass(frozen=True)
class Placed:
    """A node of a tree with its place: leaves stand side by side, an operator above its arguments.

    Parameters
    ----------
    label
        What is written.
    colour
        By what kind of node it is.
    x, depth
        Place from the left and below the top.
    below
        Its arguments.
    """

    label: str
    colour: str
    x: float
    depth: int
    below: tuple[Placed, ...] = ()

    def all(self) -> Iterator[Placed]:
        """This node and those below it."""
        yield self
        for one in self.below:
            yield from one.all()


def placed(expression: Expression) -> Placed:
    """The nodes of a formula at their places.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [(one.label, one.x, one.depth) for one in placed(parse("a * sqrt(b)")).all()]
    [('×', 0.5, 0), ('a', 0.0, 1), ('√', 1.0, 1), ('b', 1.0, 2)]
    """
    count = iter(range(len(expression.nodes)))

    def leaf(node: Leaf) -> Placed:
        return Placed(*_said(node), float(next(count)), 0)

    def applied(row: Operator, arguments: Sequence[Placed]) -> Placed:
        x = sum(one.x for one in arguments) / len(arguments)
        return Placed(_SIGNS.get(row.name, row.name), BLUE, x, 0, tuple(map(_lowered, arguments)))

    return reduced(expression.nodes, leaf, applied)


def _lowered(node: Placed) -> Placed:
    return Placed(node.label, node.colour, node.x, node.depth + 1, tuple(map(_lowered, node.below)))


def _said(node: Leaf) -> tuple[str, str]:
    if isinstance(node, Constant):
        return f"{node.value:.4g}", GREY
    return cut(node.name, _LONGEST), ORANGE if isinstance(node, Variable) and node.value is None else GREEN


def plot_tree(
    source: SymbolicRegressor | Run | Found,
    *,
    complexity: float | None = None,
    output: int | str | None = None,
    ax: Any = None,
) -> Any:
    """A formula as a tree: operators blue, columns orange, numbers grey, named constants green.

    Parameters
    ----------
    source
        A fitted model, or a run.
    complexity
        Formula to take; the recommended by default.
    output
        Number of the target, where there are several.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found = found_of(source, output)
    law = found.row(complexity).expression
    top = placed(law)
    nodes = list(top.all())
    columns, levels = 1 + max(one.x for one in nodes), 1 + max(one.depth for one in nodes)
    with styled():
        if ax is None:
            ax = new_figure(
                min(_WIDEST, max(3.2, _APART * columns + 0.6)), _DOWN * levels + 0.7
            ).add_subplot()
        for node in nodes:
            for argument in node.below:
                ax.plot(
                    [node.x, argument.x], [-node.depth, -argument.depth], color=GREY, linewidth=1.0, zorder=1
                )
        for node in nodes:
            _draw(ax, node)
        ax.set_xlim(-0.6, columns - 0.4)
        ax.set_ylim(0.45 - levels, 0.5)
        ax.set_axis_off()
        title(ax, f"{found.target} = {law.shown(4)}")
        return ax.figure


def _draw(ax: Any, node: Placed) -> None:
    ax.text(
        node.x, -node.depth, node.label, ha="center", va="center", fontsize=9.5, zorder=2, parse_math=False,
        bbox={"boxstyle": "round,pad=0.4", "facecolor": "white", "edgecolor": node.colour, "linewidth": 1.4},
    )  # fmt: skip
