"""THE rules of simplification, in the language's own notation.

A rule holds wherever its conditions do: there both sides are the same number, or both undefined. Conditions
speak of a whole box of the variables: ``a > 0``, ``a >= 0`` and ``a != 0`` say so of every point where a is
defined, ``defined a`` says that it is defined at every point. A rule with ``<->`` goes both ways.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.operators import LINE_OPERATORS, Operator
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Collection

_ORDER = """
a + b -> b + a
a * b -> b * a
(a + b) + c <-> a + (b + c)
(a * b) * c <-> a * (b * c)
min(a, b) -> min(b, a)
max(a, b) -> max(b, a)
"""

_SUMS = """
a - b <-> a + (-b)
a + 0 -> a
-(-a) -> a
-(a + b) <-> (-a) + (-b)
-(a - b) -> b - a
a + (-a) -> 0 if defined a
a - a -> 0 if defined a
a + a <-> 2 * a
a * b + a * c <-> a * (b + c)
a * b + a -> a * (b + 1)
a**2 + a * b -> a * (a + b)
a**2 + a -> a * (a + 1)
a**2 - a * b -> a * (a - b)
-(a * (b - c)) -> a * (c - b)
a * b - a * c -> a * (b - c)
a * b - a -> a * (b - 1)
a - a * b -> a * (1 - b)
a / c + b / c <-> (a + b) / c
a / c - b / c <-> (a - b) / c
"""

_PRODUCTS = """
a * 1 -> a
a * 0 -> 0 if defined a
a * (-1) <-> -a
(-a) * b <-> -(a * b)
a / b <-> a * inv(b)
a / 1 -> a
1 / a <-> inv(a)
(-a) / b <-> -(a / b)
a / (-b) <-> -(a / b)
0 / a -> 0 if defined a, a != 0
a / a -> 1 if defined a, a != 0
a * inv(a) -> 1 if defined a, a != 0
(a * b) / a -> b if defined a, a != 0
a / (a * b) -> 1 / b if defined a, a != 0
a / (b / c) <-> a * c / b if c != 0
(a / b) / c <-> a / (b * c)
a * (b / c) <-> (a * b) / c
inv(inv(a)) -> a if a != 0
inv(a * b) <-> inv(a) * inv(b)
inv(-a) -> -inv(a)
inv(a / b) <-> b / a if b != 0
"""

_POWERS = """
a * a <-> a**2
a**2 * a <-> a**3
a**2 * a**2 <-> (a**2)**2
a**3 / a -> a**2 if defined a, a != 0
a**2 / a -> a if defined a, a != 0
a / a**2 -> 1 / a if defined a, a != 0
(-a)**2 -> a**2
(-a)**3 <-> -(a**3)
(a * b)**2 <-> a**2 * b**2
(a / b)**2 <-> a**2 / b**2
(a * b)**3 <-> a**3 * b**3
(a / b)**3 <-> a**3 / b**3
inv(a)**2 <-> inv(a**2)
(a + b)**2 <-> a**2 + 2 * (a * b) + b**2
(a - b)**2 <-> a**2 - 2 * (a * b) + b**2
(a - b) * (a + b) <-> a**2 - b**2
(a - b)**2 -> (b - a)**2
abs(a)**2 -> a**2
abs(-a) -> abs(a)
abs(a * b) <-> abs(a) * abs(b)
abs(a) -> a if a >= 0
abs(a**2) -> a**2
sqrt(a)**2 -> a if a >= 0
sqrt(a) * sqrt(a) -> a if a >= 0
a / sqrt(a) -> sqrt(a) if defined a, a > 0
sqrt(a) / a -> 1 / sqrt(a) if defined a, a > 0
sqrt(a**2) -> abs(a)
sqrt(a) * sqrt(b) <-> sqrt(a * b) if a >= 0, b >= 0
sqrt(a) / sqrt(b) <-> sqrt(a / b) if a >= 0, b > 0
sqrt(a**2 * b) -> a * sqrt(b) if a >= 0
sqrt(1 / a) <-> 1 / sqrt(a)
hypot(a, b) <-> sqrt(a**2 + b**2)
cbrt(a**3) -> a
cbrt(a)**3 -> a
cbrt(a) * cbrt(b) <-> cbrt(a * b)
pow(a, 0) -> 1 if defined a, a != 0
pow(a, 1) -> a
pow(a, 2) -> a**2
pow(a, 3) -> a**3
pow(a, 4) <-> (a**2)**2
pow(a, 0.5) -> sqrt(a)
pow(a, -1) -> inv(a)
sqrt(sqrt(a)) -> pow(a, 0.25)
a * sqrt(a) -> pow(a, 1.5) if a > 0
sqrt(a) / a -> pow(a, -0.5) if defined a, a > 0
sqrt(pow(a, b)) -> pow(a, 0.5 * b) if a > 0
pow(a, b)**2 -> pow(a, 2 * b) if a > 0
pow(a, b) * sqrt(a) -> pow(a, b + 0.5) if a > 0
pow(a, -b) -> inv(pow(a, b)) if a > 0
inv(pow(a, b)) <-> pow(a, -1 * b) if a > 0
pow(a, b) * pow(a, c) <-> pow(a, b + c) if a > 0
pow(a, b) * a <-> pow(a, b + 1) if a > 0
pow(a, b) / a <-> pow(a, b - 1) if a > 0
pow(pow(a, b), c) <-> pow(a, b * c) if a > 0
pow(a, b) * pow(c, b) <-> pow(a * c, b) if a > 0, c > 0
pow(exp(a), b) -> exp(a * b)
"""

_EXPONENTIALS = """
exp(log(a)) -> a if a > 0
log(exp(a)) -> a
exp(a) * exp(b) <-> exp(a + b)
exp(a) / exp(b) <-> exp(a - b)
exp(-a) <-> inv(exp(a))
a / exp(b) <-> a * exp(-b)
exp(a)**2 <-> exp(2 * a)
sqrt(exp(a)) -> exp(0.5 * a)
exp(a * log(b)) <-> pow(b, a) if b > 0
exp(2 * log(a)) -> a**2 if a > 0
exp(-log(a)) -> inv(a) if a > 0
log(a * b) <-> log(a) + log(b) if a > 0, b > 0
log(a / b) <-> log(a) - log(b) if a > 0, b > 0
log(inv(a)) <-> -log(a) if a > 0
log(a**2) <-> 2 * log(a) if a > 0
log(a**3) <-> 3 * log(a) if a > 0
log(sqrt(a)) <-> 0.5 * log(a) if a > 0
log(pow(a, b)) <-> b * log(a) if a > 0
log1p(a) <-> log(1 + a)
expm1(a) <-> exp(a) - 1
logistic(a) <-> inv(1 + exp(-a))
gaussian(a) <-> exp(-(a**2))
"""

_WAVES = """
sin(-a) <-> -sin(a)
cos(-a) -> cos(a)
tan(-a) <-> -tan(a)
asin(-a) <-> -asin(a)
atan(-a) <-> -atan(a)
tanh(-a) <-> -tanh(a)
cos(a - b) -> cos(b - a)
sin(a)**2 + cos(a)**2 -> 1 if defined a
1 - sin(a)**2 -> cos(a)**2
1 - cos(a)**2 -> sin(a)**2
cos(a)**2 - sin(a)**2 -> cos(2 * a)
1 - 2 * sin(a)**2 <-> cos(2 * a)
2 * cos(a)**2 - 1 -> cos(2 * a)
2 * (sin(a) * cos(a)) <-> sin(2 * a)
sin(a) * cos(a) -> 0.5 * sin(2 * a)
sin(a) / cos(a) <-> tan(a)
tan(a) * cos(a) -> sin(a) if cos(a) != 0
sin(a) * cos(b) + cos(a) * sin(b) -> sin(a + b)
sin(a) * cos(b) - cos(a) * sin(b) -> sin(a - b)
cos(a) * cos(b) - sin(a) * sin(b) -> cos(a + b)
cos(a) * cos(b) + sin(a) * sin(b) -> cos(a - b)
sin(asin(a)) -> a if defined asin(a)
cos(acos(a)) -> a if defined acos(a)
cos(asin(a)) <-> sqrt(1 - a**2)
sin(acos(a)) <-> sqrt(1 - a**2)
tan(atan(a)) -> a
sinh(a) / cosh(a) <-> tanh(a)
cosh(a)**2 - sinh(a)**2 -> 1 if defined a
cosh(a) + sinh(a) -> exp(a)
cosh(a) - sinh(a) -> exp(-a)
"""

_EXTREMES = """
min(a, a) -> a
max(a, a) -> a
max(a, -a) -> abs(a)
min(a, b) + max(a, b) -> a + b
-max(a, b) <-> min(-a, -b)
-min(a, b) <-> max(-a, -b)
max(a + c, b + c) -> max(a, b) + c
min(a + c, b + c) -> min(a, b) + c
max(a - c, b - c) -> max(a, b) - c
min(a - c, b - c) -> min(a, b) - c
c * max(a, b) <-> max(c * a, c * b) if c > 0
c * min(a, b) <-> min(c * a, c * b) if c > 0
max(a, b) / c <-> max(a / c, b / c) if c > 0
min(a, b) / c <-> min(a / c, b / c) if c > 0
"""

# Functions that rise, and where, pass through the largest and the smallest of two.
_RISING = {
    "exp({0})": "", "log({0})": " > 0", "sqrt({0})": " >= 0", "({0})**2": " >= 0", "({0})**3": "",
    "cbrt({0})": "", "tanh({0})": "", "atan({0})": "", "sinh({0})": "", "expm1({0})": "", "logistic({0})": "",
}  # fmt: skip


def _through_extremes() -> str:
    return "".join(
        f"{whole.format(f'{extreme}(a, b)')} <-> {extreme}({whole.format('a')}, {whole.format('b')})"
        f"{f' if a{where}, b{where}' if where else ''}\n"
        for whole, where in _RISING.items()
        for extreme in ("max", "min")
    )


_RULES = _ORDER + _SUMS + _PRODUCTS + _POWERS + _EXPONENTIALS + _WAVES + _EXTREMES + _through_extremes()

# What follows of a formula from what is known of its arguments.
_FACTS = """
exp(a) > 0
cosh(a) > 0
gaussian(a) > 0
logistic(a) > 0
a * b > 0 if a > 0, b > 0
a / b > 0 if a > 0, b > 0
a + b > 0 if a > 0, b >= 0
inv(a) > 0 if a > 0
sqrt(a) > 0 if a > 0
a**2 > 0 if a != 0
a**3 > 0 if a > 0
abs(a) > 0 if a != 0
pow(a, b) > 0 if a > 0
a**2 >= 0
abs(a) >= 0
sqrt(a) >= 0
a * b >= 0 if a >= 0, b >= 0
a / b >= 0 if a >= 0, b > 0
a + b >= 0 if a >= 0, b >= 0
a**3 >= 0 if a >= 0
a * b != 0 if a != 0, b != 0
a / b != 0 if a != 0
inv(a) != 0
-a != 0 if a != 0
a**2 != 0 if a != 0
a**3 != 0 if a != 0
sqrt(a) != 0 if a != 0
defined a + b if defined a, defined b
defined a - b if defined a, defined b
defined a * b if defined a, defined b
defined -a if defined a
defined a**2 if defined a
defined a**3 if defined a
defined exp(a) if defined a
defined sin(a) if defined a
defined cos(a) if defined a
defined tanh(a) if defined a
defined atan(a) if defined a
defined sinh(a) if defined a
defined cosh(a) if defined a
defined abs(a) if defined a
defined cbrt(a) if defined a
defined a / b if defined a, defined b, b != 0
defined inv(a) if defined a, a != 0
defined sqrt(a) if defined a, a >= 0
defined log(a) if defined a, a > 0
defined pow(a, b) if defined a, defined b, a > 0
"""

# Operators whose values' signs follow by these from those of their arguments.
FOLLOWING = ("*", "/", "neg", "square", "cube", "sqrt", "abs", "exp", "cosh", "gaussian", "logistic")

# Operators of sums and products, which every formula may come to have.
_ALWAYS = (*LINE_OPERATORS, "inv", "square")
# Operators that graphs are made for whether a formula has them or not, so that few graphs are made.
USUAL = (*_ALWAYS, "cube", "sqrt", "pow", "exp", "log", "sin", "cos")
# What an answer need not have, and rules pass through.
_STEPS = ("cube", "abs")
_RELATIONS = {" > 0": "positive", " >= 0": "not_negative", " != 0": "not_zero"}
RELATIONS = ("positive", "not_negative", "not_zero", "defined")


class Fact(NamedTuple):
    """That a relation holds of a formula."""

    relation: str
    formula: str


class Rule(NamedTuple):
    """That one formula may be written as another one, under conditions."""

    left: str
    right: str
    conditions: tuple[Fact, ...]
    both_ways: bool


def rules() -> list[Rule]:
    """All rules.

    Examples
    --------
    >>> next(rule for rule in rules() if rule.left == "exp(log(a))")
    Rule(left='exp(log(a))', right='a', conditions=(Fact(relation='positive', formula='a'),), both_ways=False)
    """
    found = []
    for line in filter(None, _RULES.splitlines()):
        rewriting, conditions = _parted(line)
        both = "<->" in rewriting
        left, right = (side.strip() for side in rewriting.split("<->" if both else "->"))
        found.append(Rule(left, right, conditions, both))
    return found


def facts() -> list[tuple[Fact, tuple[Fact, ...]]]:
    """What follows, and from what."""
    lines = (_parted(line) for line in filter(None, _FACTS.splitlines()))
    return [(_fact(told), conditions) for told, conditions in lines]


def _parted(line: str) -> tuple[str, tuple[Fact, ...]]:
    told, _, conditions = line.partition(" if ")
    return told, tuple(_fact(one) for one in _separate(conditions))


def _separate(conditions: str) -> list[str]:
    return [one.strip() for one in conditions.split(", ") if one.strip()]


def _fact(text: str) -> Fact:
    if text.startswith("defined "):
        return Fact("defined", text.removeprefix("defined "))
    for ending, relation in _RELATIONS.items():
        if text.endswith(ending):
            return Fact(relation, text.removesuffix(ending))
    raise ValueError(f"{text!r} is no condition")


def usable(names: Collection[str], allowed: Collection[str]) -> tuple[list[Rule], set[str]]:
    """The rules that may apply to formulas of some operators, each one way, and operators that they reach.

    Parameters
    ----------
    names
        Operators of the formulas.
    allowed
        Operators of answers; none beside them, and those that are steps on the way, is introduced.

    Examples
    --------
    >>> sorted(usable({"sin"}, {"sin", "+"})[1])
    ['*', '+', '-', '/', 'cube', 'inv', 'neg', 'sin', 'square']
    """
    reached, found = {*names, *_ALWAYS}, dict[Rule, None]()
    wanted = {*allowed, *_STEPS, *reached}
    ways = [way for rule in rules() for way in _one_way(rule)]
    growing = True
    while growing:
        new = [
            w
            for w in ways
            if w not in found and operators_of(w.left) <= reached and operators_of(w.right) <= wanted
        ]
        found.update(dict.fromkeys(new))
        growing = bool(new)
        reached |= {name for way in new for name in operators_of(way.right)}
    return [way for way in ways if way in found], reached


def _one_way(rule: Rule) -> list[Rule]:
    left, right, conditions, both = rule
    ways = [Rule(left, right, conditions, False)]
    return [*ways, Rule(right, left, conditions, False)] if both else ways


@cache
def operators_of(formula: str) -> frozenset[str]:
    """Names of the operators of a formula in text."""
    return frozenset(node.name for node in parse(formula).nodes if isinstance(node, Operator))
