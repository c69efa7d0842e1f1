"""Systems that stay the same when states are exchanged: some equations are images of others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.expression import Expression, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Node
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.measured.noise import Smoothed


class Mirror(NamedTuple):
    """Which equations are images of which, constants shared.

    Attributes
    ----------
    sources
        For each equation the place of the one that it is the image of; its own where it stands for itself.
    names
        Pairs of states that change places.
    """

    sources: tuple[int, ...]
    names: tuple[tuple[str, str], ...]

    def image(self, equation: Expression) -> Expression:
        """An equation with the states exchanged.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> print(Mirror((0, 0), (("x", "y"),)).image(parse("x - 0.5 * x * y**2")))
        y - 0.5 * y * x**2
        """
        other = dict(self.names) | {second: first for first, second in self.names}

        def exchanged(node: Node) -> Node:
            is_state = isinstance(node, Variable) and node.value is None and node.name in other
            return Variable(other[node.name]) if is_state else node  # type: ignore[union-attr]

        return equation.map_nodes(exchanged)

    def completed(self, equations: Sequence[Expression]) -> tuple[Expression, ...]:
        """Equations with the images in their places."""
        return tuple(
            one if source == number else self.image(equations[source])
            for number, (one, source) in enumerate(zip(equations, self.sources, strict=True))
        )


def with_images(data: Smoothed, mirror: Mirror, names: Names) -> Smoothed:
    """Runs, and each of them with the states exchanged, which obeys the same equations.

    What one state's rate says little of the other one's may say much of.
    """
    other = dict(mirror.names) | {second: first for first, second in mirror.names}
    order = [names.states.index(other[name]) for name in names.states]
    images = tuple(replace(run, states=run.states[:, order]) for run in data.runs)
    curves = tuple(tuple(each[place] for place in order) for each in data.curves)
    return replace(data, runs=data.runs + images, curves=data.curves + curves)
