"""C: a function of one row; missing numbers are NAN, missing texts NULL, dates seconds since 1970."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.errors import CannotExport
from symlaw.language.printers.dialect import safe_words
from symlaw.language.printers.formats.programs.c import C
from symlaw.language.rules.formula import literals_of
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing
from symlaw.language.rules.printers.writing import Words, number, plain, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS = ("name",)
# Functions and macros that the source calls.
_TAKEN = ("strcmp", "isnan", "NAN", "NULL")


def write(decision: Decision, name: str = "rule") -> str:
    """The source of a function whose parameters are the columns that the decision looks at.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> print(write(Decision((Clause(Above("age", 71.0), 1),), 0)))
    #include <math.h>
    #include <string.h>
    <BLANKLINE>
    /* a missing number is NAN, a missing text NULL; dates are seconds since 1970-01-01 UTC */
    int rule(double age) {
        if (age > 71) return 1;
        return 0;
    }
    <BLANKLINE>
    """
    if not name.isidentifier():
        raise CannotExport(f"name is {name!r}: a function of C needs a plain word")
    literals = [one for clause in decision.clauses for one in literals_of(clause.formula)]
    columns = list(dict.fromkeys(column for one in literals for column in one.columns))
    word = C.identifiers([name])[name]
    words = safe_words(columns, {*C.keywords, *_TAKEN, word})
    texts = {one.columns[0] for one in literals if isinstance(one, Among)}
    given = [f"{'const char *' if one in texts else 'double '}{words[one]}" for one in columns]
    own = _words({one: words[one] for one in columns}, texts)
    labels = [plain(one) for one in (*(clause.label for clause in decision.clauses), decision.otherwise)]
    whole = all(isinstance(one, (bool, int)) for one in labels)
    cases = "".join(
        f"    if ({written(clause.formula, own)}) return {_label(clause.label, whole)};\n"
        for clause in decision.clauses
    )
    return (
        "#include <math.h>\n#include <string.h>\n\n"
        "/* a missing number is NAN, a missing text NULL; dates are seconds since 1970-01-01 UTC */\n"
        f"{'int ' if whole else 'const char *'}{word}({', '.join(given) or 'void'}) {{\n"
        f"{cases}    return {_label(decision.otherwise, whole)};\n}}\n"
    )


def _label(label: Any, whole: bool) -> str:
    own = plain(label)
    return str(int(own)) if whole else _text(str(own))


def _text(text: str) -> str:
    if "\0" in text:
        raise CannotExport(f"C cannot write {text!r}: it holds a NUL character")
    # bytes beyond ASCII as octal numbers of three digits, which no digit behind them can lengthen
    coded = "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}"
        for byte in text.encode()
    )
    return f'"{coded}"'


def _words(words: Mapping[str, str], texts: set[str]) -> Words:
    def literal(one: Literal) -> str:
        cells = [words[name] for name in one.columns]
        cell = cells[0]
        match one:
            case Above():
                return f"{cell} {'>' if one.above else '<='} {number(one.cut)}"
            case Equal():
                value = number(one.value)
                return f"{cell} == {value}" if one.equal else f"(!isnan({cell}) && {cell} != {value})"
            case Holds():
                return f"(!isnan({cell}) && {cell} != 0)" if one.truth else f"{cell} == 0"
            case Among():
                same = " || ".join(f"strcmp({cell}, {_text(label)}) == 0" for label in one.labels)
                return f"({cell} && {'' if one.inside else '!'}({same}))"
            case Missing():
                gone = f"!{cell}" if one.column in texts else f"isnan({cell})"
                return gone if one.missing else f"!({gone})"
            case _:
                sign = {"=": "=="}.get(one.sign(), one.sign())
                known = f"!isnan({cells[0]}) && !isnan({cells[1]})"
                return f"({known} && {cells[0]} {sign} {cells[1]})"

    return Words(
        all_of=lambda parts: "(" + " && ".join(parts) + ")",
        any_of=lambda parts: "(" + " || ".join(parts) + ")",
        number=lambda part: f"(({part}) ? 1 : 0)",
        odd=lambda total: f"({total} % 2 == 1)",
        literal=literal,
        always="1",
        never="0",
    )
