"""What one row of the operator table holds."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, fields
from enum import IntEnum
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from symlaw.language.later import Later
from symlaw.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.language.leaves import Leaf

    # Lower and upper ends of values, one element for each box.
    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]

# The table is made of rows; a pickle names a row of it.
_in_table = Later("symlaw.language.operators.operator")


class Precedence(IntEnum):
    """How tightly a printed form binds; a child that binds less is put in brackets."""

    OR = 1
    XOR = 2
    AND = 3
    NOT = 4
    COMPARISON = 5
    SUM = 6
    PRODUCT = 7
    NEGATION = 8
    POWER = 9
    ATOM = 10


@dataclass(frozen=True)
class Spelling:
    """How an operator is written in one notation.

    Parameters
    ----------
    template
        Format string over the printed arguments, ``{0}``, ``{1}`` and ``{2}``.
    precedence
        How tightly the whole form binds.
    arguments
        How tightly each argument must bind to stand without brackets.
    """

    template: str
    precedence: Precedence = Precedence.ATOM
    arguments: tuple[Precedence, ...] = (Precedence.OR,) * 3


def infix(sign: str, precedence: Precedence, right: Precedence | None = None) -> Spelling:
    """Spelling of a left-associative infix operator."""
    right = right or Precedence(min(precedence + 1, Precedence.ATOM))
    return Spelling(f"{{0}} {sign} {{1}}", precedence, (precedence, right))


# A partial derivative that is the same everywhere.
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[-+]\d+)?")
# Names of an operator's arguments in the cells of its row, and how many there may be.
ARGUMENTS = ("x", "y", "z")
MAX_ARITY = len(ARGUMENTS)

NOTATIONS = ("text", "latex", "numpy", "c", "torch", "jax")


class Body(Protocol):
    """The formula that a user's operator stands for: an `Expression`, as far as rows need it."""

    @property
    def nodes(self) -> tuple[Operator | Leaf, ...]: ...

    @property
    def constants(self) -> tuple[float, ...]: ...

    def text(self, digits: int | None = None) -> str: ...


@dataclass(frozen=True, eq=False)
class Operator:
    """One operator: everything that any part of symlaw knows about it.

    Texts of formulas in the cells are in symlaw's own language, with ``x``, ``y`` and ``z`` for the arguments
    and ``v`` for the operator's value.

    Parameters
    ----------
    name
        The word used in formulas, settings and files.
    arity
        Number of arguments, 1 to 3.
    kernel
        Dotted name of the compiled scalar function; the engine resolves it.
    partials
        Partial derivative by each argument.
    domain
        Condition on the arguments under which the value is defined, or ``"all"``.
    unit
        Unit rule: ``same`` (arguments and value share a unit), ``product``, ``quotient``, ``power p``,
        ``dimensionless`` (all of them), ``angle`` (two arguments share a unit, the value has none),
        ``free to dimensionless``, ``exponent`` (the unit depends on a constant exponent) or ``choice`` (the
        first argument is pure, the others and the value share a unit).
    inverses
        For each argument, the formulas (of ``v`` and the other arguments) that solve for it.
    monotonicity
        Interval rule: ``increasing``, ``decreasing``, ``even`` (falls, then rises, around 0), ``mixed``
        (bilinear, by corners), ``periodic`` or ``step``; one rule for each argument.
    sympy
        Function of (the sympy module, *arguments) that builds the SymPy form.
    text, latex, numpy, c, torch, jax
        Spelling in each notation.
    argument_types, result_type
        Types for the grammar.
    cost
        Default complexity of one use.
    commutative
        Whether the two arguments may be exchanged.
    bits
        The value as a Python expression on words of 64 rows each, of ``x``, ``y`` and ``z``, where arguments
        and value are truths.
    parity
        ``odd`` where the value changes its sign with the argument, ``even`` where it stays, else empty.
    interval
        Function of the ends of each argument that gives ends of the value
        (`symlaw.language.operators.enclosures`), where ``monotonicity`` does not say it. Of formulas with an
        operator that has neither, nothing about values is ever proven.
    cycles, readability
        Costs of one use beside ``cost``, for simplifying: nanoseconds for a value, as
        ``python -m benchmarks.simplify --cycles`` measures them, and how long people take to read it. Where
        None, ``cost``.
    exponent
        The power that it is of its only argument, where it is one.
    equation
        ``exponential`` where f(x + c) is a multiple of f(x), ``logarithmic`` where f(c*x) is f(x) and a
        number, else empty.
    period
        By how much the argument of a periodic operator may be moved; 0 of others.
    rarely_nested
        Whether laws hardly ever have it right inside another operator with this cell.
    jumps
        Formulas of the arguments that are 0 where the value jumps.
    called
        Functions of NumPy, SciPy and ``math`` that it is, beside those that it is spelled by.
    absent
        For each cell deliberately left empty, the reason.
    table
        Of a lookup (`symlaw.language.user_operators.lookup`): its levels and values.
    function, body, source, digest
        Of a user's operator (`symlaw.language.user_operators.operator`): the Python function, its formula of
        built-in operators where it has one, its source text, and what tells it from others. None and
        empty in the table.
    """

    name: str
    arity: int
    kernel: str
    partials: tuple[str, ...]
    domain: str
    unit: str
    inverses: tuple[tuple[str, ...], ...]
    monotonicity: tuple[str, ...]
    sympy: Callable[..., Any]
    text: Spelling
    latex: Spelling
    numpy: Spelling
    c: Spelling
    torch: Spelling
    jax: Spelling
    argument_types: tuple[Type, ...] = (Type.REAL, Type.REAL)
    result_type: Type = Type.REAL
    cost: float = 1.0
    commutative: bool = False
    bits: str = ""
    parity: str = ""
    interval: Callable[..., Ends] | None = None
    cycles: float | None = None
    readability: float | None = None
    exponent: Fraction | None = None
    equation: str = ""
    period: float = 0.0
    rarely_nested: bool = False
    jumps: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    function: Callable[..., Any] | None = None
    body: Body | None = None
    table: tuple[tuple[float, float], ...] = ()
    source: str = ""
    digest: str = ""

    @property
    def is_users(self) -> bool:
        """Whether it is made for a fit, by a user or as a lookup, and in no table."""
        return bool(self.digest)

    @property
    def is_real(self) -> bool:
        """Whether arguments and value are numbers."""
        return {self.result_type, *self.argument_types[: self.arity]} == {Type.REAL}

    @property
    def is_logical(self) -> bool:
        """Whether arguments and value are truths."""
        return {self.result_type, *self.argument_types[: self.arity]} == {Type.BOOLEAN}

    @property
    def compares(self) -> bool:
        """Whether it compares numbers."""
        return self.result_type is Type.BOOLEAN and set(self.argument_types[: self.arity]) == {Type.REAL}

    @cached_property
    def coefficients(self) -> tuple[float, ...]:
        """What the arguments are multiplied by, where the value is a sum of multiples of them; else empty."""
        nodes = () if self.body is None else self.body.nodes
        parts = [node for node in nodes if isinstance(node, Operator)]
        # derivatives say nothing of jumps
        jumps = any("step" in row.monotonicity or not row.is_real for row in parts)
        found = [float(text) for text in self.partials if _NUMBER.fullmatch(text)]
        if jumps or (self.is_users and self.body is None) or len(found) < self.arity or not all(found):
            return ()
        return tuple(found)

    @cached_property
    def degree(self) -> Fraction | None:
        """The power of a factor above 0 that passes from the only argument to the value, if one does."""
        from symlaw.language.operators import numpy_functions

        if self.arity != 1 or not self.unit.startswith(("same", "power ")):
            return None
        degree = Fraction(1) if self.unit == "same" else Fraction(self.unit.removeprefix("power "))
        if self.is_users:
            # it may keep a unit and do anything to the number, and its code may be missing
            is_known = self.body is not None or self.function is not None
            if not is_known or not numpy_functions.passes_factors(self.numpy_function, float(degree)):
                return None
        return degree

    @property
    def whole_power(self) -> int:
        """The exponent of a power where that is a whole number above 1, else 0."""
        is_whole = self.exponent is not None and self.exponent.denominator == 1 and self.exponent > 1
        return int(self.exponent or 0) if is_whole else 0

    @property
    def is_wave(self) -> bool:
        """Whether it is periodic and has a value for every argument."""
        return self.period > 0 and self.domain == "all"

    @property
    def turn(self) -> float:
        """A turn of 2 pi where periods fill it, else the period."""
        whole = 2.0 * math.pi
        return whole if self.period and (whole / self.period).is_integer() else self.period

    @property
    def python_names(self) -> frozenset[str]:
        """Names of the functions of NumPy, SciPy and ``math`` that it is."""
        if not self.is_real or self.is_users:
            return frozenset()
        places = ", ".join(f"{{{place}}}" for place in range(self.arity))
        spelled = (self.numpy.template, self.jax.template, self.c.template)
        plain = (re.fullmatch(r"(?:np\.|jnp\.)?(\w+)" + re.escape(f"({places})"), text) for text in spelled)
        return frozenset({*self.called, *(found[1] for found in plain if found)})

    @property
    def identity(self) -> tuple[str, str]:
        """What tells it from others: lookups of different formulas may share a name."""
        return self.name, self.digest

    def __reduce__(self) -> Any:
        if self.is_users:
            from symlaw.language.user_operators.pickling import carried

            cells = {name: getattr(self, name) for name in self.__dataclass_fields__}
            return _remade, (
                type(self),
                {**cells, **{name: carried(cells[name]) for name in _FUNCTIONS}},
            )
        return _in_table.found(), (self.name,)

    def __deepcopy__(self, memo: Any) -> Operator:
        return self

    def __repr__(self) -> str:
        return f"<operator {self.name}>"

    def spelling(self, notation: str) -> Spelling:
        """Spelling in one of `NOTATIONS`."""
        chosen: Spelling = getattr(self, notation)
        return chosen

    @cached_property
    def numpy_function(self) -> Callable[..., Any]:
        """The operator as a plain NumPy function."""
        from symlaw.language.operators import numpy_functions

        names = ARGUMENTS[: self.arity]
        if self.table:
            return numpy_functions.of_levels(self.table)
        if self.body is not None:
            return numpy_functions.of_formula(self.body, names)
        if self.is_users:
            return numpy_functions.of_python(self.name, self.function)
        return numpy_functions.of_spelling(
            self.numpy.template, names, truths=self.result_type is Type.BOOLEAN
        )

    def empty_cells(self) -> tuple[str, ...]:
        """Names of cells without a value and without a stated reason."""
        blank = (None, "", ())
        return tuple(
            cell.name
            for cell in fields(self)
            if getattr(self, cell.name) in blank
            and cell.name not in self.absent
            and cell.name not in _OPTIONAL
        )


# Cells that only a user's operator has, and that another cell may make needless.
_OPTIONAL = (
    "function", "body", "table", "source", "digest", "interval", "parity", "bits", "cycles", "readability",
    "exponent", "equation", "jumps", "called",
)  # fmt: skip


# Cells with functions that may be the user's.
_FUNCTIONS = ("function", "sympy")


def _remade(kind: type[Operator], cells: dict[str, Any]) -> Operator:
    from symlaw.language.user_operators.pickling import fetched

    return kind(**{**cells, **{name: fetched(cells[name]) for name in _FUNCTIONS}})


def function_row(
    name: str,
    *,
    partial: str,
    domain: str = "all",
    unit: str = "dimensionless",
    inverses: tuple[str, ...] = (),
    monotonicity: str = "increasing",
    sympy: Callable[..., Any] | None = None,
    kernel: str | None = None,
    text: Spelling | None = None,
    latex: Spelling | str | None = None,
    numpy: Spelling | str | None = None,
    c: Spelling | str | None = None,
    torch: Spelling | str | None = None,
    jax: Spelling | str | None = None,
    **others: Any,
) -> Operator:
    """Row of a function of one argument; a spelling left out is ``name(argument)``, and other cells pass."""

    def spelled(given: Spelling | str | None, usual: str) -> Spelling:
        if given is None:
            return Spelling(usual)
        return given if isinstance(given, Spelling) else Spelling(given)

    return Operator(
        name=name,
        arity=1,
        kernel=kernel or f"symlaw.engine.elementary.{name}",
        partials=(partial,),
        domain=domain,
        unit=unit,
        inverses=(inverses,) if inverses else (),
        monotonicity=(monotonicity,),
        sympy=sympy or (lambda s, x: getattr(s, name)(x)),
        text=text or Spelling(f"{name}({{0}})"),
        latex=spelled(latex, rf"\{name}\left({{0}}\right)"),
        numpy=spelled(numpy, f"np.{name}({{0}})"),
        c=spelled(c, f"{name}({{0}})"),
        torch=spelled(torch, f"torch.{name}({{0}})"),
        jax=spelled(jax, f"jnp.{name}({{0}})"),
        argument_types=(Type.REAL,),
        **others,
    )
