"""What is known of different kinds, held against each other before a search begins.

Each kind refuses what contradicts itself. Here a part that every formula has to hold, a piece that is put in
as a whole, or the known part of a template is held against the language, the rules about structure and the
units.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import InvalidSetting, UnitMismatch
from symlaw.knowledge.structure import Structure
from symlaw.knowledge.units.dimensions import name_of
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator
from symlaw.language.parser import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from symlaw.knowledge.statements.reading import Statement
    from symlaw.knowledge.structure import Required
    from symlaw.knowledge.units.analysis import Units
    from symlaw.language.grammar import Language
    from symlaw.language.template import Template


class Known(NamedTuple):
    """What is known of several kinds; None for nothing.

    Attributes
    ----------
    language
        Without rules.
    structure, units, required
        Rules and demands.
    """

    language: Language
    structure: Structure | None
    units: Units | None
    required: Required | None


def check_kinds(known: Known) -> None:
    """Refuse knowledge of two kinds that no formula can obey.

    Raises
    ------
    InvalidSetting
        Naming both statements.
    """
    for name, formula in _wanted(known.required):
        _check_wanted(name, formula, known)
    for function in _out_of_language(known.required.operators if known.required else (), known.language):
        _refuse(f"required {function!r}", "operators", "formulas may not use it")
    template = known.language.template
    if template is not None:
        _check_template(template, known)
    # the open places of a macro are named as columns may be, so that forbidden parts say nothing of them
    shape = None if known.structure is None else replace(known.structure, forbidden=())
    for macro in known.language.macros:
        for setting, reason in _broken(macro.body, shape):
            _refuse(f"macro {macro.name!r}", setting, reason)


def _wanted(required: Required | None) -> Iterator[tuple[str, Expression]]:
    """What has to occur, and how the setting names it."""
    if required is None:
        return
    for name in required.variables:
        yield f"required {name!r}", Expression((Variable(name),))
    for part in required.parts:
        yield f"required {str(part)!r}", part


def _check_wanted(name: str, formula: Expression, known: Known) -> None:
    language = known.language
    missing = _out_of_language((row.name for row in language.searched(formula).operators), language)
    if missing:
        _refuse(name, "operators", f"it uses {', '.join(missing)}, which formulas may not")
    size = language.complexity(language.searched(formula))
    if size > language.max_complexity:
        _refuse(name, f"max_complexity {language.max_complexity:g}", f"it has complexity {size:g} by itself")
    for setting, reason in _broken(formula, known.structure):
        _refuse(name, setting, reason)
    _check_units(name, formula, known.units)


def _out_of_language(names: Iterable[str], language: Language) -> list[str]:
    """Operators of these names that a language lacks; what a template has of its own is not looked at."""
    own = {row.name for row in language.operators}
    return [] if language.template is not None else sorted(set(names) - own)


def _check_units(name: str, formula: Expression, units: Units | None) -> None:
    if units is None:
        return
    try:
        units.dimension(formula)
    except UnitMismatch as error:
        _refuse(name, "units", str(error))


def _broken(formula: Expression, structure: Structure | None) -> Iterator[tuple[str, str]]:
    """Settings that a formula breaks, and how."""
    if structure is None:
        return
    alone = {
        "max_nesting": Structure(nesting=structure.nesting, costs=structure.costs),
        "max_argument_size": Structure(sizes=structure.sizes, costs=structure.costs),
        **{
            f"forbidden {str(part)!r}": replace(structure, nesting={}, sizes={}, forbidden=(part,))
            for part in structure.forbidden
        },
    }
    for setting, rule in alone.items():
        reason = rule.objection(formula)
        if reason is not None:
            yield setting, reason


def _check_template(template: Template, known: Known) -> None:
    """Hold the known parts of a template, those without an unknown, against the rules."""
    name, columns = f"template {template.text!r}", known.language.variables
    unknown = {one.name for one in template.unknowns}
    nodes = template.expression.nodes
    for end, begin in enumerate(template.expression.starts):
        part = nodes[begin : end + 1]
        if any(getattr(node, "name", None) in unknown for node in part):
            continue
        if all(isinstance(node, Constant) for node in part):
            continue
        for setting, reason in _broken(Expression(part), known.structure):
            _refuse(name, setting, reason)
        if not any(isinstance(node, Operator) and not node.kernel for node in part):
            _check_units(name, Expression(part), known.units)
    lacking = _out_of_reach(template, columns)
    for column in known.required.variables if known.required is not None else ():
        if column in lacking:
            _refuse(f"required {column!r}", name, f"no formula of that form holds {quote_name(column)}")


def _out_of_reach(template: Template, columns: Sequence[str]) -> set[str]:
    """Columns that a template holds nowhere, not even as an argument of an unknown function."""
    return set(columns) - set(template.expression.variables) - {template.groups}


def check_values(statements: Iterable[Statement], units: Units | None) -> None:
    """Refuse a statement about values whose formula has another unit than the target.

    Raises
    ------
    InvalidSetting
        Naming the statement and the units.
    """
    if units is None:
        return
    for statement in statements:
        formula: Expression | None = getattr(statement.kind, "value", None)
        if formula is None or not formula.variables:
            continue
        name = f"constraint {statement.text!r}"
        _check_units(name, formula, units)
        found = units.dimension(formula)
        if found is not None and found != units.target.dimension and not _has_numbers(formula):
            target = name_of(units.target.dimension)
            _refuse(name, "units", f"{formula} is in {name_of(found)}, the target in {target}")


def _has_numbers(formula: Expression) -> bool:
    """Whether numbers stand in a formula, which may be meant to carry units."""
    return any(isinstance(node, Constant) for node in formula.nodes)


def _refuse(first: str, second: str, reason: str) -> None:
    raise InvalidSetting(f"{first} and {second} contradict each other: {reason}; leave one of them out")
