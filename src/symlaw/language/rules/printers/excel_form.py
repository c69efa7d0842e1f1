"""Excel: a formula of cells; missing cells are empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport, InvalidSetting
from symlaw.language.rules.formula import Formula, Gate
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing
from symlaw.language.rules.printers.writing import Words, number, plain, written

if TYPE_CHECKING:
    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS = ("cells",)
# Days from 30 December 1899, from which sheets count, to 1970.
_DAYS, _SECONDS = 25_569.0, 86_400.0
_LONGEST = 8_192


def write(decision: Decision, cells: Mapping[str, str] | None = None) -> str:
    """A formula that gives the label.

    Parameters
    ----------
    decision
        What is exported.
    cells
        The cell of each column, such as ``{"age": "B2"}``; A2, B2, ... in the order of use by default.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> write(Decision((Clause(Above("age", 71.0), "yes"),), "no"), cells={"age": "B2"})
    '=IF(AND(ISNUMBER(B2),B2>71),"yes","no")'
    """
    if cells is None:
        cells = {name: f"{_letters(place)}2" for place, name in enumerate(decision.columns)}
    missing = [name for name in decision.columns if name not in cells]
    if missing:
        raise InvalidSetting(f"cells lacks {missing[0]!r}: give a cell for each column of the rule")
    text = _value(decision.otherwise)
    for clause in reversed(decision.clauses):
        text = f"IF({_condition(clause.formula, cells)},{_value(clause.label)},{text})"
    if len(text) >= _LONGEST:
        raise CannotExport(
            f"the formula has {len(text)} characters, and sheets take {_LONGEST}: take a shorter rule"
        )
    return "=" + text


def _letters(place: int) -> str:
    """The name of a column of a sheet.

    Examples
    --------
    >>> _letters(0), _letters(26)
    ('A', 'AA')
    """
    rest, own = divmod(place, 26)
    return ("" if rest == 0 else _letters(rest - 1)) + chr(ord("A") + own)


def _condition(formula: Formula, cells: Mapping[str, str]) -> str:
    words = Words(
        all_of=lambda parts: f"AND({','.join(parts)})",
        any_of=lambda parts: f"OR({','.join(parts)})",
        number=lambda part: f"IF({part},1,0)",
        odd=lambda total: f"MOD({total},2)=1",
        literal=lambda literal: _literal(literal, [cells[name] for name in literal.columns]),
        always="TRUE",
        never="FALSE",
    )
    text = written(formula, words)
    is_count = isinstance(formula, Gate) and not (formula.is_any or formula.is_all or formula.is_constant)
    return text[1:-1] if is_count else text


def _text(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _value(label: Any) -> str:
    own = plain(label)
    if isinstance(own, bool):
        return "TRUE" if own else "FALSE"
    return number(float(own)) if isinstance(own, (int, float)) else _text(str(own))


def _literal(literal: Literal, cells: list[str]) -> str:
    cell = cells[0]
    match literal:
        case Above():
            cut = literal.cut / _SECONDS + _DAYS if literal.is_date else literal.cut
            return f"AND(ISNUMBER({cell}),{cell}{'>' if literal.above else '<='}{number(cut)})"
        case Equal():
            return f"AND(ISNUMBER({cell}),{cell}{'=' if literal.equal else '<>'}{number(literal.value)})"
        case Holds():
            return f'AND({cell}<>"",N({cell}){"<>" if literal.truth else "="}0)'
        case Among():
            same = [f"EXACT({cell},{_text(label)})" for label in literal.labels]
            found = same[0] if len(same) == 1 else f"OR({','.join(same)})"
            return found if literal.inside else f'AND({cell}<>"",NOT({found}))'
        case Missing():
            return f'{cell}{"=" if literal.missing else "<>"}""'
        case _:
            sign = literal.sign()
            sign = "<>" if sign == "!=" else sign
            return f"AND(ISNUMBER({cell}),ISNUMBER({cells[1]}),{cell}{sign}{cells[1]})"
