"""Knowledge of two kinds that no formula can obey is refused before a search, both statements named."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.errors import InvalidSetting
from symlaw.tasks.regression.settings import Settings

COLUMNS = ("a", "b", "t")
UNITS = {"units": {"a": "m", "b": "s", "t": "m"}, "target_unit": "m"}


def refused(first: str, second: str, **settings: object) -> None:
    with pytest.raises(InvalidSetting) as error:
        Settings(**settings).language(COLUMNS)  # type: ignore[arg-type]
    assert first in str(error.value) and second in str(error.value)
    assert "contradict each other" in str(error.value)


@pytest.mark.parametrize(
    ("first", "second", "settings"),
    [
        ("required 'sin(sin(a))'", "max_nesting",
         {"required": ["sin(sin(a))"], "max_nesting": {"sin": {"sin": 0}}}),
        ("required 'exp(a + b)'", "max_argument_size",
         {"required": ["exp(a+b)"], "max_argument_size": {"exp": 2}}),
        ("required 'a / b + t'", "forbidden 'a / b'", {"required": ["a/b + t"], "forbidden": ["a / b"]}),
        ("required 'a'", "forbidden 'a'", {"required": ["a"], "forbidden": ["a"]}),
        ("required 'a + b'", "units", {"required": ["a + b"], **UNITS}),
        ("required 'exp(a)'", "operators", {"required": ["exp(a)"], "operators": ["+", "*"]}),
        ("required 'exp'", "operators", {"required": ["exp"], "operators": ["+", "*"]}),
        ("required 'a * b * t'", "max_complexity 4", {"required": ["a*b*t"], "max_complexity": 4}),
        ("required 't'", "template 'f(a) + b'", {"required": ["t"], "template": "f(a) + b"}),
        ("template 'f(t) + sin(sin(a))'", "max_nesting",
         {"template": "f(t) + sin(sin(a))", "max_nesting": {"sin": {"sin": 0}}}),
        ("template 'f(t) * (a + b)'", "units", {"template": "f(t) * (a + b)", **UNITS}),
        ("macro 'wave'", "max_nesting",
         {"macros": {"wave": "sin(sin(x))"}, "max_nesting": {"sin": {"sin": 0}}}),
    ],
)  # fmt: skip
def test_two_kinds_that_contradict_each_other_are_named(
    first: str, second: str, settings: dict[str, object]
) -> None:
    refused(first, second, **settings)


@pytest.mark.parametrize(
    "settings",
    [
        {"required": ["sin(a)"], "max_nesting": {"sin": {"sin": 0}}},
        {"required": ["a / b"], "forbidden": ["a * b"]},
        {"required": ["a + t"], **UNITS},
        {"required": ["sin"], "operators": ["+", "sin"]},
        {"template": "f(a) + b", "required": ["a"], "forbidden": ["a * b"]},
        {"template": "f(a, t) * (a + t)", **UNITS},
        {"macros": {"wave": "sin(a_) + x".replace("a_", "x")}, "forbidden": ["sin(t)"]},
    ],
)
def test_what_goes_together_is_taken(settings: dict[str, object]) -> None:
    assert Settings(**settings).language(COLUMNS)  # type: ignore[arg-type]


def test_a_statement_about_values_has_the_unit_of_the_target() -> None:
    X, y = np.random.default_rng(0).uniform(1, 2, (20, 3)), np.arange(20.0)

    def shape(constraint: str) -> object:
        return Settings(constraints=[constraint], **UNITS).shape(COLUMNS, "y", X, y)  # type: ignore[arg-type]

    assert shape("y -> a as t -> inf") and shape("y >= 0") and shape("y -> 2 * b as t -> inf")
    with pytest.raises(InvalidSetting, match=r"constraint 'y -> b as t -> inf' and units contradict"):
        shape("y -> b as t -> inf")
    with pytest.raises(InvalidSetting, match=r"constraint .* and units contradict"):
        shape("y ~ a + b as t -> inf")
