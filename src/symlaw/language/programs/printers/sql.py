"""Programs as SQL expressions of DuckDB; NULL stands where there is no value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from symlaw.language.programs.printers.expressions import Consumer, expression_of
from symlaw.language.programs.program import Program

# One character of each class, without the brackets of a set.
_CLASSES = {
    "digits": "0-9", "letters": r"\p{L}", "capitals": "A-Z", "small": "a-z", "alphanumeric": r"\p{L}\p{N}",
    "word": r"^\s", "blanks": r"\s", "figures": "0-9.", "marks": r"^\p{L}\p{N}_\s",
}  # fmt: skip
_WORDS = r"\p{L}+|[^\p{L}]+"


def quoted(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def _inside(kind: str) -> str:
    return f"[{_CLASSES[kind]}]"


def _outside(kind: str) -> str:
    inner = _CLASSES[kind]
    return f"[{inner[1:]}]" if inner.startswith("^") else f"[^{inner}]"


def _list_at(texts: str, place: int) -> str:
    return f"{texts}[{place}]"


def _pieces_to(text: str, mark: str, place: int, *, is_before: bool) -> str:
    split = f"string_split({text}, {quoted(mark)})"
    if is_before:
        chosen = f"{split}[1:{place}]" if place > 0 else f"{split}[1:{place - 1}]"
    else:
        chosen = f"{split}[{place + 1}:]" if place > 0 else f"{split}[{place}:]"
    return f"CASE WHEN len({split}) > {abs(place)} THEN array_to_string({chosen}, {quoted(mark)}) END"


def _around_run(text: str, kind: str, place: int, what: str) -> str:
    one, other = _inside(kind), _outside(kind)
    if place > 0:
        # a run ends where another character stands, so that none is taken in two parts
        earlier = f"{one}+(?:{other}+{one}+){{{place - 2}}}{other}+" if place > 1 else ""
        head, tail = f"{other}*{earlier}", f"(?:{other}.*)?"
    else:
        head, tail = f"(?:.*{other})?", f"(?:{other}+{one}+){{{-place - 1}}}{other}*"
    pattern = {
        "before_run": f"^({head}){one}+{tail}$",
        "after_run": f"^{head}{one}+({tail})$",
        "from_run": f"^{head}({one}+{tail})$",
        "through_run": f"^({head}{one}+){tail}$",
    }[what]
    # all characters include line breaks
    whole = quoted(f"(?s){pattern}")
    return f"CASE WHEN regexp_matches({text}, {whole}) THEN regexp_extract({text}, {whole}, 1) END"


def _proper(text: str) -> str:
    # words and what stands between them, in turn
    parts = f"regexp_extract_all({text}, {quoted(_WORDS)})"
    return f"array_to_string(list_transform({parts}, lambda w: upper(w[1]) || lower(w[2:])), '')"


_SPELLINGS: dict[str, Callable[..., str]] = {
    "part": lambda text, mark, place: _list_at(f"string_split({text}, {quoted(mark)})", place),
    "before": lambda text, mark, place: _pieces_to(text, mark, place, is_before=True),
    "after": lambda text, mark, place: _pieces_to(text, mark, place, is_before=False),
    "run": lambda text, kind, place: _list_at(
        f"regexp_extract_all({text}, {quoted(_inside(kind) + '+')})", place
    ),
    **{
        name: (lambda text, kind, place, name=name: _around_run(text, kind, place, name))
        for name in ("before_run", "after_run", "from_run", "through_run")
    },
    "first": lambda text, n: f"substr({text}, 1, {n})",
    "last": lambda text, n: f"right({text}, {n})",
    "skip": lambda text, n: f"substr({text}, {n + 1})",
    "drop": lambda text, n: f"substr({text}, 1, greatest(length({text}) - {n}, 0))",
    "upper": lambda text: f"upper({text})",
    "lower": lambda text: f"lower({text})",
    "capital": lambda text: f"upper(substr({text}, 1, 1)) || lower(substr({text}, 2))",
    "proper": _proper,
    "trim": lambda text: rf"regexp_replace({text}, '^\s+|\s+$', '', 'g')",
    "squeeze": lambda text: rf"trim(regexp_replace({text}, '\s+', ' ', 'g'))",
    "replace": lambda text, old, new: f"replace({text}, {quoted(old)}, {quoted(new)})",
    "keep": lambda text, kind: f"regexp_replace({text}, {quoted(_outside(kind))}, '', 'g')",
    "remove": lambda text, kind: f"regexp_replace({text}, {quoted(_inside(kind))}, '', 'g')",
    "pad": lambda text, n, mark: f"repeat({quoted(mark)}, greatest({n} - length({text}), 0)) || {text}",
    "pad_end": lambda text, n, mark: f"{text} || repeat({quoted(mark)}, greatest({n} - length({text}), 0))",
    "strip": lambda text, mark: f"ltrim({text}, {quoted(mark)})",
    "strip_end": lambda text, mark: f"rtrim({text}, {quoted(mark)})",
    "pieces": lambda text, mark: f"string_split({text}, {quoted(mark)})",
    "runs": lambda text, kind: f"regexp_extract_all({text}, {quoted(_inside(kind) + '+')})",
    "present": lambda texts: f"list_filter({texts}, lambda t: t <> '')",
    "rest": lambda texts: f"CASE WHEN len({texts}) > 1 THEN ({texts})[2:] END",
    "front": lambda texts: f"CASE WHEN len({texts}) > 1 THEN ({texts})[1:-2] END",
    "backwards": lambda texts: f"list_reverse({texts})",
    "each_first": lambda texts, n: f"list_transform({texts}, lambda t: substr(t, 1, {n}))",
    "join": lambda texts, mark: f"array_to_string({texts}, {quoted(mark)})",
    "has": lambda text, mark: f"contains({text}, {mark})",
    "has_any_case": lambda text, mark: f"contains(lower({text}), lower({mark}))",
    "has_class": lambda text, kind: f"regexp_matches({text}, {quoted(_inside(kind))})",
    "begins": lambda text, mark: f"starts_with({text}, {mark})",
    "ends": lambda text, mark: f"ends_with({text}, {mark})",
    "begins_with_class": lambda text, kind: f"regexp_matches({text}, {quoted('^' + _inside(kind))})",
    "ends_with_class": lambda text, kind: f"regexp_matches({text}, {quoted(_inside(kind) + '$')})",
    "equal": lambda one, other: f"({one} = {other})",
    "longer": lambda text, n: f"(length({text}) > {n})",
    "occurs": lambda text, mark, n: f"(len(string_split({text}, {quoted(mark)})) > {n})",
}
# Operators whose second argument may be any text.
_TEXT_SECOND = ("has", "has_any_case", "begins", "ends", "equal")


def duckdb(program: Program, names: tuple[str, ...]) -> str:
    """An expression over columns of a table.

    Raises
    ------
    CannotExport
        When the program uses an operator that has no spelling here.
    """
    common = sql_of(names, "for which there is no SQL", _SPELLINGS, _TEXT_SECOND)
    own = common._replace(branch=_branch, gather=lambda parts: f"[{', '.join(parts)}]")
    return expression_of(program, own)


def _branch(condition: str, then: str, other: str) -> str:
    # a condition without a value has no answer
    return f"CASE WHEN {condition} THEN {then} WHEN NOT ({condition}) THEN {other} END"


def sql_of(
    names: Sequence[str], lacks: str, spellings: Mapping[str, Callable[..., str]], any_second: Sequence[str]
) -> Consumer:
    """What dialects of SQL share, for columns of a table."""
    return Consumer(
        lambda place: '"' + names[place].replace('"', '""') + '"', quoted, "NULL",
        lambda condition, then, other: (
            f"CASE WHEN {condition} THEN {then} WHEN NOT {condition} THEN {other} END"
        ),
        " || ", spellings, any_second, lacks,
    )  # fmt: skip
