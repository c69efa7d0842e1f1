"""How formulas read as MathML: brackets where they are needed, every text escaped, every element closed."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given

from symlaw.errors import InvalidSetting
from symlaw.language import Expression, Variable, parse
from symlaw.language.printers.formats.documents.mathml import name_markup, write
from symlaw.testing.strategies import HOSTILE_NAMES, expressions


def read(text: str) -> str:
    """The words and signs of a formula in their order, raised and low ones too."""
    return "".join(ElementTree.fromstring(write(parse(text))).itertext())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a - (b - c)", "a−(b−c)"),
        ("(a + b) * c", "(a+b)·c"),
        ("(a + b) / c", "a+bc"),
        ("(a / b)**2", "(ab)2"),
        ("sqrt(a + b)", "a+b"),
        ("-x**2", "−x2"),
        ("x * -2.5", "x·(−2.5)"),
        ("a + (-b) * c", "a+(−b·c)"),
        ("-2.5 * x", "−2.5·x"),
        ("exp(-x)", "exp(−x)"),
        ("log10(x)", "log10(x)"),
        ("asin(x)", "arcsin(x)"),
        ("hypot(a, b)", "hypot(a,b)"),
        ("2e-9 * x", "2·10−9·x"),
        ("alpha_12", "α12"),
    ],
)
def test_reads(text: str, words: str) -> None:
    assert read(text) == words


def test_an_index_stands_low() -> None:
    assert name_markup("x0") == "<msub><mi>x</mi><mn>0</mn></msub>"


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, "</math><script>", "{0}"])
def test_a_name_is_data(name: str) -> None:
    tree = ElementTree.fromstring(write(Expression((Variable(name),))))
    assert not list(tree.iter("{http://www.w3.org/1998/Math/MathML}script"))


@given(expressions())
def test_every_formula_is_well_formed(expression: Expression) -> None:
    ElementTree.fromstring(write(expression))


def test_digits_are_checked() -> None:
    with pytest.raises(InvalidSetting, match="from 1 to 17"):
        write(parse("x"), digits=0)


# Elements of presentation MathML that have a fixed number of children (MathML Core, 3.3 and 3.4).
_CHILDREN = {"mfrac": 2, "msup": 2, "msub": 2, "mroot": 2}


@given(expressions())
def test_elements_have_the_children_that_they_must(formula: Expression) -> None:
    for element in ElementTree.fromstring(write(formula)).iter():
        name = element.tag.rpartition("}")[2]
        assert len(element) == _CHILDREN.get(name, len(element)), name
        assert not (name in ("mi", "mn", "mo") and len(element))


@pytest.mark.parametrize(
    "text", ["(a/b + 1)/c", "(a/b)**2", "(a/b - 1/c)**1.5", "sqrt((a/b + 1)/c)", "a/(b/c)"]
)
def test_fractions_in_fractions_are_one_element_each(text: str) -> None:
    for element in ElementTree.fromstring(write(parse(text))).iter():
        name = element.tag.rpartition("}")[2]
        assert len(element) == _CHILDREN.get(name, len(element))
