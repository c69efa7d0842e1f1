"""Operators of the user's: plain Python functions that become rows like those of the operator table.

A function that can be traced is a formula of built-in operators: it is compiled from that formula with their
vectorising kernels, and its derivatives, SymPy form and spelling in every notation follow. Any other function
is compiled as it is, with differences for derivatives.
"""

from __future__ import annotations

import hashlib
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from symlaw.errors import CannotTrace, InvalidSetting
from symlaw.language.algebra.canonical import folded
from symlaw.language.algebra.derivative import derivative
from symlaw.language.algebra.inverses import inverses_of
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import ALIASES, added_operators, operator_table
from symlaw.language.operators.row import ARGUMENTS, MAX_ARITY, NOTATIONS, Operator, Spelling
from symlaw.language.parser import parse
from symlaw.language.printers.notation import render
from symlaw.language.types import Type
from symlaw.language.user_operators import lookup
from symlaw.language.user_operators.cells import checked_cells, in_arguments
from symlaw.language.user_operators.trace import name_of, parameters_of, trace
from symlaw.language.user_operators.trial import check_slopes, tried


def operator(
    function: Callable[..., Any] | None = None,
    *,
    name: str | None = None,
    derivative: Callable[..., Any] | Iterable[Callable[..., Any]] | None = None,
    inverse: Callable[..., Any] | None = None,
    sympy: Callable[..., Any] | None = None,
    unit: str = "dimensionless",
    domain: str = "all",
    cost: float = 1.0,
    monotonicity: str | Iterable[str] = "",
    parity: str = "",
    period: float = 0.0,
    commutative: bool = False,
    rarely_nested: bool = False,
) -> Any:
    """Make an operator of a Python function; to be used as a decorator, with or without settings.

    Parameters
    ----------
    function
        Of one to three numbers, or of arrays of them; NumPy and ``math`` may be used.
    name
        What it is called in formulas; the function's name by default.
    derivative
        Its derivative, or one by each argument, as functions of the arguments. Derived where not given.
    inverse
        For a function of one argument: the function that solves ``v = f(x)`` for x. Derived where not given
        and there is one.
    sympy
        Function of SymPy objects that builds its SymPy form. Derived where it can be.
    unit
        Unit rule, as in the operator table: ``"dimensionless"``, ``"same"``, ``"power 2"``, ...
    domain
        Condition on the arguments under which it is defined. Of ``"... > 0"``, ``">= 0"`` and ``"!= 0"``
        reports say where they end.
    cost
        Complexity of one use.
    monotonicity
        ``"increasing"``, ``"decreasing"``, ``"even"`` (falls, then rises, around 0) or ``"step"`` wherever it
        is defined, one for each argument; with it values are proven to lie between ends.
    parity
        ``"odd"`` or ``"even"``, of a function of one argument.
    period
        By how much its only argument may be moved; then oscillations faster than the rows are left out.
    commutative
        Whether its two arguments may be exchanged; then each pair is tried once.
    rarely_nested
        Whether laws hardly ever have it right inside of ``exp``, ``sin`` and the like, or these inside of it.

    Returns
    -------
    Operator
        To be named in ``operators=[...]`` among the built-in ones.

    Raises
    ------
    InvalidSetting
        When it fails on a grid of numbers between -4 and 4, is nowhere finite there, has other than one to
        three arguments, its derivative is not that of the function, or what is said of it does not hold.

    Examples
    --------
    >>> import math
    >>> @operator
    ... def sinc(x):
    ...     return math.sin(x) / x
    >>> sinc, sinc.partials
    (<operator sinc>, ('1.0 / x * cos(x) + -(sin(x) / x) / x',))
    """
    if function is None:
        return partial(
            operator, name=name, derivative=derivative, inverse=inverse, sympy=sympy, unit=unit,
            domain=domain, cost=cost, monotonicity=monotonicity, parity=parity, period=period,
            commutative=commutative, rarely_nested=rarely_nested,
        )  # fmt: skip
    word = name_of(function) if name is None else name
    _check_name(word)
    try:
        names = parameters_of(function)
    except (CannotTrace, ValueError) as error:
        raise InvalidSetting(f"operator {word!r}: {error}") from error
    arity = len(names)
    if not 1 <= arity <= MAX_ARITY:
        raise InvalidSetting(f"operator {word!r} takes {arity} arguments: write a function of one to three")
    body, reason = _body_of(function)
    condition = in_arguments(domain, names)
    row = _row(word, arity, function, body, reason, sympy, unit, condition, cost, inverse)
    values = tried(row, function)
    cells = checked_cells(row, monotonicity, parity, period, commutative)
    partials = _partials(row, body, derivative)
    made = replace(row, partials=partials, rarely_nested=rarely_nested, **cells)
    if body is not None or derivative is not None:
        check_slopes(made, values)
    return made


def restored(record: Mapping[str, Any]) -> Operator:
    """A user's operator from what a formula's JSON says of it.

    Where it is a formula of built-in operators, or one that an installed package adds, it is whole again.
    Otherwise it prints, and what computes with it is refused until it is given (`Expression.with_operators`).
    """
    if "table" in record:
        return lookup.restored(record)
    added = added_operators().get(str(record["operator"]))
    if added is not None and added.digest == record["digest"]:
        return added
    word, arity, digest = str(record["operator"]), int(record["arity"]), str(record["digest"])
    body = None if record.get("body") is None else parse(str(record["body"]), ARGUMENTS[:arity])
    _check_name(word)
    row = _row(
        word, arity, None, body, "its function is not at hand", None, "dimensionless", "all", 1.0, None
    )
    partials = () if body is None else tuple(derivative_of(body, name).text() for name in ARGUMENTS[:arity])
    return replace(row, partials=partials, digest=digest, kernel=_kernel_name(word, digest))


def _kernel_name(word: str, digest: str) -> str:
    return f"symlaw.user.{word}_{digest[:16]}"


def record_of(row: Operator) -> dict[str, Any]:
    """What `restored` reads."""
    if row.table:
        return lookup.record_of(row)
    body = None if row.body is None else row.body.text()
    return {"operator": row.name, "arity": row.arity, "digest": row.digest, "body": body}


def _check_name(word: str) -> None:
    if not word.isidentifier() or word in operator_table() or word in ALIASES or word in ("pi", "inf", "nan"):
        raise InvalidSetting(
            f"operator {word!r} needs another name: give name=, a word that has no meaning in formulas yet"
        )


def _body_of(function: Callable[..., Any]) -> tuple[Expression | None, str]:
    """The formula of a function in x and y, and why there is none."""
    try:
        traced = trace(function)
    except CannotTrace as error:
        return None, str(error)
    names = dict(zip(parameters_of(function), ARGUMENTS, strict=False))
    return _renamed(traced, names), ""


def _renamed(formula: Expression, names: dict[str, str]) -> Expression:
    return formula.map_nodes(lambda node: Variable(names[node.name]) if isinstance(node, Variable) else node)


def _row(
    word: str,
    arity: int,
    function: Callable[..., Any] | None,
    body: Expression | None,
    reason: str,
    sympy: Callable[..., Any] | None,
    unit: str,
    domain: str,
    cost: float,
    inverse: Callable[..., Any] | None,
) -> Operator:
    source, spelled = "" if function is None else source_of(function), _spellings(word, arity, body)
    digest = digest_of(source or word, body)
    return Operator(
        name=word,
        arity=arity,
        kernel=_kernel_name(word, digest),
        partials=(),
        domain=domain,
        unit=unit,
        inverses=_inverses(word, body, arity, inverse),
        monotonicity=(),
        sympy=sympy or _sympy_form(word, body),
        text=spelled["text"],
        latex=spelled["latex"],
        numpy=spelled["numpy"],
        c=spelled["c"],
        torch=spelled["torch"],
        jax=spelled["jax"],
        argument_types=(Type.REAL,) * arity,
        cost=cost,
        cycles=_cycles_of(body),
        absent={"monotonicity": "not known of a user's function", "partials": reason},
        function=function,
        body=body,
        source=source,
        digest=digest,
    )


def _cycles_of(body: Expression | None) -> float | None:
    """What the operators of a formula take together."""
    if body is None:
        return None
    return sum(node.cycles or node.cost for node in body.nodes if isinstance(node, Operator))


def _inverses(
    word: str, body: Expression | None, arity: int, given: Callable[..., Any] | None
) -> tuple[tuple[str, ...], ...]:
    """Inverses by each argument: the one given, or those that can be derived."""
    if given is not None:
        return ((_traced_text(word, "inverse", given, ("v",)),),)
    found = () if body is None else inverses_of(body, arity)
    return found if any(found) else ()


def _spellings(word: str, arity: int, body: Expression | None) -> dict[str, Spelling]:
    """By name in formulas; elsewhere the formula written out, or a call of a function of that name."""
    arguments = ", ".join(f"{{{number}}}" for number in range(arity))
    called = Spelling(f"{word}({arguments})")
    latex = Spelling(rf"\operatorname{{{{{word}}}}}\left({arguments}\right)")
    found = dict.fromkeys(NOTATIONS, called)
    if body is not None:
        marks = {name: f"@{number}@" for number, name in enumerate(ARGUMENTS[:arity])}
        for notation in NOTATIONS:
            text = render(body, notation, names=marks).replace("{", "{{").replace("}", "}}")
            for number in range(arity):
                text = text.replace(f"@{number}@", f"({{{number}}})")
            found[notation] = Spelling(f"({text})")
    return {**found, "text": called, "latex": latex}


def _sympy_form(word: str, body: Expression | None) -> Callable[..., Any]:
    return partial(_as_named, word) if body is None else partial(_as_body, body)


def _as_named(word: str, s: Any, *arguments: Any) -> Any:
    """An undefined function of SymPy objects."""
    return s.Function(word)(*arguments)


def _as_body(body: Expression, s: Any, *arguments: Any) -> Any:
    """A traced function of SymPy objects."""
    from symlaw.language.printers.sympy_form import to_sympy

    return to_sympy(body, dict(zip(ARGUMENTS, arguments, strict=False)))


def _traced_text(word: str, what: str, function: Callable[..., Any], names: tuple[str, ...]) -> str:
    """A function as text in the arguments' names."""
    try:
        traced = trace(function)
        own = parameters_of(function)
    except CannotTrace as error:
        raise InvalidSetting(f"the {what} of operator {word!r}: {error}; leave it out") from error
    if len(own) != len(names):
        raise InvalidSetting(f"the {what} of operator {word!r} takes {len(own)} arguments, not {len(names)}")
    return _renamed(traced, dict(zip(own, names, strict=True))).text()


def _partials(
    row: Operator, body: Expression | None, given: Callable[..., Any] | Iterable[Callable[..., Any]] | None
) -> tuple[str, ...]:
    """Partial derivatives as texts: given, or derived; none where differences have to do."""
    names = ARGUMENTS[: row.arity]
    if given is not None:
        functions = [given] if callable(given) else list(given)
        if len(functions) != row.arity:
            raise InvalidSetting(
                f"operator {row.name!r} takes {row.arity} arguments and has {len(functions)} derivatives:"
                " give one by each argument"
            )
        return tuple(_traced_text(row.name, "derivative", function, names) for function in functions)
    if body is None:
        return ()
    slopes = (derivative_of(body, name) for name in names)
    return tuple((slope if slope.variables else folded(slope)).text() for slope in slopes)


derivative_of = derivative


def source_of(function: Callable[..., Any]) -> str:
    """Source text of a function and arguments that are set; empty where Python does not have it."""
    if isinstance(function, partial):
        inner = source_of(function.func)
        return inner and f"{inner}# with {function.args} {function.keywords}\n"
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError):
        return ""


def digest_of(source: str, body: Expression | None) -> str:
    """What tells one user's function from another: by its formula where there is one, else by its source."""
    return hashlib.sha256((body.text() if body is not None else source).encode()).hexdigest()


__all__ = ["operator"]
