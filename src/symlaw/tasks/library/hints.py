"""Formulas of a library that are tried first on new data, and what is kept of a fit."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Expression, Variable
from symlaw.tasks.library.signature import matched, read_signature, rounded, signature_of
from symlaw.tasks.library.store import KnownForm, Origin, change_forms, read_forms
from symlaw.tasks.many.forms import Form, Rows, judged, key_of
from symlaw.trust.selection.description import criteria_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Formulas that are tried, rows on which their numbers are fitted, and rows of a signature.
_HINTS, _ROWS, _SIGNED = 12, 400, 2_000
# Ways to match a formula's columns with those of the data.
_WAYS = 6
# Distance from which data do not behave alike.
_FAR = 0.5
# A formula that leaves more of the variance is not kept.
_MOST_LEFT = 0.5


class NewData(NamedTuple):
    """Data of a fit.

    Attributes
    ----------
    X, y
        (n_rows, n_columns) and (n_rows,).
    names, target
        Of the columns and of the target.
    """

    X: Array
    y: Array
    names: tuple[str, ...]
    target: str

    def digest(self) -> str:
        """What tells the numbers."""
        hashed = hashlib.sha256(np.ascontiguousarray(self.X).tobytes())
        hashed.update(self.y.tobytes())
        return hashed.hexdigest()[:32]

    def some(self, count: int) -> NewData:
        """Rows spread evenly over all."""
        if len(self.y) <= count:
            return self
        places = np.linspace(0, len(self.y) - 1, count).round().astype(int)
        return self._replace(X=self.X[places], y=self.y[places])


def hints_for(folder: Path, data: NewData, operators: Sequence[str]) -> list[Expression]:
    """Formulas of a library whose data behaved like these, their numbers fitted to some of the rows.

    The nearest ones come first; of equally near ones those that earned their place more often. Nothing is
    said of them: a search scores them as it scores others.

    Parameters
    ----------
    folder
        Of the library.
    data
        What is to be explained.
    operators
        Names of those that formulas may use.
    """
    found = list[tuple[float, list[Expression]]]()
    there, allowed = signature_of(*data.some(_SIGNED)[:2]), set(operators)
    for form in read_forms(folder):
        names = {one.name for one in form.expression.operators}
        if not form.columns or len(form.columns) > len(data.names) or not names <= allowed:
            continue
        ways = matched(read_signature(form.signature), there, _WAYS)
        written = [
            renamed(
                form.expression, {old: data.names[k] for old, k in zip(form.columns, places, strict=True)}
            )
            for distance, places in ways
            if distance <= _FAR
        ]
        if written:
            found.append((ways[0][0] / form.earned, written))
    found.sort(key=lambda one: one[0])
    some = data.some(_ROWS)
    rows = Rows(some.X, some.y, some.names)
    fits = []
    with np.errstate(all="ignore"):
        criteria = criteria_on(rows.sample(), list(operators))
        for _, written in found[:_HINTS]:
            # of ways to match its columns the one that fits best
            one = judged(Form(key_of(written[0]), tuple(written)), rows, criteria)
            fits.append(written[0] if one is None else one.expression)
    return list(dict.fromkeys(fits))


def keep(
    folder: Path,
    data: NewData,
    recommended: Expression,
    loss: float,
    verdict: str,
    hints: Sequence[Expression],
) -> None:
    """Keep what a fit recommended, and say of the forms that were tried whether they were good there.

    Parameters
    ----------
    folder
        Of the library.
    data
        What was explained.
    recommended, loss, verdict
        The formula, the share of the variance that it leaves, and what the rows say of it.
    hints
        What `hints_for` gave for these data.
    """
    origin = Origin(data.target, data.names, data.digest(), len(data.y), float(loss), verdict)
    own = _canonical_key(recommended)
    vain = {_canonical_key(one) for one in hints} - {own}
    worth = bool(recommended.variables) and loss <= _MOST_LEFT

    def changed(forms: list[KnownForm]) -> list[KnownForm]:
        done, is_known = [], False
        for form in forms:
            key = _canonical_key(form.expression)
            if key == own and worth:
                is_known = True
                form = form.noted(origin, good=True)
            elif key in vain:
                form = form.noted(replace(origin, loss=1.0, verdict=""), good=False)
            done.append(form)
        if worth and not is_known:
            done.append(_new_form(data, recommended, origin))
        return done

    change_forms(folder, changed)


def renamed(formula: Expression, columns: dict[str, str]) -> Expression:
    """A formula of other columns."""
    nodes = [
        Variable(columns[node.name]) if isinstance(node, Variable) and node.value is None else node
        for node in formula.nodes
    ]
    return Expression(tuple(nodes))


def _new_form(data: NewData, formula: Expression, origin: Origin) -> KnownForm:
    columns = tuple(formula.variables)
    places = [data.names.index(name) for name in columns]
    some = data.some(_SIGNED)
    rows = rounded(signature_of(some.X[:, places], some.y))
    return KnownForm(formula, columns, tuple(tuple(row) for row in rows), (origin,))


def _canonical_key(formula: Expression) -> str:
    """What formulas have in common that differ in numbers and in names of columns."""
    order = {name: f"x{place}" for place, name in enumerate(formula.variables)}
    return key_of(renamed(formula, order))
