"""symlaw finds the formula behind data.

The names below load what they need when first used, so that ``import symlaw`` is instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw import _moved
from symlaw._version import __version__

if TYPE_CHECKING:
    from symlaw.engine.evaluate import evaluate
    from symlaw.engine.losses.register import loss
    from symlaw.knowledge.priors.prior import Prior
    from symlaw.language import Expression, parse
    from symlaw.language.user_operators.operator import operator
    from symlaw.language.user_operators.trace import trace
    from symlaw.tasks.automata.automaton import automaton
    from symlaw.tasks.automata.graph_result import GraphAutomaton
    from symlaw.tasks.automata.result import Automaton
    from symlaw.tasks.discovery.discover import discover
    from symlaw.tasks.discovery.questions import observed
    from symlaw.tasks.discovery.result import Discovery
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor
    from symlaw.tasks.grammars.grammar import grammar
    from symlaw.tasks.grammars.result import FoundGrammar
    from symlaw.tasks.logic.boolean import boolean
    from symlaw.tasks.logic.circuits import FoundCircuit, circuit
    from symlaw.tasks.logic.result import BooleanLaw
    from symlaw.tasks.machines.machine import machine
    from symlaw.tasks.machines.result import FoundMachine
    from symlaw.tasks.many.fitting import fit_many
    from symlaw.tasks.model.compare import compare, refit
    from symlaw.tasks.model.describe import behaviour, simplify
    from symlaw.tasks.model.trust import null_control, permutation_null, snap, uncertainty
    from symlaw.tasks.programs.result import Transformation
    from symlaw.tasks.programs.transform import transform
    from symlaw.tasks.recursion.recursive import recursive
    from symlaw.tasks.recursion.result import RecursiveFunction
    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.tasks.rewards.result import RewardMachine
    from symlaw.tasks.rewards.reward_machine import reward_machine
    from symlaw.tasks.rules.estimator import RuleClassifier
    from symlaw.tasks.rules.rules import rules
    from symlaw.tasks.streaming.fitting import fit_stream, predict_stream

_HOMES = {
    "Automaton": "symlaw.tasks.automata.result",
    "BooleanLaw": "symlaw.tasks.logic.result",
    "Discovery": "symlaw.tasks.discovery.result",
    "DynamicsRegressor": "symlaw.tasks.dynamics.estimator",
    "Expression": "symlaw.language",
    "FoundCircuit": "symlaw.tasks.logic.circuits",
    "FoundGrammar": "symlaw.tasks.grammars.result",
    "FoundMachine": "symlaw.tasks.machines.result",
    "GraphAutomaton": "symlaw.tasks.automata.graph_result",
    "Prior": "symlaw.knowledge.priors.prior",
    "RecursiveFunction": "symlaw.tasks.recursion.result",
    "RewardMachine": "symlaw.tasks.rewards.result",
    "RuleClassifier": "symlaw.tasks.rules.estimator",
    "SymbolicRegressor": "symlaw.tasks.regression.estimator",
    "Transformation": "symlaw.tasks.programs.result",
    "automaton": "symlaw.tasks.automata.automaton",
    "behaviour": "symlaw.tasks.model.describe",
    "boolean": "symlaw.tasks.logic.boolean",
    "circuit": "symlaw.tasks.logic.circuits",
    "compare": "symlaw.tasks.model.compare",
    "discover": "symlaw.tasks.discovery.discover",
    "evaluate": "symlaw.engine.evaluate",
    "fit_many": "symlaw.tasks.many.fitting",
    "fit_stream": "symlaw.tasks.streaming.fitting",
    "grammar": "symlaw.tasks.grammars.grammar",
    "load": "symlaw.tasks.model.persistence",
    "loss": "symlaw.engine.losses.register",
    "observed": "symlaw.tasks.discovery.questions",
    "machine": "symlaw.tasks.machines.machine",
    "null_control": "symlaw.tasks.model.trust",
    "permutation_null": "symlaw.tasks.model.trust",
    "predict_stream": "symlaw.tasks.streaming.fitting",
    "operator": "symlaw.language.user_operators.operator",
    "parse": "symlaw.language",
    "recursive": "symlaw.tasks.recursion.recursive",
    "refit": "symlaw.tasks.model.compare",
    "reward_machine": "symlaw.tasks.rewards.reward_machine",
    "rules": "symlaw.tasks.rules.rules",
    "simplify": "symlaw.tasks.model.describe",
    "snap": "symlaw.tasks.model.trust",
    "trace": "symlaw.language.user_operators.trace",
    "transform": "symlaw.tasks.programs.transform",
    "uncertainty": "symlaw.tasks.model.trust",
}

__all__ = [
    "Automaton", "BooleanLaw", "Discovery", "DynamicsRegressor", "Expression", "FoundCircuit",
    "FoundGrammar", "FoundMachine", "GraphAutomaton", "Prior", "RecursiveFunction", "RewardMachine",
    "RuleClassifier", "SymbolicRegressor", "Transformation", "__version__", "automaton", "behaviour",
    "boolean", "circuit", "compare", "discover", "evaluate", "fit_many", "fit_stream", "grammar",
    "load", "loss", "machine", "null_control", "observed", "operator", "parse", "permutation_null",
    "predict_stream", "recursive", "refit", "reward_machine", "rules", "simplify", "snap", "trace",
    "transform", "uncertainty",
]  # fmt: skip


_moved.install()


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symlaw' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
