"""Every export target keeps its word; each is found by being there."""

from __future__ import annotations

import ast
import sqlite3
from dataclasses import replace

import pytest

from symlaw.errors import CannotExport, InvalidSetting, MissingDependency
from symlaw.language import Constant, Expression, Variable, operator, operator_table, parse
from symlaw.language.printers import Target, target, targets
from symlaw.language.printers.dialect import safe_words
from symlaw.language.user_operators.lookup import lookup
from symlaw.language.user_operators.operator import operator as made_of
from symlaw.testing.strategies import HOSTILE_NAMES

ROWS = list(operator_table().values())
TARGETS = list(targets().values())
DIALECTS = [one for one in TARGETS if one.dialect is not None]
MORE_NAMES = (
    "*/ int main(){}",
    "=cmd|' /C calc'!A0",
    "__import__('os')",
    "// \\",
    "for",
    "x" * 300,
    "e",
    "\u2028",
)

every_target = pytest.mark.parametrize("one", TARGETS, ids=lambda one: one.name)
every_dialect = pytest.mark.parametrize("one", DIALECTS, ids=lambda one: one.name)


def on_columns(row: object) -> Expression:
    """An operator on as many columns as it takes."""
    assert isinstance(row, type(operator("sin")))
    return Expression((*[Variable(name) for name in ("p q", "r", "s")[: row.arity]], row))


def written(one: Target, expression: Expression) -> str | bytes:
    """What a target gives, or a skipped test where its package is missing."""
    try:
        return one.write(expression)
    except MissingDependency as error:
        pytest.skip(str(error))


@every_target
def test_says_what_it_is(one: Target) -> None:
    assert target(one.name) is one
    assert 10 < len(one.summary) < 60 and not one.summary.endswith(".")


@every_target
def test_every_operator_is_written_or_refused(one: Target) -> None:
    for row in ROWS:
        if row.name in one.lacks():
            with pytest.raises(CannotExport, match=f"has no spelling for the operator '{row.name}'"):
                one.write(on_columns(row))
        else:
            assert written(one, on_columns(row))


@every_dialect
def test_an_operator_without_a_spelling_is_lacking(one: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one.dialect is not None
    new = replace(operator("sin"), name="brandnew")
    monkeypatch.setitem(operator_table(), "brandnew", new)  # type: ignore[arg-type]
    assert "brandnew" in one.lacks()
    with pytest.raises(CannotExport, match="'brandnew'"):
        one.write(on_columns(new))


@every_dialect
def test_users_operators_are_written_out_where_they_can_be(one: Target) -> None:
    assert one.dialect is not None
    twice = made_of(lambda x: 2 * x + 1, name="twice")
    assert written(one, on_columns(twice))

    def branching(x: float) -> float:
        return x if x > 0 else -x

    with pytest.raises(CannotExport, match="'branching': a user's operator can be exported where symlaw can"):
        one.write(on_columns(made_of(branching)))


@every_target
def test_lookups_are_written(one: Target) -> None:
    assert written(one, on_columns(lookup("a", [0, 1], [0.5, 0.7])))


@every_target
@pytest.mark.parametrize("value", [float("inf"), float("nan"), -2.5, 1e-300])
def test_numbers_of_any_size_are_written(one: Target, value: float) -> None:
    assert written(one, Expression((Variable("x"), Constant(value), operator("+"))))


@every_target
def test_an_unknown_option_is_refused(one: Target) -> None:
    with pytest.raises(InvalidSetting, match=f"format '{one.name}' has no option 'colour'"):
        parse("x").export(one.name, colour="red")


def test_an_unknown_target_gets_a_suggestion() -> None:
    with pytest.raises(InvalidSetting, match="unknown format 'latx': did you mean 'latex'"):
        parse("x").export("latx")


@every_target
@pytest.mark.parametrize("name", [*HOSTILE_NAMES, *MORE_NAMES])
def test_hostile_names_stay_in_their_line(one: Target, name: str) -> None:
    if one.name in ("sqlite", "duckdb") and "\0" in name:
        with pytest.raises(CannotExport, match="NUL"):
            one.write(Expression((Variable(name),)))
        return
    given, plain = (Expression((Variable(word), Variable("r"), operator("+"))) for word in (name, "q"))
    text, expected = written(one, given), written(one, plain)
    if isinstance(text, str) and isinstance(expected, str) and one.name not in ("text", "json", "sympy"):
        quoted = text.count("\n") if one.dialect and one.name not in ("sqlite", "duckdb") else 0
        assert quoted in (0, expected.count("\n"))
    if one.name in ("python", "numpy", "torch", "jax"):
        assert len(ast.parse(text).body) == len(ast.parse(expected).body)


def test_words_are_distinct_whatever_the_columns_are_called() -> None:
    names = list(dict.fromkeys(["a b", "a_b", "a-b", "a_b_2", "x_for", "", "_", "__", "1", "ä", *MORE_NAMES]))
    words = list(safe_words(names, {"for", "e"}).values())
    assert len(set(words)) == len(names) and not {"for", "e"} & set(words)
    assert all(word.isascii() and word.isidentifier() and word[0].isalpha() for word in words)
    assert max(map(len, words)) <= 52


@pytest.mark.parametrize("name", ['a"b', "a'; DROP TABLE t; --", "a\nb", "select"])
def test_sql_quotes_columns(name: str) -> None:
    connection = sqlite3.connect(":memory:")
    quoted = '"' + name.replace('"', '""') + '"'
    connection.execute(f"CREATE TABLE t ({quoted})")
    connection.execute("INSERT INTO t VALUES (3)")
    text = Expression((Variable(name), Constant(2.0), operator("/"))).export("sqlite")
    assert connection.execute(f"SELECT {text} FROM t").fetchone() == (1.5,)


# --- options ---------------------------------------------------------------------------------------


def test_excel_takes_cells() -> None:
    law = parse("`=cmd` * b")
    assert law.export("excel") == "=A2 * B2"
    assert law.export("excel", cells={"=cmd": "$C4", "b": "AA10"}) == "=$C4 * AA10"


@pytest.mark.parametrize(
    ("cells", "message"),
    [({"a": "B2"}, "cells lacks column 'b'"), ({"a": "B2", "b": "1+1"}, "cells has '1\\+1' for column 'b'")],
)
def test_excel_refuses_what_is_no_cell(cells: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        parse("a * b").export("excel", cells=cells)


def test_latex_shows_digits_that_standard_errors_justify() -> None:
    law = parse("3.14159265 * x + 0.123456789")
    assert law.export("latex", digits=3) == r"3.14 \cdot x + 0.123"
    assert law.export("latex", errors={"c0": 0.012, "c1": 3.0}) == r"3.142 \cdot x + 0.1"


def test_latex_says_units() -> None:
    text = parse("a * b").export("latex", units={"a": "m/s**2", "b": "kg"})
    assert text == r"a \cdot b \qquad [a] = \mathrm{m/s^{2}},\; [b] = \mathrm{kg}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"digits": 0}, "digits is 0"),
        ({"errors": {"c7": 1.0}}, "errors names 'c7': the formula's constants are c0"),
        ({"errors": {"c0": -1.0}}, "standard errors are finite and not negative"),
        ({"units": {"z": "m"}}, "units names 'z': the formula's columns are x"),
    ],
)
def test_latex_refuses(options: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        parse("2 * x").export("latex", **options)


def test_fixed_constants_are_not_trained() -> None:
    law = Expression((Variable("x"), Constant(2.0, fixed=True), operator("*"), Constant(1.5), operator("+")))
    assert 'register_buffer("c0"' in law.export("torch") and "self.c1 = torch.nn.Parameter" in law.export(
        "torch"
    )
    assert "CONSTANTS = jnp.array([1.5])" in law.export("jax")
    assert Expression.from_json(law.to_json()).nodes == law.nodes
