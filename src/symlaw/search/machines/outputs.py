"""Outputs as short formulas: what would give an output is asked of all pairs of quantities at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.language.programs.program import Program
from symlaw.language.programs.steps import STEPS, step_bits, step_call

Array = NDArray[np.float64]
_PROBES = 96
_MOST_MODULUS = 10
_MOST_PAIRED, _MOST_TRIPLED = 160, 20
_CLOSE = 1e-9
_MOST_TERMS = 4


@dataclass(frozen=True)
class Quantities:
    """What outputs may read.

    Attributes
    ----------
    values
        (n_quantities, n_rows).
    programs
        Each as a formula of inputs, the index and registers, by place.
    bits
        Of each, its registers included.
    """

    values: Array
    programs: tuple[Program, ...]
    bits: Array


class Found(NamedTuple):
    """A formula that gives an output in all rows."""

    bits: float
    program: Program


def formula_of(
    quantities: Quantities,
    target: Array,
    *,
    is_deep: bool = True,
    is_late: Callable[[], bool] = lambda: False,
) -> Found | None:
    """The shortest formula found that gives a target in all rows; None where there is none.

    Parameters
    ----------
    quantities, target
        What is read, and what is to be given, (n_rows,).
    is_deep
        Whether it may be made of three quantities.
    is_late
        Whether to stop looking.
    """
    order = np.argsort(quantities.bits, kind="stable")
    sorted_ = Quantities(
        quantities.values[order], tuple(quantities.programs[place] for place in order), quantities.bits[order]
    )
    stride = max(1, len(target) // _PROBES)
    # the last rows see the longest pasts
    probe = np.unique(np.r_[np.arange(0, len(target), stride)[:_PROBES], np.arange(len(target))[-8:]])
    best: Found | None = None
    triples = partial(_triples, is_late=is_late)
    for stage in (_singles, _pairs, _linear, *((triples,) if is_deep and not is_late() else ())):
        for found in stage(sorted_, target, probe):
            if best is None or found.bits < best.bits:
                best = found
        if best is not None and stage is not _singles:
            return best
    return best


def _singles(quantities: Quantities, target: Array, probe: NDArray[np.intp]) -> Iterator[Found]:
    if np.all(target == target[0]):
        yield Found(1.0, _constant(target[0]))
    yield from _tails(
        quantities.values[:, probe], quantities.values, quantities, target, probe, lambda place: place
    )


def _constant(value: float) -> Program:
    return step_call("plus", float(value)).arguments[0]


def _tails(
    at_probe: Array, values: Array, quantities: Quantities, target: Array, probe: NDArray[np.intp], which: Any
) -> Iterator[Found]:
    for tail, place in _matching(at_probe, target[probe]):
        found = _finished(tail, quantities.programs[which(place)], values[which(place)], target)
        if found is not None:
            yield Found(float(quantities.bits[which(place)]) + found[0], found[1])


def _pairs(quantities: Quantities, target: Array, probe: NDArray[np.intp]) -> Iterator[Found]:
    n = min(_MOST_PAIRED, len(quantities.programs))
    values = quantities.values[:n]
    small = values[:, probe]
    for row in STEPS.values():
        if row.arity != 2 or not row.binary:
            continue
        with np.errstate(all="ignore"):
            both = np.asarray(row.arrays(small[:, None, :], small[None, :, :]), dtype=float).reshape(
                n * n, -1
            )
        for tail, place in _matching(both, target[probe]):
            one, other = divmod(place, n)
            if one == other:
                continue
            program = step_call(row.name, quantities.programs[one], quantities.programs[other])
            with np.errstate(all="ignore"):
                full = np.asarray(row.arrays(values[one], values[other]), dtype=float)
            found = _finished(tail, program, full, target)
            if found is not None:
                yield Found(
                    found[0] + row.cost + float(quantities.bits[one] + quantities.bits[other]), found[1]
                )


def _triples(
    quantities: Quantities, target: Array, probe: NDArray[np.intp], is_late: Callable[[], bool]
) -> Iterator[Found]:
    n = min(_MOST_TRIPLED, len(quantities.programs))
    kept = Quantities(quantities.values[:n], quantities.programs[:n], quantities.bits[:n])
    wider = _with_pairs(kept, is_late)
    if not wider.programs:
        return
    # half of the probe rows, and the last ones: what passes here is tried on all rows anyway
    probe = np.r_[probe[:-8:2], probe[-8:]]
    values, small = wider.values, wider.values[:, probe]
    for row in STEPS.values():
        if row.arity != 2 or not row.binary:
            continue
        for one in range(n):
            if is_late():
                return
            with np.errstate(all="ignore"):
                both = np.asarray(row.arrays(small, small[one]), dtype=float)
            for tail, place in _matching(both, target[probe]):
                program = step_call(row.name, wider.programs[place], wider.programs[one])
                with np.errstate(all="ignore"):
                    full = np.asarray(row.arrays(values[place], values[one]), dtype=float)
                found = _finished(tail, program, full, target)
                if found is not None:
                    yield Found(found[0] + row.cost + float(wider.bits[place] + wider.bits[one]), found[1])


def _with_pairs(quantities: Quantities, is_late: Callable[[], bool]) -> Quantities:
    """All pairs of quantities and their magnitudes, each behaviour once."""
    seen: dict[bytes, tuple[float, Program, Array]] = {}
    n = len(quantities.programs)
    for row in STEPS.values():
        if row.arity == 2 and row.binary:
            for one in range(n):
                for other in range(0 if is_late() else n):
                    with np.errstate(all="ignore"):
                        values = np.asarray(
                            row.arrays(quantities.values[one], quantities.values[other]), dtype=float
                        )
                    bits = row.cost + float(quantities.bits[one] + quantities.bits[other])
                    known = seen.get(values.tobytes())
                    if known is None or bits < known[0]:
                        program = step_call(row.name, quantities.programs[one], quantities.programs[other])
                        seen[values.tobytes()] = (bits, program, values)
    listed = list(seen.values())
    return Quantities(
        np.array([*(values for *_, values in listed)]),
        tuple(program for _, program, _ in listed),
        np.array([bits for bits, *_ in listed]),
    )


Tail = tuple[str, float, float]


def _matching(values: Array, target: Array) -> Iterator[tuple[Tail, int]]:
    """What may be done to each of some quantities so that it is the target, on probe rows."""
    with np.errstate(all="ignore"):
        yield from ((("", 0.0, 0.0), int(place)) for place in np.flatnonzero(_close(values, target)))
        shift = target[0] - values[:, 0]
        moved = (
            np.isfinite(shift)
            & (shift != 0)
            & (np.abs(shift) <= 20)
            & _close(values + shift[:, None], target)
        )
        yield from ((("plus", float(shift[place]), 0.0), int(place)) for place in np.flatnonzero(moved))
        top = (
            int(target.max())
            if np.all(target == np.round(target)) and 0 <= target.max() < _MOST_MODULUS
            else -1
        )
        for modulus in range(max(2, top + 1), _MOST_MODULUS + 1) if top >= 0 and target.min() >= 0 else ():
            rest = np.mod(values, modulus)
            same = np.all(rest == target, axis=1)
            yield from ((("modulo", float(modulus), 0.0), int(place)) for place in np.flatnonzero(same))
        for divisor in range(2, _MOST_MODULUS + 1):
            same = np.all(np.floor_divide(values, divisor) == target, axis=1)
            yield from ((("quotient", float(divisor), 0.0), int(place)) for place in np.flatnonzero(same))
        yield from ((("magnitude", 0.0, 0.0), int(p)) for p in np.flatnonzero(_close(np.abs(values), target)))
        if top == 1 and target.min() == 0:
            yield from _truths(values, target > 0)


def _truths(values: Array, target: NDArray[np.bool_]) -> Iterator[tuple[Tail, int]]:
    """Comparisons with a number, and with a remainder, that are true where the target is."""
    yes, no = values[:, target], values[:, ~target]
    low = np.flatnonzero(no.max(axis=1) < yes.min(axis=1))
    yield from ((("at_least", float(yes[place].min()), 0.0), int(place)) for place in low)
    high = np.flatnonzero(yes.max(axis=1) < no.min(axis=1))
    yield from ((("above_reversed", float(no[place].min()), 0.0), int(place)) for place in high)
    for name, inside, outside in (("same", yes, no), ("differ", no, yes)):
        steady = inside.min(axis=1) == inside.max(axis=1)
        apart = np.all(outside != inside[:, :1], axis=1)
        yield from ((((name, float(inside[p, 0]), 0.0)), int(p)) for p in np.flatnonzero(steady & apart))
    for modulus in range(2, _MOST_MODULUS + 1):
        rest = np.mod(values, modulus)
        inside, outside = rest[:, target], rest[:, ~target]
        steady = inside.min(axis=1) == inside.max(axis=1)
        apart = np.all(outside != inside[:, :1], axis=1)
        yield from (
            (("modulo same", float(modulus), float(inside[p, 0])), int(p))
            for p in np.flatnonzero(steady & apart)
        )
    roots = np.floor(np.sqrt(np.maximum(values, 0.0)))
    square = np.flatnonzero(np.all((roots * roots == values) == target, axis=1))
    yield from ((("square", 0.0, 0.0), int(place)) for place in square)


def _close(values: Array, target: Array) -> NDArray[np.bool_]:
    return np.asarray(np.all(np.abs(values - target) <= _CLOSE * (1.0 + np.abs(target)), axis=1))


def _finished(tail: Tail, program: Program, values: Array, target: Array) -> tuple[float, Program] | None:
    """The formula with its tail and the tail's bits, where it gives the target in all rows."""
    name, number, rest = tail
    with np.errstate(all="ignore"):
        if name == "":
            made, whole = values, program
        elif name == "modulo same":
            whole = step_call("same", step_call("modulo", program, number), rest)
            made = (np.mod(values, number) == rest).astype(float)
        elif name == "above_reversed":
            whole = step_call("above", number, program)
            made = (number > values).astype(float)
        elif name == "square":
            root = step_call("whole_root", program)
            whole = step_call("same", step_call("product", root, root), program)
            made = (np.floor(np.sqrt(np.maximum(values, 0))) ** 2 == values).astype(float)
        elif name == "magnitude":
            whole, made = step_call(name, program), np.abs(values)
        else:
            whole = step_call(name, program, number)
            made = np.asarray(STEPS[name].arrays(values, number), dtype=float)
    if not np.all(np.abs(made - target) <= _CLOSE * (1.0 + np.abs(target))):
        return None
    extra = 0.0 if name == "" else 3.0 + step_bits(_constant(number)) + step_bits(_constant(rest))
    return extra, whole


def _linear(quantities: Quantities, target: Array, probe: NDArray[np.intp]) -> Iterator[Found]:
    """Sums of a few quantities with round factors."""
    usable = [
        place for place in range(len(quantities.programs)) if np.all(np.isfinite(quantities.values[place]))
    ]
    if not usable:
        return
    # all of the cheapest at once: those that play no part get the factor 0
    for size in (8, 16):
        found = _fitted(quantities, usable[:size], target)
        if found is not None:
            yield found
            return
    chosen: list[int] = []
    rest = target - target.mean()
    columns = quantities.values[usable]
    spread = columns - columns.mean(axis=1, keepdims=True)
    norms = np.linalg.norm(spread, axis=1)
    for _ in range(_MOST_TERMS):
        scores = np.abs(spread @ rest) / np.where(norms > 1e-12, norms, np.inf)
        scores[[usable.index(place) for place in chosen]] = -1.0
        chosen.append(usable[int(np.argmax(scores))])
        found = _fitted(quantities, chosen, target)
        if found is not None:
            yield found
            return
        design = np.c_[quantities.values[chosen].T, np.ones(len(target))]
        rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    cheap = usable[:14]
    for size in (2, 3):
        for some in combinations(cheap, size):
            found = _fitted(quantities, list(some), target)
            if found is not None:
                yield found
                return


def _fitted(quantities: Quantities, chosen: Sequence[int], target: Array) -> Found | None:
    design = np.c_[quantities.values[list(chosen)].T, np.ones(len(target))]
    factors, *_ = np.linalg.lstsq(design, target, rcond=None)
    rounded = np.array([_round(float(factor)) for factor in factors])
    error = np.abs(design @ rounded - target)
    if not np.all(error <= _CLOSE * (1.0 + np.abs(target))):
        return None
    program: Program | None = None
    bits = 0.0
    for factor, place in zip(rounded[:-1], chosen, strict=True):
        if factor == 0.0:
            continue
        term = quantities.programs[place]
        bits += float(quantities.bits[place]) + 1.0
        if factor != 1.0:
            term = step_call("product", term, float(factor))
            bits += 1.5 + step_bits(_constant(factor))
        program = term if program is None else step_call("plus", program, term)
    if program is None:
        return None
    if rounded[-1] != 0.0:
        program = step_call("plus", program, float(rounded[-1]))
        bits += 1.0 + step_bits(_constant(rounded[-1]))
    return Found(bits, program)


def _round(value: float) -> float:
    """The roundest number near one: few decimals, or a small fraction."""
    for digits in range(7):
        if abs(round(value, digits) - value) < 1e-8:
            return round(value, digits)
    for under in (3, 6, 7, 9, 12):
        if abs(round(value * under) / under - value) < 1e-9:
            return round(value * under) / under
    return value
