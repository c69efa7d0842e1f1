"""Printing from the spelling cells of the operator table."""

from __future__ import annotations

import keyword
import math
import re
from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.algebra.canonical import folded
from symlaw.language.expression import Constant, Expression, Leaf, Variable, reduced
from symlaw.language.operators import Operator, Precedence, Spelling
from symlaw.language.parser import quote_name
from symlaw.language.printers.dialect import column_comments, in_order, safe_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


# Powers that would be read as a square and a cube.
_READ_AS_OTHERS, _CALLED_POWER = ("2.0", "3.0", "2", "3"), Spelling("pow({0}, {1})")


_MOST_DIGITS = 17
# Rounded numbers below this are written without a power of ten.
_PLAIN_BELOW = 1e5


class _Printed(NamedTuple):
    text: str
    precedence: Precedence
    bare_number: bool = False


def render(
    expression: Expression,
    notation: str,
    *,
    digits: int | Sequence[int] | None = None,
    names: Mapping[str, str] | None = None,
) -> str:
    """The expression in a notation of the operator table.

    Parameters
    ----------
    expression
        What to print.
    notation
        One of `symlaw.language.operators.NOTATIONS`.
    digits
        Significant digits of constants, or of each constant from left to right; all of them by default.
    names
        Spelling of each variable; by default the notation's own way of quoting. Named constants are written
        by name in text and LaTeX, as numbers elsewhere unless they are spelled here.
    """
    spell = names.__getitem__ if names else _NAMES.get(notation, str)
    by_name = bool(names) or notation in _NAMES
    each = iter(_distinct(expression, digits)) if isinstance(digits, int) else None
    each = iter(digits) if digits is not None and not isinstance(digits, int) else each

    def leaf(node: Leaf) -> _Printed:
        if isinstance(node, Variable) and (by_name or node.value is None):
            return _Printed(spell(node.name), Precedence.ATOM)
        # named constants that are written as numbers have all their digits
        shown = next(each) if each is not None and isinstance(node, Constant) else None
        return _number(float(node.value), notation, shown)  # type: ignore[arg-type]

    return reduced(expression.nodes, leaf, lambda row, parts: _apply(row, parts, notation)).text


def _distinct(expression: Expression, digits: int) -> list[int]:
    """So many digits for each constant, and more for a base next to 1, whose powers differ from 1.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> _distinct(parse("2.5 * pow(0.9999, x)"), 3)
    [3, 8]
    """
    found: list[int] = []
    for place, node in enumerate(expression.nodes):
        if isinstance(node, Constant):
            off = abs(node.value - 1.0)
            near = 0.0 < off < 0.1 and _is_base(expression, place)
            found.append(digits - math.floor(math.log10(off)) if near else digits)
    return [min(one, _MOST_DIGITS) for one in found]


def _is_base(expression: Expression, place: int) -> bool:
    """Whether the number at a place is what a power raises."""
    for end, node in enumerate(expression.nodes):
        if isinstance(node, Operator) and node.name == "pow" and expression.starts[end] == place:
            return expression.starts[end - 1] == place + 1
    return False


def _apply(node: Operator, arguments: Sequence[_Printed], notation: str) -> _Printed:
    spelling = node.spelling(notation)
    if notation == "text" and node.name == "pow" and arguments[1].text in _READ_AS_OTHERS:
        spelling = _CALLED_POWER
    texts = []
    for place, (argument, needed) in enumerate(zip(arguments, spelling.arguments, strict=False)):
        # -(2.5) must not read back as the number -2.5
        ambiguous = node.name == "neg" and argument.bare_number
        # no two signs stand side by side in mathematics
        ambiguous |= notation == "latex" and follows_a_sign(node, place) and argument.text.startswith("-")
        texts.append(
            _bracket(argument.text, notation) if argument.precedence < needed or ambiguous else argument.text
        )
    return _Printed(spelling.template.format(*texts), spelling.precedence)


def follows_a_sign(row: Operator, place: int) -> bool:
    """Whether the sign of an operator is written right before its argument at a place."""
    return row.name == "neg" or (place == 1 and row.name in ("+", "-", "*"))


def _bracket(text: str, notation: str) -> str:
    return rf"\left({text}\right)" if notation == "latex" else f"({text})"


def _number(value: float, notation: str, digits: int | None) -> _Printed:
    text = repr(float(value)) if digits is None else rounded(value, digits)
    if notation == "latex" and "e" in text:
        mantissa, exponent = text.split("e")
        text = rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
        return _Printed(text, Precedence.PRODUCT, True)
    text = _SPECIAL_NUMBERS.get(notation, {}).get(text, text)
    negative = text.startswith("-")
    return _Printed(text, Precedence.NEGATION if negative else Precedence.ATOM, not negative)


def justified(value: float, error: float) -> int:
    """Significant digits of a value to the second one of its standard error.

    Examples
    --------
    >>> justified(3.14159, 0.0123), justified(0.5, 4.0), justified(2.0, 0.0)
    (4, 1, 17)
    """
    if error == 0 or value == 0 or not math.isfinite(value):
        return _MOST_DIGITS if error == 0 else 1
    wanted = math.floor(math.log10(abs(value))) - math.floor(math.log10(error)) + 2
    return min(max(wanted, 1), _MOST_DIGITS)


def rounded(value: float, digits: int) -> str:
    """A number with so many significant digits.

    Examples
    --------
    >>> rounded(20.004, 1), rounded(1234567.0, 3), rounded(0.00001234, 2)
    ('20', '1.23e6', '1.2e-5')
    """
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < _PLAIN_BELOW:
        # 20 with one digit is no 2e+01
        return f"{float(text):.0f}"
    return text.replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")


_SPECIAL_NUMBERS = {
    "latex": {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"},
    "numpy": {"inf": "np.inf", "-inf": "-np.inf", "nan": "np.nan"},
    "c": {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"},
    "torch": {"inf": "torch.inf", "-inf": "-torch.inf", "nan": "torch.nan"},
    "jax": {"inf": "jnp.inf", "-inf": "-jnp.inf", "nan": "jnp.nan"},
}


def latex_name(name: str) -> str:
    """A column's name in LaTeX mathematics."""
    safe = re.sub(r"[\\{}$&#^_%~]", lambda m: _LATEX_ESCAPES[m.group()], name)
    safe = re.sub(r"\s+", r"\\ ", safe)
    head, _, tail = name.partition("_")
    if re.fullmatch(r"[A-Za-z]\d*", name):
        return name if len(name) == 1 else f"{name[0]}_{{{name[1:]}}}"
    if name in _GREEK:
        return rf"\{name}"
    if tail and re.fullmatch(r"[A-Za-z0-9]+", tail) and (len(head) == 1 or head in _GREEK):
        return (
            f"{latex_name(head)}_{{\\mathrm{{{tail}}}}}"
            if len(tail) > 1
            else f"{latex_name(head)}_{{{tail}}}"
        )
    return rf"\mathrm{{{safe}}}"


_GREEK = frozenset(
    (
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau"
        " upsilon phi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
    ).split()
)
_LATEX_ESCAPES = {
    "\\": r"\backslash{}",
    "^": r"\hat{}",
    "~": r"\tilde{}",
    **{c: "\\" + c for c in "{}$&#_%"},
}


def safe_identifiers(names: tuple[str, ...]) -> dict[str, str]:
    """A distinct identifier of Python for each column name."""
    return safe_words(names, {"np", "math", "formula", "float", *keyword.kwlist, *keyword.softkwlist})


def numpy_source(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A Python function ``formula(...)`` over NumPy arrays, as source text."""
    known = expression.named_constants
    words = safe_identifiers((*expression.variables, *known))
    names = {name: words[name] for name in in_order(expression.variables, columns)}
    # Python raises where NumPy gives inf
    body = render(folded(expression), "numpy", names=words)
    imports = "import math\n\nimport numpy as np" if "math." in body else "import numpy as np"
    columns = column_comments(names, "#")
    # numbers of NumPy give inf where Python's raise
    values = "".join(
        f"    {words[name]} = np.float64({value!r})  # {name!a}\n" for name, value in known.items()
    )
    return f"{imports}\n\n\ndef formula({', '.join(names.values())}):\n{columns}{values}    return {body}\n"


_NAMES: dict[str, Callable[[str], str]] = {"text": quote_name, "latex": latex_name}
