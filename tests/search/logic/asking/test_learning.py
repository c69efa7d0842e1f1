"""Functions of more inputs than a table has: learned exactly where they have a form that is known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import symlaw
from symlaw.errors import InvalidSetting
from symlaw.search.logic.asking.queries import Asked, ask

Function = Callable[..., bool]


def asked(function: Function, n: int) -> Asked:
    return ask(function, [f"x{k}" for k in range(n)])


def differ(function: Function, law: Asked, n: int) -> int:
    """In how many of 3,000 rows, drawn in another way than the search does, a formula says something else."""
    assert law.learned is not None
    rows = np.random.default_rng(4).random((3000, n)) < np.linspace(0.02, 0.98, 3000)[:, None]
    own = rows[:, [int(name[1:]) for name in law.table.names]]
    return int(np.sum(law.learned.truths(own) != np.array([bool(function(*row)) for row in rows])))


def every(*x: bool) -> bool:
    return all(x[3:23]) and not x[30]


def nested(*x: bool) -> bool:
    """Each input once, in four levels; two fall."""
    left = (x[0] and (x[1] or (not x[2] and x[3]))) or (x[4] and x[5] and (x[6] or x[7]))
    return (left and (x[8] or x[9])) or (not x[10] and x[11] and (x[12] or (x[13] and x[14])))


def side_by_side(*x: bool) -> bool:
    """Inputs stand in two conjunctions each."""
    return any(x[k] and x[k + 1] and x[(k + 2) % 16] for k in range(0, 15, 2))


def product_of_sums(*x: bool) -> bool:
    """Its conjunctions side by side are 3**10, and the other way round they are ten clauses of three."""
    return all(x[3 * k] or x[3 * k + 1] or not x[3 * k + 2] for k in range(10))


def modulo_two(*x: bool) -> bool:
    return (sum(x[:14]) + (x[20] and x[21]) + (x[3] and x[22])) % 2 == 1


def counted(*x: bool) -> bool:
    return 4 <= sum(x[:15]) <= 9


@pytest.mark.parametrize(
    ("function", "n", "size", "says"),
    [
        (every, 40, 21, "each input stands once"),
        (nested, 20, 15, "each input stands once"),
        (side_by_side, 20, 24, "prime implicants are known"),
        (product_of_sums, 40, 30, "each input stands once"),
        (modulo_two, 30, None, "a polynomial modulo 2 of degree 2"),
        (counted, 18, 32, "how many inputs hold"),
        (lambda *x: sum(x[:30]) % 2 == 0, 40, 31, "a parity"),
        (lambda *x: sum(x[:21]) >= 11, 60, 22, "how many inputs hold"),
    ],
)
def test_a_function_of_a_known_form_is_learned(
    function: Function, n: int, size: int | None, says: str
) -> None:
    found = asked(function, n)
    assert found.learned is not None and says in found.learned.words
    assert differ(function, found, n) == 0
    assert size is None or found.learned.size <= size


def test_what_is_learned_is_a_law_that_says_what_it_rests_on() -> None:
    law = symlaw.boolean(nested, inputs=[f"x{k}" for k in range(30)])
    assert "15 inputs matter, too many to ask every row: each input stands once" in law.status_
    assert "right in all of 2,000 other rows drawn by chance" in law.status_
    assert law.front_["errors"].iloc[-1] == 0 and "not x2" in str(law)
    with pytest.raises(InvalidSetting, match="prove is for tables, and 15 inputs"):
        symlaw.boolean(nested, inputs=[f"x{k}" for k in range(30)], prove=True)


def test_a_function_of_no_known_form_gets_a_formula_and_how_often_it_is_right() -> None:
    weights = np.random.default_rng(0).normal(size=(3, 14))

    def strange(*x: bool) -> bool:
        """Neither rises nor falls, and is no polynomial of low degree."""
        return bool(np.prod(weights @ np.array(x, float)) > 0)

    law = symlaw.boolean(strange, inputs=[f"x{k}" for k in range(14)], max_literals=2, time_budget=5.0)
    assert "no form was found that says all of it: this formula is right in " in law.status_
    share = float(law.status_.split("right in ")[1].split("%")[0])
    assert 40.0 < share < 100.0


def test_the_same_function_is_asked_and_learned_alike() -> None:
    found = [asked(side_by_side, 20) for _ in range(2)]
    assert found[0].learned == found[1].learned and found[0].questions == found[1].questions
