"""How formulas are written in one programming language: spellings, numbers, names."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.errors import CannotExport, MissingDependency
from symlaw.language.algebra.canonical import folded
from symlaw.language.algebra.derivative import substituted
from symlaw.language.expression import Constant, Expression, Leaf, Nodes, Variable, joined, reduced, rewritten
from symlaw.language.operators import Operator, Precedence, Spelling, operator_table
from symlaw.language.operators.row import ARGUMENTS, infix
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

FUNCTION = "formula"
_LONGEST_NAME = 48
_WORD = re.compile(r"[^\W\d]\w*")

# What languages with infix arithmetic share. A minus never follows another one: some read "--" otherwise.
ARITHMETIC: Mapping[str, Spelling] = {
    "+": infix("+", Precedence.SUM),
    "-": infix("-", Precedence.SUM, Precedence.NEGATION),
    "*": infix("*", Precedence.PRODUCT),
    "/": infix("/", Precedence.PRODUCT),
    "neg": Spelling("-{0}", Precedence.NEGATION, (Precedence.POWER,)),
    "inv": Spelling("1.0 / {0}", Precedence.PRODUCT, (Precedence.NEGATION,)),
}

# What any language with extrema, and with truths, has.
COMPOSED: Mapping[str, str] = {
    "clamp": "min(max(x, y), z)",
    "nand": "not (x and y)",
    "nor": "not (x or y)",
    "implies": "not x or y",
    "mux": "if(x, y, z)",
}

COMPARISONS = (">", "<", ">=", "<=")


def truths(
    compared: str, both: str, either: str, different: str, denied: str, chosen: str
) -> dict[str, Spelling]:
    """Spellings of truths as calls; ``{sign}`` in the first one stands for the sign of a comparison.

    Arguments of comparisons and conditions of choices may stand without brackets where they bind as tightly
    as sums do.
    """
    sums = (Precedence.SUM,) * 3
    found = {sign: Spelling(compared.replace("{sign}", sign), Precedence.ATOM, sums) for sign in COMPARISONS}
    words = {"and": both, "or": either, "xor": different, "not": denied, "if": chosen}
    return {**found, **{name: Spelling(text, Precedence.ATOM, sums) for name, text in words.items()}}


class _Printed(NamedTuple):
    text: str
    precedence: Precedence


def spelled(words: Mapping[str, str]) -> dict[str, Spelling]:
    """Spellings of calls: templates that bind as tightly as a name does."""
    return {name: Spelling(template) for name, template in words.items()}


def cells(notation: str) -> dict[str, Spelling]:
    """The spellings that the operator table has in one of its own notations."""
    return {name: row.spelling(notation) for name, row in operator_table().items()}


@dataclass(frozen=True)
class Dialect:
    """One language as far as formulas need it.

    Parameters
    ----------
    name
        What people call it.
    spellings
        Spelling by the operator's name. An operator of the table that is neither here nor in ``composed`` is
        one that the language lacks.
    number
        A finite or special number as a literal.
    choice
        Template of a lookup: the value at one level of ``{x}``, else the rest.
    rest
        What a lookup gives at no level; a template of ``{x}``.
    composed
        Operators by what they are made of, in symlaw's language with the arguments ``x`` and ``y``.
    helpers
        Source of functions that are put in front of formulas that use them, by name.
    keywords
        Words that no variable may be called.
    quoted
        A text as a literal.
    """

    name: str
    spellings: Mapping[str, Spelling]
    number: Callable[[float], str]
    choice: str
    rest: str
    composed: Mapping[str, str] = field(default_factory=dict)
    helpers: Mapping[str, str] = field(default_factory=dict)
    keywords: frozenset[str] = frozenset()
    quoted: Callable[[str], str] = repr

    def lacks(self) -> tuple[str, ...]:
        """Operators of the table that cannot be written."""
        return tuple(
            name for name in operator_table() if not (name in self.spellings or name in self.composed)
        )

    def prepared(self, expression: Expression) -> Expression:
        """The formula in operators that the language has, parts without variables as numbers.

        Raises
        ------
        CannotExport
            When there are operators that it lacks.
        """
        lacking: dict[str, None] = {}

        def own(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
            body = row.body.nodes if row.body is not None else None
            if row.name in self.composed and not row.is_users:
                body = parse(self.composed[row.name]).nodes
            if body is not None:
                inside = rewritten(body, own)
                return substituted(inside, dict(zip(ARGUMENTS, arguments, strict=False)))
            if not (row.table or (row.name in self.spellings and not row.is_users)):
                lacking[row.name] = None
            return joined(row, arguments)

        known = _numbers_for_names(expression)
        nodes = rewritten(known.nodes, own)
        if lacking:
            raise CannotExport(_refusal(self.name, lacking, expression))
        return folded(Expression(nodes))

    def written(
        self,
        expression: Expression,
        names: Mapping[str, str],
        labels: Mapping[str, Sequence[str]] | None = None,
    ) -> str:
        """A prepared formula, its variables spelled as ``names`` say.

        ``labels`` are texts that variables hold in place of the numbers 0, 1, ..., by their spelling.
        """

        def leaf(node: Leaf) -> _Printed:
            if isinstance(node, Variable):
                return _Printed(names[node.name], Precedence.ATOM)
            text = self.number(node.value)
            return _Printed(text, Precedence.NEGATION if text.startswith("-") else Precedence.ATOM)

        def applied(row: Operator, arguments: Sequence[_Printed]) -> _Printed:
            return self._applied(row, arguments, labels or {})

        return reduced(expression.nodes, leaf, applied).text

    def _applied(
        self, row: Operator, arguments: Sequence[_Printed], labels: Mapping[str, Sequence[str]]
    ) -> _Printed:
        if row.table:
            return self._looked_up(row, arguments[0], labels.get(arguments[0].text))
        spelling = self.spellings[row.name]
        texts = [
            f"({argument.text})" if argument.precedence < needed else argument.text
            for argument, needed in zip(arguments, spelling.arguments, strict=False)
        ]
        return _Printed(spelling.template.format(*texts), spelling.precedence)

    def _looked_up(self, row: Operator, argument: _Printed, labels: Sequence[str] | None) -> _Printed:
        place = argument.text if argument.precedence is Precedence.ATOM else f"({argument.text})"
        text = self.rest.format(x=place)
        for level, value in reversed(row.table):
            known = labels is not None and level == int(level) and 0 <= level < len(labels)
            at = self.quoted(labels[int(level)]) if known and labels else self.number(level)
            text = self.choice.format(x=place, rest=text, level=at, value=self.number(value))
        return _Printed(text, Precedence.ATOM)

    def identifiers(self, names: Iterable[str]) -> dict[str, str]:
        """A distinct safe word for each name, none with a meaning in the language or in its functions."""
        templates = " ".join(spelling.template for spelling in self.spellings.values())
        texts = re.sub(r"\{\w+\}", " ", " ".join((templates, self.choice, self.rest)))
        return safe_words(names, {*self.keywords, *self.helpers, *_WORD.findall(texts), FUNCTION})

    def helpers_in(self, body: str) -> list[str]:
        """Sources of the helpers that a text uses."""
        used = set(_WORD.findall(body))
        return [source for word, source in self.helpers.items() if word in used]


def _numbers_for_names(expression: Expression) -> Expression:
    """Named constants as numbers."""
    return expression.map_nodes(
        lambda node: Constant(node.value) if isinstance(node, Variable) and node.value is not None else node
    )


def _refusal(target: str, lacking: Iterable[str], expression: Expression) -> str:
    names = tuple(lacking)
    own = {node.name for node in expression.nodes if isinstance(node, Operator) and node.is_users}
    words = ", ".join(map(repr, names))
    mend = "choose another format, or a formula without it"
    if own & set(names):
        mend = "a user's operator can be exported where symlaw can follow its function (symlaw.trace)"
    return f"{target} has no spelling for the operator {words}: {mend}"


def safe_words(names: Iterable[str], reserved: Iterable[str]) -> dict[str, str]:
    """A distinct plain identifier for each name, near to it in spelling.

    Examples
    --------
    >>> safe_words(["mass [kg]", "mass (kg)", "for", "=cmd"], ["for"])
    {'mass [kg]': 'mass__kg_', 'mass (kg)': 'mass__kg__2', 'for': 'x_for', '=cmd': 'x_cmd'}
    """
    meaningful, chosen = frozenset(reserved), {}
    taken = set(meaningful)
    for name in names:
        word = re.sub(r"\W", "_", name, flags=re.ASCII)[:_LONGEST_NAME]
        if not word[:1].isalpha() or word in meaningful:
            word = "x_" + word.lstrip("_")
        unique, count = word, 2
        while unique in taken:
            unique, count = f"{word}_{count}", count + 1
        taken.add(unique)
        chosen[name] = unique
    return chosen


def literal(value: float, specials: Mapping[str, str], suffix: str = "") -> str:
    """A number that reads back exactly; ``specials`` has the words for inf, -inf and nan."""
    return f"{value!r}{suffix}" if math.isfinite(value) else specials[repr(value)]


def column_comments(names: Mapping[str, str], sign: str, indent: str = "    ") -> str:
    """A line for each variable that says its column; ASCII only, so that no name can leave its comment."""
    return "".join(f"{indent}{sign} {word}: column {name!a}\n" for name, word in names.items())


def module_named(word: str, why: str) -> Any:
    """A package that is no dependency of symlaw.

    Raises
    ------
    MissingDependency
        When it is not installed; the message says how to install it.
    """
    try:
        return import_module(word)
    except ImportError as error:
        raise MissingDependency(
            f"{why} needs the package {word!r}: install it with pip install 'symlaw[{word}]'"
        ) from error


def in_order(names: Iterable[str], columns: Sequence[str]) -> list[str]:
    """Names in the order of a table's columns; those that it lacks come last, as they were."""
    places = {name: place for place, name in enumerate(columns)}
    return sorted(names, key=lambda name: places.get(name, len(places)))


def used_names(dialect: Dialect, expression: Expression, columns: Sequence[str] = ()) -> dict[str, str]:
    """Identifiers of the columns that a formula uses, in a table's order or else that of first use."""
    return dialect.identifiers(in_order(expression.variables, columns))
