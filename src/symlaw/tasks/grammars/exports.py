"""Grammars for their consumers: text for people, JSON, and Python that reads sequences by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from symlaw.language.programs.steps import written
from symlaw.tasks.forms import Form, exported, words_of
from symlaw.tasks.grammars.saving import record_of

if TYPE_CHECKING:
    from symlaw.engine.programs.grammars import Rule
    from symlaw.language.programs.phrases import Meaning, Piece
    from symlaw.tasks.grammars.result import FoundGrammar

_NAMES = ("x", "y")
_VIEWS = {
    "": "{}", "first": "{}[:1]", "last": "{}[-1:]", "rest": "{}[1:]", "front": "{}[:-1]",
    "reversed": "{}[::-1]", "middle": "{}[1:-1]",
}  # fmt: skip
_READER = '''import math
import re

# What words mean by themselves.
WORDS = {{
{words}
}}
# Phrases, the loosest level first: whether the last place comes first, then words before, between and after
# the parts, how many parts there are, and what it means.
LEVELS = [
{levels}
]


def read(text):
    """What a sequence means; None where the rules cannot read it."""
    words, known = {split}, {{}}

    def value(start, end):
        if end - start == 1:
            return WORDS.get(words[start])
        if (start, end) not in known:
            known[start, end] = phrase(start, end)
        return known[start, end]

    def phrase(start, end):
        for last_first, rules in LEVELS:
            ways = [(at, n, spans) for n, rule in enumerate(rules) for at, spans in fits(rule, start, end)]
            for _, n, spans in sorted(ways, reverse=last_first):
                parts = [value(*span) for span in spans]
                if None not in parts:
                    return rules[n][4](*parts)
        return None

    def fits(rule, start, end):
        before, between, after, n_parts, _ = rule
        low, high = start + len(before), end - len(after)
        if low >= high or words[start:low] != before or words[high:end] != after:
            return
        if n_parts == 1:
            yield (start if before else high), [(low, high)]
            return
        for place in range(low + 1, high - len(between)):
            if words[place : place + len(between)] == between:
                yield (start if before else place), [(low, place), (place + len(between), high)]

    found = value(0, len(words)) if words else None
    return {shown}
'''
_SPLIT = {"number": r're.findall(r"\w+|[^\w\s]", text)'}
_SHOWN = {"text": 'None if found is None else " ".join(map(str, found))'}


def forms() -> dict[str, str]:
    """What forms grammars are exported to, and what each is."""
    return words_of(FORMS)


def _python(found: FoundGrammar) -> str:
    words = [
        f"    {word!r}: {list(value) if isinstance(value, tuple) else value!r},"
        for word, value in sorted(found.grammar.words.items())
    ]
    levels = []
    for level in found.grammar.levels:
        levels += [f"    ({level.is_last_first}, [", *map(_rule, level.rules), "    ]),"]
    return _READER.format(
        words="\n".join(words), levels="\n".join(levels),
        split=_SPLIT.get(found.kind, "text.split()"), shown=_SHOWN.get(found.kind, "found"),
    )  # fmt: skip


def _rule(rule: Rule) -> str:
    names = _NAMES[: rule.arity]
    parts = (list(rule.before), list(rule.between), list(rule.after), rule.arity)
    said = ", ".join(map(repr, parts))
    return f"        ({said}, lambda {', '.join(names)}: {_meaning(rule.meaning)}),"


def _meaning(meaning: Meaning) -> str:
    if not isinstance(meaning, tuple):
        return written(meaning, list(_NAMES))
    return " + ".join(map(_piece, meaning)) or "[]"


def _piece(piece: Piece) -> str:
    return repr([piece.item]) if piece.place < 0 else _VIEWS[piece.view].format(_NAMES[piece.place])


def _json(found: Any) -> str:
    return json.dumps(record_of(found.grammar), indent=1) + "\n"


FORMS = {
    "text": Form("words and rules, to be read", lambda found: f"{found}\n"),
    "python": Form("a function that reads sequences, of the standard library alone", _python),
    "json": Form("words and rules, for programs", _json),
}


def export(found: FoundGrammar, form: str) -> str:
    """What was found in a form; raises `CannotExport` where there is none such."""
    return exported(found, form, FORMS)
