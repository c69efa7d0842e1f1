"""Grammars as JSON, and back; what is read is checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symlaw.engine.programs.grammars import Grammar, Level, Pattern, Rule
from symlaw.errors import ParseError
from symlaw.language.programs.phrases import VIEWS, Meaning, Piece
from symlaw.language.programs.steps import formula_from, formula_record


def record_of(grammar: Grammar) -> dict[str, Any]:
    """A grammar as JSON writes it."""
    return {
        "words": {
            word: list(value) if isinstance(value, tuple) else value for word, value in grammar.words.items()
        },
        "levels": [
            {
                "last_first": level.is_last_first,
                "rules": [[list(rule.pattern), _meaning_record(rule.meaning)] for rule in level.rules],
            }
            for level in grammar.levels
        ],
    }


def grammar_from(record: Mapping[str, Any], is_number: bool) -> Grammar:
    """A grammar from what `record_of` gave.

    Raises
    ------
    ParseError
        When it is none.
    """
    words = {str(word): _value(value, is_number) for word, value in record["words"].items()}
    levels = tuple(
        Level(
            tuple(_rule(pattern, meaning, is_number) for pattern, meaning in level["rules"]),
            bool(level["last_first"]),
        )
        for level in record["levels"]
    )
    return Grammar(words, levels)


def _meaning_record(meaning: Meaning) -> Any:
    if isinstance(meaning, tuple):
        return [[piece.place, piece.view, piece.item] for piece in meaning]
    return formula_record(meaning)


def _value(value: Any, is_number: bool) -> Any:
    if is_number:
        if not isinstance(value, int):
            raise ParseError(f"{value!r:.40} is no whole number")
        return value
    if not isinstance(value, list) or not all(isinstance(item, (str, int, float)) for item in value):
        raise ParseError(f"{value!r:.40} is no list of items")
    return tuple(value)


def _rule(pattern: list[Any], meaning: Any, is_number: bool) -> Rule:
    read: Pattern = tuple(pattern)
    places = [part for part in read if not isinstance(part, str)]
    if places not in ([0], [0, 1]) or read == (0,):
        raise ParseError(f"{pattern!r:.60} is no phrase of one or two parts")
    if is_number:
        return Rule(read, formula_from(meaning, len(places)))
    return Rule(read, tuple(_piece(*piece, arity=len(places)) for piece in meaning))


def _piece(place: Any, view: Any, item: Any, *, arity: int) -> Piece:
    if (
        place not in range(-1, arity)
        or view not in VIEWS
        or not isinstance(item, (str, int, float, type(None)))
    ):
        raise ParseError(f"{[place, view, item]!r:.60} is no piece of a phrase of {arity} parts")
    return Piece(place, view, item)
