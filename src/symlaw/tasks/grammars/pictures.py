"""Symbols that a user gives as pictures: taken out of sequences, and kept in files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from symlaw.engine.programs.grammars import Grammar
from symlaw.errors import DataError, ParseError
from symlaw.search.grammars.pairs import Pair
from symlaw.search.grammars.pictures.reader import Reader, options_of
from symlaw.search.grammars.pictures.reading import Shown, reading

_MOST_PICTURES, _MOST_POINTS = 20_000, 64 * 64
_DIGITS = 4


def has_pictures(sequence: Any) -> bool:
    """Whether some of a sequence's items are pictures."""
    return not isinstance(sequence, (str, Mapping)) and any(_is_picture(one) for one in _items(sequence))


def _items(sequence: Any) -> list[Any]:
    try:
        return list(sequence)
    except TypeError:
        return []


def _is_picture(item: Any) -> bool:
    return getattr(item, "ndim", 0) > 0


def without_pictures(rows: Sequence[tuple[Any, Any]]) -> tuple[list[tuple[Any, Any]], list[Any]]:
    """Sequences with a word in place of each picture, which `shown_of` undoes, and the pictures."""
    pictures: list[Any] = []
    changed = []
    for sequence, output in rows:
        words = sequence
        if has_pictures(sequence):
            words = []
            for item in sequence:
                if _is_picture(item):
                    pictures.append(item)
                words.append(_placeholder(len(pictures) - 1) if _is_picture(item) else item)
        changed.append((words, output))
    return changed, pictures


def _placeholder(place: int) -> str:
    # no word of a text has a blank
    return f"picture {place}"


def shown_of(pairs: Sequence[Pair], pictures: Sequence[Any]) -> Shown:
    """Pairs with the places of their pictures.

    Raises
    ------
    DataError
        When pictures are not of one size, too many, or hold something else than numbers.
    """
    if len(pictures) > _MOST_PICTURES:
        raise DataError(f"there are {len(pictures)} pictures: give at most {_MOST_PICTURES}")
    shape = np.shape(pictures[0])
    if len(shape) != 2 or not 0 < shape[0] * shape[1] <= _MOST_POINTS:
        raise DataError(
            f"a picture has the shape {shape}: give arrays of rows and columns, {_MOST_POINTS} points at most"
        )
    flat = np.stack([_flat(picture, shape) for picture in pictures])
    places = {_placeholder(place): place for place in range(len(pictures))}
    sequences = tuple(tuple(places.get(word, word) for word in pair.words) for pair in pairs)
    return Shown(sequences, tuple(pair.value for pair in pairs), flat, (shape[0], shape[1]))


def _flat(picture: Any, shape: tuple[int, ...]) -> Any:
    try:
        values = np.asarray(picture, dtype=np.float32)
    except (TypeError, ValueError):
        raise DataError("a picture holds something else than numbers: give arrays of grey values") from None
    if values.shape != shape:
        raise DataError(f"pictures have the shapes {shape} and {values.shape}: give all of them one size")
    if not np.isfinite(values).all():
        raise DataError("a picture has points without a value (nan or infinite): fill them")
    return values.ravel()


def words_seen(sequence: Any, reader: Reader, grammar: Grammar) -> tuple[str, ...]:
    """Names of the classes of a sequence's pictures: the likeliest that the rules can read."""
    items = list(sequence)
    seen = [place for place, item in enumerate(items) if _is_picture(item)]
    choices: list[list[tuple[str, float]]] = [[(str(item), 1.0)] for item in items]
    flat = np.stack([_flat(items[place], reader.shape) for place in seen])
    for place, options in zip(seen, options_of(reader, flat), strict=True):
        choices[place] = options
    return reading(grammar, choices) or tuple(options[0][0] for options in choices)


def reader_record(reader: Reader) -> dict[str, Any]:
    """A reader as JSON writes it."""
    return {
        "shape": list(reader.shape),
        "names": list(reader.names),
        "classes": reader.classes.tolist(),
        "pictures": [[round(float(point), _DIGITS) for point in one] for one in reader.pictures],
    }


def reader_from(record: Mapping[str, Any]) -> Reader:
    """A reader from what `reader_record` gave.

    Raises
    ------
    ParseError
        When it is none.
    """
    rows, columns = (int(one) for one in record["shape"])
    names = tuple(map(str, record["names"]))
    pictures = np.array(record["pictures"], dtype=np.float32)
    classes = np.array(record["classes"], dtype=np.int64)
    if (
        pictures.shape != (len(classes), rows * columns) or not len(classes)
        or not np.isfinite(pictures).all() or classes.min() < 0 or classes.max() >= len(names)
    ):  # fmt: skip
        raise ParseError("its pictures are not of one size, or have no classes")
    return Reader((rows, columns), pictures, classes, names)
