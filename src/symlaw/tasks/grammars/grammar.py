"""`symlaw.grammar`: pairs of sequences and outputs give the meaning of words and how phrases combine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symlaw.errors import DataError
from symlaw.search.grammars.learning import find_grammar
from symlaw.search.grammars.pairs import Pair, is_right
from symlaw.search.grammars.pictures.learning import find_with_pictures
from symlaw.search.grammars.pictures.reading import Shown, pairs_read
from symlaw.search.watch import Watch, watching
from symlaw.tasks.grammars.pictures import has_pictures, shown_of, without_pictures
from symlaw.tasks.grammars.reading import Kind, pairs_of
from symlaw.tasks.grammars.reading import shown as as_given
from symlaw.tasks.grammars.result import FoundGrammar


def grammar(pairs: Any, *, time_budget: float | None = 60.0, watch: Watch | None = None) -> FoundGrammar:
    """Find what words mean, and how phrases combine.

    Parameters
    ----------
    pairs
        A mapping of sequences to outputs, or a list of pairs. Sequences are texts or lists of words; outputs
        are all texts of words, all lists of texts and numbers, or all whole numbers. Symbols may be given as
        pictures: arrays of one shape, (rows, columns), in lists in place of words.
    time_budget
        Seconds after which the best grammar so far is given, or None.
    watch
        What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it.

    Returns
    -------
    FoundGrammar
        To be called on sequences; pairs that it does not explain are named in `missed`.

    Raises
    ------
    DataError
        When pairs cannot be read, or no rule explains any.

    Examples
    --------
    >>> import symlaw
    >>> found = symlaw.grammar({"jump": "JUMP", "walk": "WALK", "run": "RUN",
    ...                         "jump twice": "JUMP JUMP", "walk twice": "WALK WALK"})
    >>> found("run twice")
    'RUN RUN'
    """
    watch = watching(time_budget, watch)
    given, kind, shown = _read(pairs)
    watch.tell(f"rules for {len(given)} pairs")
    with watch.heeding_signals():
        if shown is None:
            found, reader = find_grammar(given, watch.is_late), None
        else:
            found, reader, names = find_with_pictures(shown, watch.is_late)
            given = pairs_read(shown, names)
    missed = tuple(
        (" ".join(pair.words), as_given(pair.value, kind)) for pair in given if not is_right(found, pair)
    )
    if len(missed) == len(given):
        raise DataError(
            f"no rules were found{watch.within} that explain any pair: give more, and shorter ones"
        )
    seen = frozenset(word for pair in given for word in pair.words)
    return FoundGrammar(found, kind, seen, missed, len(given), watch.ended_by, reader)


def _read(pairs: Any) -> tuple[list[Pair], Kind, Shown | None]:
    """Pairs with their kind; where symbols are pictures, also what they show."""
    rows = list(pairs.items() if isinstance(pairs, Mapping) else pairs)
    if not any(isinstance(row, (tuple, list)) and len(row) == 2 and has_pictures(row[0]) for row in rows):
        return *pairs_of(rows), None
    changed, pictures = without_pictures(rows)
    given, kind = pairs_of(changed)
    return given, kind, shown_of(given, pictures)
