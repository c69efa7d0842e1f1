"""Laws that are sums of mechanisms, each with constants of its own: rate laws, force laws, material laws.

Terms are drawn from what textbooks of a field write (mass action, Michaelis and Menten, Hill, Haldane,
Arrhenius; logistic and Allee growth, Holling's responses; springs, dampings, driving; hardening and
softening; diodes; dispersion), with constants of three digits, some of them shared between terms. Most laws
are sums; others are products or quotients of sums, or a function of one. Rows are uniform, or lie along a
trajectory, and are stored in single precision where a problem says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.problems.problem import Input, Problem, Sample
from symlaw.engine import reference
from symlaw.language import Constant, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

# Problems to develop with, and those that claims are made on, whose laws nobody looks at before.
DEVELOPMENT_SEEDS = range(1, 1000)
CLAIMS_SEED, N_CLAIMS = 20261130, 40
# What a claims law has at least: nodes, and constants inside of its terms.
CLAIMS_NODES, CLAIMS_CONSTANTS = 20, 4

_FORMS, _FORM_WEIGHTS = ("sum", "product", "quotient", "root", "inverse"), (0.7, 0.1, 0.1, 0.05, 0.05)
_SHARED = 0.3
_PROBES, _LEAST_SHARE = 600, 0.05
_TRIES = 2000
_PLACE = re.compile(r"\{(\w+)\}")
# Half waves of each column along a trajectory.
_WAVES = (1.0, 7.0)


class Field(NamedTuple):
    """What a field writes.

    Attributes
    ----------
    columns
        Range of each column.
    constants
        Range of each constant by its name in the terms; drawn evenly in the logarithm.
    terms
        Terms of columns and of constants in braces. A scale stands before each.
    """

    columns: Mapping[str, tuple[float, float]]
    constants: Mapping[str, tuple[float, float]]
    terms: Sequence[str]


FIELDS = {
    "chemistry": Field(
        {"C": (0.1, 5.0), "D": (0.1, 4.0), "T": (0.5, 3.0), "t": (0.0, 8.0)},
        {"K": (0.3, 4.0), "L": (0.5, 5.0), "E": (0.5, 4.0), "n": (0.4, 2.6), "a": (0.1, 1.2)},
        (
            "C", "C * D", "C**2", "pow(C, {n})", "D * pow(C, {n})", "C / ({K} + C)", "C**2 / ({K}**2 + C**2)",
            "C / ({K} + C + C**2 / {L})", "C * D / (({K} + C) * ({L} + D))", "exp(-{E} / T)",
            "C * exp(-{E} / T)", "C * exp(-{E} / T) / (1 + C / {L})", "exp(-{a} * t)", "C * exp(-{a} * t)",
            "D / (1 + C / {L})",
        ),
    ),
    "biology": Field(
        {"S": (0.2, 12.0), "P": (0.2, 5.0), "t": (0.0, 12.0)},
        {"K": (4.0, 20.0), "h": (0.5, 6.0), "A": (0.5, 4.0), "w": (0.4, 2.2), "q": (0.2, 0.9)},
        (
            "S * (1 - S / {K})", "S * (S / {A} - 1) * (1 - S / {K})", "S * P / ({h} + S)",
            "S**2 / ({h}**2 + S**2)", "S**2 * P / ({h}**2 + S**2)", "S * log({K} / S)", "S", "S * P",
            "cos({w} * t)", "sin({w} * t)", "S * (1 + {q} * cos({w} * t))", "P / (1 + S / {h})",
            "S * exp(-P / {A})",
        ),
    ),
    "mechanics": Field(
        {"x": (-3.0, 3.0), "v": (-3.0, 3.0), "t": (0.0, 10.0)},
        {"w": (0.5, 2.4), "q": (0.2, 0.9), "k": (0.6, 2.4), "g": (0.4, 2.0), "s": (0.5, 3.0)},
        (
            "x", "x**3", "v", "v * abs(v)", "cos({w} * t)", "sin({w} * t)", "x * (1 + {q} * cos({w} * t))",
            "1 / (1 + x**2)", "1 / ({g} + x**2)", "sin({k} * x)", "(1 - {g} * x**2) * v", "tanh({s} * v)",
            "x * exp(-{k} * abs(x))", "v / (1 + {g} * v**2)",
        ),
    ),
    "materials": Field(
        {"e": (0.02, 1.0), "r": (0.1, 5.0), "T": (0.05, 0.95)},
        {"n": (0.15, 0.8), "k": (1.0, 8.0), "q": (0.6, 3.0), "c": (0.1, 0.8), "m": (0.5, 1.8)},
        (
            "e", "pow(e, {n})", "1 - exp(-{k} * e)", "pow(e, {n}) * (1 + {c} * log(r))", "pow(r, {n})",
            "log(1 + {k} * r)", "exp(-{q} * T)", "1 - pow(T, {m})", "pow(e, {n}) * exp(-{q} * T)",
            "r * exp(-{q} * T)", "r / ({k} + r)", "tanh({k} * e)",
        ),
    ),
    "electronics": Field(
        {"V": (-2.0, 2.0), "G": (0.5, 3.0), "t": (0.0, 8.0)},
        {"n": (0.6, 1.8), "k": (0.6, 3.0), "w": (0.5, 2.5), "u": (0.1, 0.8), "l": (0.1, 0.6)},
        (
            "V", "exp(V / {n}) - 1", "tanh({k} * V)", "V * exp(-{k} * abs(V))", "(G - {u})**2",
            "(G - {u})**2 * (1 + {l} * V)", "G * tanh({k} * V)", "sin({w} * t)", "cos({w} * t)",
            "V / sqrt(1 + {k} * V**2)", "G * sin({w} * t)", "V**3",
        ),
    ),
    "optics": Field(
        {"w": (0.4, 2.0), "z": (0.0, 3.0)},
        {"c": (0.05, 0.35), "b": (0.7, 1.7), "g": (0.1, 0.6), "a": (0.3, 2.0), "B": (0.5, 3.0)},
        (
            "w**2 / (w**2 - {c}**2)", "1 / w**2", "1 / ((w - {b})**2 + {g}**2)", "exp(-((w - {b}) / {g})**2)",
            "exp(-{a} * z)", "w * exp(-{a} * z)", "1 / (exp({B} / w) - 1)", "w", "sin({B} * z) / w",
            "z / (1 + {a} * z)", "exp(-{a} * w)",
        ),
    ),
    "distances": Field(
        {"x": (-3.0, 3.0), "y": (-3.0, 3.0), "z": (-3.0, 3.0)},
        {"a": (0.3, 3.0), "b": (0.3, 3.0), "c": (0.3, 2.0), "k": (0.3, 1.5)},
        (
            "sqrt((x - {a})**2 + (y - {b})**2)", "1 / sqrt((x - {a})**2 + (y - {b})**2 + {c}**2)",
            "exp(-{k} * ((x - {a})**2 + y**2))", "1 / ({c} + x**2 + y**2)", "z", "z**2", "x * y",
            "sqrt(x**2 + y**2 + z**2)", "exp(-{k} * z**2)", "log({c} + x**2 + z**2)",
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Mechanisms(Problem):
    """A law of terms.

    Parameters
    ----------
    terms
        The terms, scales included, in symlaw's language.
    form
        How they are put together: one of `_FORMS`.
    trajectory
        Whether rows lie along a trajectory.
    single
        Whether rows are stored in single precision.
    """

    terms: tuple[str, ...] = ()
    form: str = "sum"
    trajectory: bool = False
    single: bool = False

    @property
    def inner_constants(self) -> int:
        """Constants inside of the terms, whole numbers that the form has apart."""
        found = [node.value for node in self.expression.nodes if isinstance(node, Constant)]
        return sum(value != round(value) for value in found) - len(self.terms)

    def draw(self, n_rows: int = 1000, seed: int = 0, noise: float = 0.0) -> Sample:
        """Training rows, as `Problem.draw`; along a trajectory, and rounded, where the problem says so."""
        rng = self.random(seed, "train")
        X = self._along(n_rows, rng) if self.trajectory else self._uniform(n_rows, rng)
        clean = self.values(X)
        y = clean + noise * float(np.sqrt(np.mean(clean**2))) * rng.standard_normal(len(clean))
        if self.single:
            X, y = (array.astype(np.float32).astype(float) for array in (X, y))
        return Sample(X, y, clean)

    def _along(self, n_rows: int, rng: np.random.Generator) -> NDArray[np.float64]:
        """Rows (n_rows, n_inputs) at even times of a curve that goes to and fro in each range."""
        time, columns = np.linspace(0.0, 1.0, n_rows), []
        for one in self.inputs:
            phase, waves = rng.uniform(0.0, 2.0 * np.pi), rng.uniform(*_WAVES)
            course = time if one.name == "t" else 0.5 + 0.5 * np.sin(np.pi * waves * time + phase)
            columns.append(one.low + (one.high - one.low) * course)
        return np.stack(columns, axis=1)


def mechanisms(seed: int, count: int, *, claims: bool = False) -> list[Mechanisms]:
    """Draw laws of mechanisms; the same seed gives the same laws.

    Each is finite and moderate in its ranges, and each of its terms moves it: with that term at its mean, the
    law changes by 5% of its variance at least.

    Parameters
    ----------
    seed
        Any whole number of 0 or more.
    count
        How many.
    claims
        Whether they have 3 to 5 terms, 20 nodes and 4 inner constants at least, and are sums.

    Examples
    --------
    >>> first, second = mechanisms(seed=1, count=2)
    >>> first == mechanisms(seed=1, count=1)[0]
    True
    """
    rng, found = np.random.default_rng(seed), list[Mechanisms]()
    while len(found) < count:
        problem = _sound_law(rng, f"mechanisms-{seed}-{len(found)}", len(found), claims=claims)
        if all(problem.formula != other.formula for other in found):
            found.append(problem)
    return found


def claims_laws() -> list[Mechanisms]:
    """The laws that claims are made on."""
    return mechanisms(CLAIMS_SEED, N_CLAIMS, claims=True)


def _sound_law(rng: np.random.Generator, name: str, index: int, *, claims: bool) -> Mechanisms:
    field = FIELDS[str(rng.choice(list(FIELDS)))]
    n_terms = int(rng.integers(3, 6) if claims else rng.integers(2, 7))
    form = "sum" if claims else str(rng.choice(_FORMS, p=_FORM_WEIGHTS))
    along, single = bool(rng.random() < 0.3), bool(rng.random() < 0.2)
    for _ in range(_TRIES):
        terms = _terms(rng, field, min(n_terms, len(field.terms)))
        formula = _joined(terms, form)
        used = [column for column in field.columns if column in parse(formula).variables]
        inputs = tuple(Input(column, *field.columns[column]) for column in used)
        problem = Mechanisms(
            name, "mechanisms", index, formula, inputs, terms=terms, form=form, trajectory=along,
            single=single,
        )  # fmt: skip
        large = len(problem.expression.nodes) >= CLAIMS_NODES and problem.inner_constants >= CLAIMS_CONSTANTS
        if (large or not claims) and _is_sound(problem):
            return problem
    # no such law of this field and number of terms
    return _sound_law(rng, name, index, claims=claims)


def _terms(rng: np.random.Generator, field: Field, count: int) -> tuple[str, ...]:
    """Different terms with scales and constants, of which some are shared."""
    known: dict[str, str] = {}

    def constant(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in known or rng.random() >= _SHARED:
            known[name] = _number(rng, *field.constants[name])
        return known[name]

    terms = []
    for place in sorted(rng.choice(len(field.terms), count, replace=False)):
        held: dict[str, str] = {}
        # within a term a constant is the same wherever it stands
        text = _PLACE.sub(lambda m, held=held: held.setdefault(m.group(1), constant(m)), field.terms[place])
        sign = "-" if terms and rng.random() < 0.4 else ""
        factor = _number(rng, 0.2, 4.0)
        loose = " + " in text or " - " in text or " / " in text
        terms.append(f"{sign}{factor} * {f'({text})' if loose else text}")
    return tuple(terms)


def _number(rng: np.random.Generator, low: float, high: float) -> str:
    """A number of three digits."""
    return f"{float(f'{np.exp(rng.uniform(np.log(low), np.log(high))):.3g}'):g}"


def _joined(terms: Sequence[str], form: str) -> str:
    def total(some: Sequence[str]) -> str:
        return " + ".join(some).replace("+ -", "- ")

    half = (len(terms) + 1) // 2
    first, second = total(terms[:half]), total(terms[half:])
    if form == "product" and second:
        return f"({first}) * ({second})"
    if form == "quotient" and second:
        return f"({first}) / ({second})"
    if form == "root":
        return f"sqrt({total(terms)})"
    if form == "inverse":
        return f"1 / ({total(terms)})"
    return total(terms)


def _is_sound(problem: Mechanisms) -> bool:
    """Whether a law is finite, moderate, and moved by each of its terms and columns."""
    rng = problem.random(0, "sound")
    low, high = ([getattr(one, side) for one in problem.inputs] for side in ("low", "high"))
    X = rng.uniform(low, high, (_PROBES, len(low)))
    y = problem.values(X)
    variance = float(np.var(y))
    if not np.all(np.isfinite(y)) or not 1e-4 < variance < 1e6:
        return False
    if np.max(np.abs(y - np.median(y))) > 12 * np.sqrt(variance):
        return False
    columns = dict(zip(problem.names, X.T, strict=True))
    for place in range(len(problem.terms)):
        mean = float(np.mean(reference.values(parse(problem.terms[place]), columns)))
        others = (*problem.terms[:place], f"{mean!r}", *problem.terms[place + 1 :])
        changed = reference.values(parse(_joined(others, problem.form)), columns)
        # nan compares as False
        if not np.mean((changed - np.mean(changed) - y + np.mean(y)) ** 2) >= _LEAST_SHARE * variance:
            return False
    return True
