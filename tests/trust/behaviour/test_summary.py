"""Behaviour: what is said of a formula is so."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import behaviour
from symlaw.errors import DataError
from symlaw.knowledge.statements.domain import Domain
from symlaw.language import parse
from symlaw.trust.behaviour.extrapolation import extrapolated
from symlaw.trust.behaviour.importance import importance
from symlaw.trust.behaviour.ranges import breaks, region
from symlaw.trust.laws.recognise import catalogue, recognised

RNG = np.random.Generator(np.random.Philox(8))


def box(**ends: tuple[float, float]) -> Domain:
    """A box by name."""
    low, high = np.array(list(ends.values()), dtype=float).T
    return Domain(tuple(ends), low, high)


@pytest.mark.parametrize(
    ("text", "kind", "place", "in_data"),
    [
        ("1 / (x - 1)", "pole", 1.0, True),
        ("1 / (x - 1)**2", "pole", 1.0, True),
        ("1 / (x - 2.5)", "pole", 2.5, False),
        ("log(x - 0.5)", "end of the domain", 0.5, True),
        ("step(x - 1.25)", "jump", 1.25, True),
        ("tan(x)", "pole", np.pi / 2, True),
        ("pow(x - 1, -1.5)", "pole", 1.0, True),
    ],
)
def test_breaks_are_named_with_their_place(text: str, kind: str, place: float, in_data: bool) -> None:
    found = breaks(parse(text), box(x=(0.0, 2.0)))
    near = min(found, key=lambda one: abs(one.first - place))
    assert (near.kind, near.variable, near.in_data) == (kind, "x", in_data)
    assert near.first == pytest.approx(place, abs=1e-9)


def test_a_formula_without_breaks_has_none() -> None:
    assert breaks(parse("x / (1 + x**2) + exp(x)"), box(x=(-2.0, 2.0))) == ()


def test_ranges_hold_the_values() -> None:
    found = region(parse("x * y - sin(x)"), box(x=(-1.0, 2.0), y=(0.0, 3.0)))
    assert found.proven and found.share == 1.0
    assert found.least <= found.low < found.high <= found.most
    partly = region(parse("sqrt(x)"), box(x=(-1.0, 1.0)))
    assert not partly.proven and 0.3 < partly.share < 0.7


@pytest.mark.parametrize(
    ("text", "below", "above"),
    [
        ("x**2", "grows like power 2", "grows like power 2"),
        ("1 / (1 + x**2)", "tends to 0 like power -2", "tends to 0 like power -2"),
        ("exp(-x)", "grows exponentially", "tends to 0"),
        ("sqrt(x)", "undefined", "grows like power 0.5"),
        ("log(x)", "undefined", "grows like a logarithm"),
        ("sin(x)", "oscillates", "oscillates"),
        ("tanh(x)", "tends to -1", "tends to 1"),
    ],
)
def test_extrapolation(text: str, below: str, above: str) -> None:
    domain = box(x=(0.5, 2.0))
    [found] = extrapolated(parse(text), domain, domain)
    assert found.below.startswith(below) and found.above.startswith(above)


def test_importance_of_a_sum_is_shared_as_variances_are() -> None:
    X = RNG.uniform(0.0, 1.0, (2000, 3))
    first, second = importance(parse("x + 2 * y"), X, ["x", "y", "z"])
    assert (first.variable, second.variable) == ("y", "x")
    assert first.first == pytest.approx(0.8, abs=0.06) and second.total == pytest.approx(0.2, abs=0.06)
    assert first.slope == pytest.approx(2.0 * X[:, 1].std())


@pytest.mark.long_but(
    "3 * c / (c + 2)-ends0-Michaelis-Menten",
    "q * 7 * p / w-ends2-ideal gas",
    "1.3 * pow(x, 4)-ends3-Stefan-Boltzmann",
)
@pytest.mark.parametrize(
    ("text", "ends", "name"),
    [
        ("3 * c / (c + 2)", {"c": (0.5, 8)}, "Michaelis-Menten"),
        ("2.5 * exp(-3.1 / u)", {"u": (1, 4)}, "Arrhenius"),
        ("q * 7 * p / w", {"q": (1, 2), "p": (3, 4), "w": (1, 2)}, "ideal gas"),
        ("1.3 * pow(x, 4)", {"x": (1, 3)}, "Stefan-Boltzmann"),
    ],
)
def test_named_laws_are_recognised(text: str, ends: dict, name: str) -> None:
    found = recognised(parse(text), box(**ends))
    assert any(match.law.name.startswith(name) for match in found)


@pytest.mark.long
def test_what_has_no_name_gets_none() -> None:
    assert recognised(parse("x * y + sin(x * y**2)"), box(x=(1, 3), y=(1, 3))) == ()


def test_the_catalogue_is_sourced_and_consistent() -> None:
    laws = catalogue()
    assert len({law.name for law in laws}) == len({law.formula for law in laws}) == len(laws) == 79
    for law in laws:
        assert law.source and set(law.variables) <= set(law.expression.variables)


@pytest.mark.long
def test_the_text_is_narrow_and_units_are_minded() -> None:
    X = {"t": np.linspace(0, 3, 40), "v": np.linspace(1, 2, 40)}
    found = behaviour("v / (t - 1)", X, units={"t": "s", "v": "m"}, target_unit="m")
    assert found.objection is not None and any("t = 1" in one for one in found.warnings)
    assert max(map(len, found.text().splitlines())) <= 80
    assert list(found.frame()["variable"]) == ["v", "t"]


def test_data_that_are_not_finite_are_refused() -> None:
    with pytest.raises(DataError, match="not finite"):
        behaviour("x", {"x": [1.0, np.nan]})
