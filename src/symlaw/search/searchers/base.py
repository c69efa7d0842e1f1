"""The ask/tell protocol that every searcher follows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from symlaw.language.expression import Expression, Variable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.evolution.population import Population
    from symlaw.search.problem import Problem

# What a searcher of numbers says of truths.
GIVES_NUMBERS = "it gives numbers, and truths are asked for"

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]


@dataclass
class Proposals:
    """What a searcher brings from one epoch.

    Attributes
    ----------
    genomes
        Formulas that beat the archive's best on the probe rows, with their probe losses.
    formulas
        Further formulas to score on all rows, complete but for scale and offset.
    entries
        Formulas that were scored on all rows already.
    doubtful
        Genomes that were searched for without regard to what is said about values; they say what the data
        would have without it, and come to the front only where they hold.
    seeds
        Whether formulas that nearly come to the front are handed to those who vary formulas.
    keys
        Behaviours seen, as (keys, complexities, count), to be merged in this order.
    counters
        Sums by name: evaluations, distinct, known, skipped, fits, work.
    remarks
        What it found out about the data in this epoch, each in a few words for the user.
    """

    genomes: Sequence[tuple[Population, int]] = ()
    formulas: Sequence[Expression] = ()
    entries: Sequence[Entry] = ()
    doubtful: Sequence[tuple[Population, int]] = ()
    seeds: bool = True
    keys: Sequence[tuple[NDArray[np.uint64], NDArray[np.float32], int]] = ()
    counters: dict[str, int] = field(default_factory=dict)
    remarks: Sequence[str] = ()


def columns_of(problem: Problem) -> list[Expression]:
    """The columns as formulas: something to begin with where nothing else is found."""
    columns = [Expression((Variable(name),)) for name in problem.language.variables]
    return [column for column in columns if problem.language.obeyed_by(column)]


class Searcher(Protocol):
    """Proposes formulas and learns from their scores.

    A searcher is its settings; what changes is the state that `start` makes, which must be picklable. `ask`
    may be cut at any epoch, depends on nothing but its arguments, and gives the same proposals
    whatever the number of threads behind ``run_all``.

    Beside these methods a class may say more of its searchers. What it leaves out is False, or empty.

    ``fills_templates: bool``
        Whether it searches for what fills a template; only those that do are asked where there is one.
    ``knows_types: bool``
        Whether its formulas are well typed where there is anything but numbers; only those that know are
        asked there.
    ``uses_pool: bool``
        Whether it spreads its work over ``run_all``. The last member that does is given the pool of threads,
        the others run beside it, one thread each, and have ``map``.
    ``stores: tuple[type, ...]``
        The classes that a state is made of, beside arrays, plain values and expressions. A run with a
        searcher that does not name them is resumed from its beginning.
    ``solves_parts: bool``
        Whether it can search for the formula of a part of the problem; then the class method ``for_parts()``
        makes a searcher that takes little memory and time.
    ``needs_solvers: bool``
        Whether it has others solve parts: it is made with ``solvers``, a tuple of their names.
    ``max_bytes: int``
        A setting of a dataclass: the most memory it may take. ``bank_memory`` sets it.
    ``travels: bool``
        Whether it gives its work to the executor of ``run_all`` (`symlaw.search.executors.base`), which may
        be other processes.
    ``heeds_clock: bool``
        Whether its epochs may be long, so that it ends them by itself when the search is over: its states
        have an attribute ``end``, set to that time by `time.monotonic` before each epoch, and say by
        ``is_cut`` whether something was left out.
    ``needs_no_kernels: bool``
        Whether `ask` calls nothing that is compiled: what it brings is shown while the rest is.
    ``warm_up()``, ``is_warm()``
        Class methods of a searcher that has compiled kernels: compile them, as by a tiny search
        (`symlaw.search.tiny_search.run_tiny_search`), and whether that was done on this machine before.
    ``warm_up_here()``, ``warm_up_beside()``
        Class methods that divide ``warm_up`` in two that may run at the same time in two processes, where
        compiling takes long.
    """

    name: str

    def objection(self, problem: Problem) -> str | None:
        """Why it cannot take part in a search for this, in one clause; None when it can.

        Where there is a template, a searcher is asked only if its class says ``fills_templates = True``, and
        where there is anything but numbers only if it says ``knows_types = True``.

        It is asked before `start`. A searcher that gives a reason is skipped; the report lists it.
        """
        ...

    def start(self, problem: Problem, seed: int) -> Any:
        """State before the first epoch."""
        ...

    def ask(
        self, state: Any, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Run one epoch of at most about ``evaluations`` scores and bring its proposals."""
        ...

    def tell(self, state: Any, accepted: Sequence[Entry]) -> None:
        """Learn which entries came to the front."""
        ...
