"""Engines behind one protocol: a module ``<name>_engine`` of this package with a function `fit`.

Engines are imported only when asked for, so that one that is not installed stops nobody.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ENGINES = ("symlaw", "pyoperon", "gplearn", "random")
# one set for all problems and engines
OPERATORS = ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "asin", "acos", "tanh")


class FrontRow(NamedTuple):
    """One formula of an engine's front.

    Attributes
    ----------
    formula
        A symlaw expression, or a SymPy expression over real symbols named as the columns.
    complexity
        By the engine's own measure.
    loss
        Mean square error on the training rows, noise included; in the engine's own unit.
    """

    formula: Any
    complexity: float
    loss: float


class Accepted(NamedTuple):
    """A formula that came to an engine's front while it searched.

    Attributes
    ----------
    seconds
        Since the start of the search.
    formula, loss
        As in `FrontRow`.
    work
        Node values computed until then; 0 where the engine does not say.
    """

    seconds: float
    formula: Any
    loss: float
    work: int = 0


class EngineResult(NamedTuple):
    """What an engine found.

    Attributes
    ----------
    front
        Its formulas, from simple to accurate.
    picked
        Place in ``front`` of the one that it recommends.
    seconds
        Time that the search took, without the conversion of its formulas.
    evaluations
        Formulas evaluated, by the engine's own count; None where it does not say.
    history
        Formulas that came to its front, in the order in which they came; empty where it does not say.
    doubts
        Sentences about what it was told and the data contradict.
    """

    front: list[FrontRow]
    picked: int
    seconds: float
    evaluations: int | None
    history: Sequence[Accepted] = ()
    doubts: Sequence[str] = ()


class Engine(Protocol):
    """What a module of this package offers."""

    @staticmethod
    def fit(
        X: NDArray[Any], y: NDArray[Any], names: Sequence[str], seconds: float, threads: int, seed: int
    ) -> EngineResult:
        """Search for ``seconds`` on ``threads`` threads."""
        ...


def engine(name: str) -> Engine:
    """The engine of that name; it is imported here. ``name:variant`` is a variant where it has some.

    Raises
    ------
    ValueError
        When there is none.
    """
    base, _, variant = name.partition(":")
    if base not in ENGINES:
        raise ValueError(f"there is no engine {name!r}: known are {', '.join(ENGINES)}")
    module: Any = import_module(f"benchmarks.engines.{base}_engine")
    return module.variant(variant) if variant else module  # type: ignore[no-any-return]
