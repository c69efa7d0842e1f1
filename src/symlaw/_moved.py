"""Where modules of the last version are now: old import paths work for one more version, with a warning.

Pickles and checkpoints of the last version name classes by these paths too.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

# Per package, ``old>new``: paths below that package.
_TABLE = {
    "language": """
arranging>algebra.arranging canonical>algebra.canonical derivative>algebra.derivative
editing>algebra.editing inverting>algebra.solving solving>algebra.inverses powers>algebra.powers
sharing>algebra.shared_parts simplify>simplifying.simplify user>user_operators.operator
trace>user_operators.trace trying>user_operators.trial portable>user_operators.pickling
lookup>user_operators.lookup fixed_powers>user_operators.fixed_powers
printers.formats.c>printers.formats.programs.c
printers.formats.javascript>printers.formats.programs.javascript
printers.formats.matlab>printers.formats.programs.matlab
printers.formats.python>printers.formats.programs.python
printers.formats.numpy>printers.formats.programs.numpy
printers.formats.rust>printers.formats.programs.rust
printers.formats.sql>printers.formats.programs.sql
printers.formats.jax>printers.formats.tensors.jax
printers.formats.onnx>printers.formats.tensors.onnx
printers.formats.torch>printers.formats.tensors.torch
printers.formats.latex>printers.formats.documents.latex
printers.formats.mathml>printers.formats.documents.mathml
printers.formats.text>printers.formats.documents.text
printers.formats.excel>printers.formats.documents.excel
    """,
    "engine": """
losses>losses.table deviances>losses.deviances irls>losses.irls loss_kernels>losses.kernels
refusals>losses.refusals registering>losses.register user_losses>losses.user
    """,
    "knowledge": """
units>units.analysis dimensions>units.dimensions scales>units.scales
statements>statements.reading kinds>statements.kinds limits>statements.limits
domain>statements.domain shape>statements.shape proving>statements.proving
enclosing>statements.enclosing contradictions>statements.contradictions priors>priors.prior
expected>priors.expected named>named_constants
    """,
    "search": """
portfolio>loop.search course>loop.state budget>loop.budget tally>loop.accounting
keeping>loop.saved_state keeping.Kept>loop.saved_state.SavedState
searchers.template.Colony>searchers.template.TemplateIsland
compiling>loop.warm_up opening>loop.opening
confirm>scoring.confirmers.rows
scoring>scoring.user_objective variants>scoring.scale_and_offset lines>scoring.affine
forms>scoring.given_forms linking>scoring.log_odds derivative_free>scoring.derivative_free
noise>scoring.expected_errors finishing>scoring.final_fit transforms>scoring.transforms
admissible>constants.admissible coefficients>constants.coefficients
named_scales>constants.named_scales naming>constants.named guard>constraints.guard
mending>constraints.refit effects>constraints.effects completing>constraints.units
vanishing>pruning.vanishing simpler>pruning.without_part artefacts>pruning.artefacts
aliases>pruning.aliases macros>library_learning genetics>evolution genetics.demanded>genome.required_parts
genetics.desks>evolution.workspace genetics.epoch>evolution.epoch genetics.extend>genome.extend
genetics.genome>genome.genome genetics.laws>genome.rules genetics.macros>genome.macros
genetics.mutate>genome.mutate genetics.population>evolution.population
genetics.stagnation>evolution.stagnation genetics.steering>genome.penalties
blanks.epoch>templates.epoch blanks.filling>templates.filling blanks.form>templates.form
blanks.joint>templates.joint blanks>templates tree.alphabet>mcts.alphabet
tree.choosing>mcts.selection tree.keys>mcts.keys tree.nodes>mcts.nodes
tree.policies>mcts.policies tree.pruning>mcts.pruning tree.rollouts>mcts.rollouts tree>mcts
bank.evaluate>bank.enumeration bank.lookups>bank.meet_in_the_middle bank.plan>bank.levels
bank.products>bank.noisy_products bank.repairs>bank.inverse_mutation bank.store>bank.bank
bank.sums>bank.linear_sums
    """,
    "trust": """
chance>selection.chance description>selection.description evidence>selection.evidence
finding>selection.finding selection>selection.recommend sums>selection.linear_sums
validation>selection.validation digits>constants.digits figures>constants.figures
fit>constants.fit likelihood>constants.likelihood numbers>constants.numbers
snapping>constants.snapping uncertainty>constants.uncertainty behaviour>behaviour.summary
doubts>behaviour.doubts extrapolation>behaviour.extrapolation importance>behaviour.importance
ranges>behaviour.ranges straying>behaviour.straying
    """,
    "runs": """
checkpoint>checkpoints.checkpoint codec>checkpoints.codec earlier>checkpoints.earlier
marks>annotations.marks notes>annotations.notes
    """,
    "tasks": """
regression>regression.estimator settings>regression.settings fitting>regression.fit
outputs>regression.multi_output sharing>regression.shared_parts groups>regression.groups
oracle>regression.oracle commanded>regression.recorded resuming>regression.resuming
constant_targets>regression.constant_targets memory>regression.memory
foreign>regression.other_tools checking>inputs.checking intake>inputs.intake
reading>inputs.reading targets>inputs.targets rescaling>inputs.rescaling weighing>inputs.weights
concluding>front.conclude settling>front.refit simplifying>front.simplify
shortlist>front.shortlist thinning>front.thinning judging>front.verdict
linear_sums>front.linear_sums sparing>front.optional_steps adding>front.add_formula
typed>front.user_formula saving>model.persistence comparing>model.compare
describing>model.describe trusting>model.trust exporting>model.exports
predictions>model.predictions scoring>model.score fronts>display.fronts frames>display.frames
notebook>display.notebook plotting>display.plotting listening>display.progress
    """,
    "report": """
html>formats.html markdown>formats.markdown records>formats.records plots>plots.results
courses>plots.search slices>plots.slices style>plots.style trees>plots.trees
pictures>plots.pictures
    """,
    "data": """
delimited>formats.delimited lines>formats.json_lines sheets>formats.sheets arrow>formats.arrow
files>formats.opening numerals>cells.numerals times>cells.times rounding>cells.rounding
columns>cells.recipes
    """,
    "cli": """
fit>commands.fit resume>commands.resume compare>commands.compare examine>commands.examine
export>commands.export predict>commands.predict report>commands.report show>commands.show
dashboard>management.dashboard doctor>management.doctor macros>management.macros
plugins>management.plugins prior>management.prior runs>management.runs warmup>management.warmup
terminal>output.terminal live>output.live listing>output.listing
    """,
}


def _moved() -> dict[str, str]:
    found = {}
    for package, text in _TABLE.items():
        for pair in text.split():
            old, new = pair.split(">")
            found[f"symlaw.{package}.{old}"] = f"symlaw.{package}.{new}"
    return found


MOVED = _moved()


def now_at(path: str) -> str:
    """Where a module, or a name in one, is now; the path itself where it has not moved.

    Examples
    --------
    >>> now_at("symlaw.search.tally.Tally"), now_at("symlaw.data.table.Table")
    ('symlaw.search.loop.accounting.Tally', 'symlaw.data.table.Table')
    """
    head, tail = path, ""
    while head:
        if head in MOVED:
            return path if _is_in_package(head, tail) else f"{MOVED[head]}{tail}"
        head, _, last = head.rpartition(".")
        tail = f".{last}{tail}"
    return path


def _is_in_package(head: str, tail: str) -> bool:
    """Whether a path goes into a package that has the name of a module that moved into it."""
    from importlib.util import find_spec

    if not tail or not MOVED[head].startswith(f"{head}."):
        return False
    return find_spec(f"{head}.{tail.split('.')[1]}") is not None


def forwarding(package: str) -> Callable[[str], Any]:
    """A package's ``__getattr__`` where the package was a module: its names are in a module of it now."""

    def get(name: str) -> Any:
        from importlib.util import find_spec

        if name.startswith("__") or find_spec(f"{package}.{name}") is not None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(MOVED[package]), name)
        _warn(package, MOVED[package])
        return found

    return get


class _Alias:
    """Loads a module under the path that it had."""

    def __init__(self, new: str) -> None:
        self._new = new

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(self._new)


class _Finder:
    """Finds modules that have moved, before a package that has another name now gives a second copy."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        new = MOVED.get(fullname)
        # what was a module and is a package now is found as any other
        if new is None or new.startswith(f"{fullname}."):
            return None
        if not any(old.startswith(f"{fullname}.") for old in MOVED):
            _warn(fullname, new)
        return ModuleSpec(fullname, cast("Loader", _Alias(new)))


def _warn(old: str, new: str) -> None:
    words = f"{old} is now {new}; the old path goes in the next version"
    warnings.warn(words, DeprecationWarning, stacklevel=3)


def install() -> None:
    """Let old paths be imported."""
    if not any(isinstance(one, _Finder) for one in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
