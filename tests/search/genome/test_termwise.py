"""Terms of sums are told apart, and put in, added and left out as a whole."""

from __future__ import annotations

from collections import Counter

import numba
import numpy as np
import pytest

from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.tape import from_nodes, to_tape
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import Genome, genome, grammar_of
from symlaw.search.genome.termwise import count_terms, vary_terms

NAMES = ("a", "b")
LANGUAGE = Language.of(NAMES, ["+", "-", "*", "/", "exp", "cos"])
GRAMMAR = grammar_of(LANGUAGE)


def _vary(g, donor, state, grammar, spare, out):  # type: ignore[no-untyped-def]
    return vary_terms(g, donor, state, grammar, spare, out)


def _count(g, grammar):  # type: ignore[no-untyped-def]
    return count_terms(g, grammar)


def compiled(function):  # type: ignore[no-untyped-def]
    """The function as a kernel calls it."""
    return function if JIT_DISABLED else numba.njit(_nrt=False)(function)


def genome_of(text: str) -> Genome:
    """A formula as a genome."""
    tape, g = to_tape([parse(text)], LANGUAGE.operators, NAMES), genome()
    size = len(tape.codes)
    g.codes[:size], g.columns[:size], g.values[:size] = tape.codes, tape.columns, tape.values
    g.size[0] = size
    return g


def terms_of(text: str) -> Counter[str]:
    """Terms of a sum by their texts, signs left out."""
    node = parse(text)
    if node.nodes[-1] in (parse("a + b").nodes[-1], parse("a - b").nodes[-1]):
        first, second = node.arguments()
        return terms_of(first.text()) + terms_of(second.text())
    return Counter([text])


@pytest.fixture(scope="module")
def children() -> list[str]:
    """What comes of a sum of three terms and a donor of two."""
    vary, state = compiled(_vary), np.array([7], np.uint64)
    g, donor, out, spare, found = genome_of(SUM), genome_of(DONOR), genome(), bench(), []
    for _ in range(200):
        if vary(g, donor, state, GRAMMAR, spare, out):
            end = out.size[0]
            one = from_nodes(out.codes[:end], out.columns[:end], out.values[:end], LANGUAGE.operators, NAMES)
            found.append(one.text())
    return found


SUM, DONOR = "a * (b + a) - (cos(a) + exp(b))", "cos(b + a) + a / b"
OWN, OTHERS = terms_of(SUM), terms_of(DONOR)


@pytest.mark.parametrize(("text", "expected"), [("a", 1), ("a * (b + a)", 1), (SUM, 3), ("a + b - a + b", 4)])
def test_terms_are_counted(text: str, expected: int) -> None:
    assert compiled(_count)(genome_of(text), GRAMMAR) == expected


def test_each_term_can_be_left_out(children: list[str]) -> None:
    left = {tuple(sorted(terms_of(one))) for one in children if sum(terms_of(one).values()) == 2}
    assert left == {tuple(sorted(set(OWN) - {term})) for term in OWN}


def test_each_term_can_be_one_of_the_donor_instead(children: list[str]) -> None:
    swapped = [terms_of(one) for one in children if sum(terms_of(one).values()) == 3]
    found = {(*(OWN - one), *(one - OWN)) for one in swapped}
    assert found == {(own, other) for own in OWN for other in OTHERS}


def test_whole_terms_of_the_donor_are_added(children: list[str]) -> None:
    added = [terms_of(one) - OWN for one in children if sum(terms_of(one).values()) == 4]
    assert {parse(next(iter(one))).arguments()[0].text() for one in added} == set(OTHERS)
