"""The table of programs' operators: the one place where their types, costs and spellings are."""

from __future__ import annotations

from symlaw.language.programs.functions import lists, moments, numbers, text, truths
from symlaw.language.programs.row import ProgramOperator

_TEXT = (
    ProgramOperator(text.part, ("text", "mark", "place"), "text", 2.0),
    ProgramOperator(text.before, ("text", "mark", "place"), "text", 2.5),
    ProgramOperator(text.after, ("text", "mark", "place"), "text", 2.5),
    ProgramOperator(text.run, ("text", "class", "place"), "text", 2.5),
    ProgramOperator(text.before_run, ("text", "class", "place"), "text", 3.5),
    ProgramOperator(text.after_run, ("text", "class", "place"), "text", 3.5),
    ProgramOperator(text.from_run, ("text", "class", "place"), "text", 3.5),
    ProgramOperator(text.through_run, ("text", "class", "place"), "text", 3.5),
    ProgramOperator(text.first, ("text", "count"), "text", 3.0, "ends"),
    ProgramOperator(text.last, ("text", "count"), "text", 3.0, "ends"),
    ProgramOperator(text.skip, ("text", "count"), "text", 3.0, "ends"),
    ProgramOperator(text.drop, ("text", "count"), "text", 3.0, "ends"),
    ProgramOperator(text.upper, ("text",), "text", 2.0, "case"),
    ProgramOperator(text.lower, ("text",), "text", 2.0, "case"),
    ProgramOperator(text.proper, ("text",), "text", 2.0, "case"),
    ProgramOperator(text.capital, ("text",), "text", 2.5, "case"),
    ProgramOperator(text.trim, ("text",), "text", 1.5, "tidy"),
    ProgramOperator(text.squeeze, ("text",), "text", 2.5, "tidy"),
    ProgramOperator(text.replace, ("text", "mark", "mark"), "text", 2.5),
    ProgramOperator(text.keep, ("text", "class"), "text", 3.0),
    ProgramOperator(text.remove, ("text", "class"), "text", 3.0),
    ProgramOperator(text.pad, ("text", "width", "mark"), "text", 2.5),
    ProgramOperator(text.pad_end, ("text", "width", "mark"), "text", 3.0),
    ProgramOperator(text.strip, ("text", "mark"), "text", 3.0),
    ProgramOperator(text.strip_end, ("text", "mark"), "text", 3.0),
    ProgramOperator(text.without, ("text", "text"), "text", 4.0),
    ProgramOperator(text.concat, ("text...",), "text", 0.0),
)
_LISTS = (
    ProgramOperator(lists.pieces, ("text", "mark"), "list", 2.0),
    ProgramOperator(lists.runs, ("text", "class"), "list", 2.5),
    ProgramOperator(lists.gather, ("text...",), "list", 2.0),
    ProgramOperator(lists.present, ("list",), "list", 1.5, "shorten"),
    ProgramOperator(lists.rest, ("list",), "list", 2.0, "shorten"),
    ProgramOperator(lists.front, ("list",), "list", 2.0, "shorten"),
    ProgramOperator(lists.backwards, ("list",), "list", 2.0, "reshape"),
    ProgramOperator(lists.ordered, ("list",), "list", 2.5, "reshape"),
    ProgramOperator(lists.distinct, ("list",), "list", 2.5, "reshape"),
    ProgramOperator(lists.each_first, ("list", "count"), "list", 2.0),
    ProgramOperator(lists.each_capital, ("list",), "list", 2.5, "reshape"),
    ProgramOperator(lists.each_trim, ("list",), "list", 2.0, "shorten"),
    ProgramOperator(lists.join, ("list", "mark"), "text", 1.5),
    ProgramOperator(lists.most_common, ("list",), "text", 3.0),
)
_NUMBERS = (
    ProgramOperator(numbers.number, ("text",), "number", 1.5),
    ProgramOperator(numbers.number_with_comma, ("text",), "number", 3.0),
    ProgramOperator(numbers.length, ("text",), "number", 3.0),
    ProgramOperator(numbers.count, ("text", "mark"), "number", 3.0),
    ProgramOperator(numbers.round_to, ("number", "number", "mode"), "number", 2.0),
    ProgramOperator(numbers.plus, ("number", "number"), "number", 2.0),
    ProgramOperator(numbers.times, ("number", "number"), "number", 2.5),
    ProgramOperator(numbers.absolute, ("number",), "number", 2.0),
    ProgramOperator(numbers.decimals, ("number", "least", "width"), "text", 0.5),
    ProgramOperator(numbers.grouped, ("text", "mode"), "text", 2.0),
    ProgramOperator(numbers.ordinal, ("number",), "text", 3.0),
)
_MOMENTS = (
    ProgramOperator(moments.moment, ("text", "mode"), "moment", 2.0),
    ProgramOperator(moments.clock, ("text",), "moment", 2.0),
    ProgramOperator(moments.on, ("moment", "moment"), "moment", 2.0),
    ProgramOperator(moments.round_clock, ("moment", "minutes", "mode"), "moment", 2.0),
    ProgramOperator(moments.shift, ("moment", "seconds"), "moment", 1.5),
    ProgramOperator(moments.say, ("moment", "part"), "text", 0.5),
)
_TRUTHS = (
    ProgramOperator(truths.has, ("text", "text"), "truth", 2.0),
    ProgramOperator(truths.has_any_case, ("text", "text"), "truth", 3.5),
    ProgramOperator(truths.has_class, ("text", "class"), "truth", 2.5),
    ProgramOperator(truths.begins, ("text", "text"), "truth", 2.5),
    ProgramOperator(truths.ends, ("text", "text"), "truth", 2.5),
    ProgramOperator(truths.begins_with_class, ("text", "class"), "truth", 3.0),
    ProgramOperator(truths.ends_with_class, ("text", "class"), "truth", 3.0),
    ProgramOperator(truths.equal, ("text", "text"), "truth", 2.0),
    ProgramOperator(truths.longer, ("text", "count"), "truth", 4.0),
    ProgramOperator(truths.occurs, ("text", "mark", "count"), "truth", 3.5),
    ProgramOperator(truths.below, ("number", "number"), "truth", 3.0),
)
OPERATORS: dict[str, ProgramOperator] = {
    row.name: row for row in (*_TEXT, *_LISTS, *_NUMBERS, *_MOMENTS, *_TRUTHS)
}


def in_role(role: str) -> tuple[str, ...]:
    """Names of the operators that have a role, in the table's order."""
    return tuple(name for name, row in OPERATORS.items() if row.role == role)
