"""What the user knows, read from a TOML file or from a table's header, as settings of a fit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from symlaw.errors import FileUnreadable, InvalidSetting
from symlaw.knowledge.priors.prior import CORPUS

_IN_BRACKETS = re.compile(r".*\[([^\[\]]*)\]\s*")
_KNOWN = {
    "units": {"target", "constants", "columns"},
    "shape": {"constraints", "domain"},
    "structure": {
        "max_nesting",
        "max_argument_size",
        "max_terms",
        "max_term_complexity",
        "forbidden",
        "required",
        "template",
        "groups",
        "guesses",
    },
    "constants": {"kind", "max_denominator", "positive", "min", "max", "named", "exponents"},
    "priors": {"prior", "operator_weights"},
}


# How tables write that a column is a pure number.
_NO_UNIT = ("", "-", "1")


def read_knowledge(path: Path) -> dict[str, Any]:
    """Settings in a TOML file.

    Parameters
    ----------
    path
        With a table ``[units]`` that holds ``target``, ``constants`` (``"dimensionless"`` or ``"free"``) and
        a table ``columns`` of names and units; a table ``[structure]`` of ``max_nesting``,
        ``max_argument_size``, ``max_terms``, ``max_term_complexity``, ``forbidden``, ``required``,
        ``template``, ``groups`` and ``guesses``, and a table ``[shape]`` of ``constraints`` and ``domain``,
        as the estimator's settings of these names; a table ``[constants]`` of ``kind``, ``max_denominator``,
        ``positive``, ``min`` and ``max``, of ``named`` constants (a list, or a table), and of ``exponents``;
        and a table ``[priors]`` of ``prior`` (a path is seen from the file's folder) and
        ``operator_weights``.

    Raises
    ------
    FileUnreadable
        When there is no such file, or it is no TOML.
    InvalidSetting
        When it says something that symlaw does not know.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp(), "known.toml")
    >>> _ = file.write_text('[units]\\ntarget = "N"\\n[units.columns]\\nm = "kg"\\n')
    >>> read_knowledge(file)
    {'units': {'m': 'kg'}, 'target_unit': 'N'}
    """
    try:
        known = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read as TOML: {error}") from None
    _check_names(path, "a table", known, set(_KNOWN))
    for name, content in known.items():
        if not isinstance(content, Mapping):
            raise InvalidSetting(f"{str(path)!r} has {name} = {content!r}: make it a table [{name}]")
        _check_names(path, f"[{name}]", content, _KNOWN[name])
    units, settings = known.get("units", {}), {**known.get("structure", {}), **known.get("shape", {})}
    settings.update(_of_constants(known.get("constants", {})), **_of_priors(path, known.get("priors", {})))
    if units:
        settings["units"] = dict(units.get("columns", {}))
        settings["target_unit"] = units.get("target")
    if "constants" in units:
        settings["constant_units"] = units["constants"]
    return settings


def _of_constants(table: Mapping[str, Any]) -> dict[str, Any]:
    names = {"named": "named_constants", "exponents": "exponents"}
    settings = {names[name]: value for name, value in table.items() if name in names}
    kind = {name: value for name, value in table.items() if name not in names}
    return {**settings, "constants": kind} if kind else settings


def _of_priors(path: Path, table: Mapping[str, Any]) -> dict[str, Any]:
    settings = dict(table)
    prior = settings.get("prior")
    if isinstance(prior, str) and prior != CORPUS:
        settings["prior"] = str(path.parent / prior)
    return settings


def _check_names(path: Path, where: str, found: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(found) - known)
    if unknown:
        raise InvalidSetting(
            f"{str(path)!r} names {unknown[0]!r} in {where}: there may be {', '.join(sorted(known))}"
        )


def units_in_names(features: Sequence[str], target: str) -> dict[str, Any]:
    """Settings from units in brackets at the end of columns' names.

    Raises
    ------
    InvalidSetting
        When the target has none.

    Examples
    --------
    >>> units_in_names(["mass [kg]", "count"], "weight [N]")
    {'units': {'mass [kg]': 'kg'}, 'target_unit': 'N'}
    """
    found = {name: _IN_BRACKETS.fullmatch(name) for name in (*features, target)}
    wanted = found[target]
    if wanted is None:
        raise InvalidSetting(f"column {target!r} has no unit in brackets: call it such as '{target} [kg]'")
    return {
        "units": {name: found[name][1] for name in features if found[name]},  # type: ignore[index]
        "target_unit": wanted[1],
    }


def units_below_names(found: Mapping[str, str], features: Sequence[str], target: str) -> dict[str, Any]:
    """Settings from units by column, as the line below a table's names has them.

    Examples
    --------
    >>> units_below_names({"mass": "kg", "count": "", "weight": "N"}, ["mass", "count"], "weight")
    {'units': {'mass': 'kg'}, 'target_unit': 'N'}
    """
    return {
        "units": {name: found[name] for name in features if found.get(name, "") not in _NO_UNIT},
        "target_unit": "" if found.get(target, "") in _NO_UNIT else found[target],
    }
