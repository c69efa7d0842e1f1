"""Verilog: a module with one output, for rules whose literals are columns of 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.errors import CannotExport
from symlaw.language.printers.dialect import safe_words
from symlaw.language.rules.formula import literals_of
from symlaw.language.rules.literals import Holds
from symlaw.language.rules.printers.writing import Words, only_rule, written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.literals import Literal

OPTIONS = ("name",)
_KEYWORDS = tuple(
    """always and assign begin buf case default edge else end endmodule event for force function if initial
    inout input integer module nand negedge nor not or out output parameter posedge real reg repeat signed
    supply0 supply1 table task time tri unsigned wait wand while wire wor xnor xor""".split()
)


def write(decision: Decision, name: str = "rule") -> str:
    """The source of a module whose inputs are the columns; its output ``out`` is 1 where the rule holds.

    Examples
    --------
    >>> from symlaw.language.rules.decision import Clause, Decision
    >>> from symlaw.language.rules.formula import Gate
    >>> print(write(Decision((Clause(Gate(2, (Holds("a"), Holds("b", False))), 1),), 0)))
    module rule(input a, input b, output out);
        assign out = (a & ~b);
    endmodule
    <BLANKLINE>
    """
    if not name.isidentifier():
        raise CannotExport(f"name is {name!r}: a module of Verilog needs a plain word")
    rule = only_rule(decision, "Verilog")
    literals = literals_of(rule)
    others = [one for one in literals if not isinstance(one, Holds)]
    if others:
        raise CannotExport(f"Verilog has bits only, and the rule asks {others[0].text()}: export to c")
    columns = list(dict.fromkeys(column for one in literals for column in one.columns))
    word = safe_words([name], _KEYWORDS)[name]
    words = safe_words(columns, (*_KEYWORDS, word))
    given = "".join(f"input {words[one]}, " for one in columns)
    body = written(rule, _words(words))
    return f"module {word}({given}output out);\n    assign out = {body};\nendmodule\n"


def _words(words: Mapping[str, str]) -> Words:
    def literal(one: Literal) -> str:
        assert isinstance(one, Holds)
        return words[one.column] if one.truth else f"~{words[one.column]}"

    return Words(
        all_of=lambda parts: "(" + " & ".join(parts) + ")",
        any_of=lambda parts: "(" + " | ".join(parts) + ")",
        # as wide as a number, so that sums do not wrap around
        number=lambda part: f"(({part}) ? 32'd1 : 32'd0)",
        odd=lambda total: f"({total} % 2 == 1)",
        literal=literal,
        always="1'b1",
        never="1'b0",
    )
