"""What is known of a right side around an unknown part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.expression import Expression

if TYPE_CHECKING:
    from symlaw.language.expression import Nodes


class Around(NamedTuple):
    """A right side but for one part, whose nodes stand in the midst of it.

    Attributes
    ----------
    before, after
        Nodes before and behind those of the part, in postfix order; their constants stay as they are.
    name
        What the part is called.
    """

    before: Nodes = ()
    after: Nodes = ()
    name: str = ""

    def whole(self, part: Expression) -> Expression:
        """The right side with the part put in.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> half = parse("F / 2")
        >>> print(Around(half.nodes, parse("a + b").nodes[-1:]).whole(parse("3.5 * x")))
        F / 2.0 + 3.5 * x
        """
        return Expression((*self.before, *part.nodes, *self.after)) if self.before or self.after else part

    def part(self, whole: Expression) -> Expression:
        """The part of a right side that `whole` made."""
        return Expression(whole.nodes[len(self.before) : len(whole.nodes) - len(self.after)])


ALONE = Around()
