"""symlaw finds the formula behind data.

The names below load what they need when first used, so that ``import symlaw`` is instant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw._version import __version__

if TYPE_CHECKING:
    from symlaw.engine.evaluate import evaluate
    from symlaw.engine.registering import loss
    from symlaw.knowledge.priors import Prior
    from symlaw.language import Expression, parse
    from symlaw.language.trace import trace
    from symlaw.language.user import operator
    from symlaw.tasks.comparing import compare, refit
    from symlaw.tasks.describing import behaviour, simplify
    from symlaw.tasks.regression import SymbolicRegressor
    from symlaw.tasks.trusting import null_control, permutation_null, snap, uncertainty

_HOMES = {
    "Expression": "symlaw.language",
    "Prior": "symlaw.knowledge.priors",
    "SymbolicRegressor": "symlaw.tasks.regression",
    "behaviour": "symlaw.tasks.describing",
    "compare": "symlaw.tasks.comparing",
    "evaluate": "symlaw.engine.evaluate",
    "load": "symlaw.tasks.saving",
    "loss": "symlaw.engine.registering",
    "null_control": "symlaw.tasks.trusting",
    "permutation_null": "symlaw.tasks.trusting",
    "operator": "symlaw.language.user",
    "parse": "symlaw.language",
    "refit": "symlaw.tasks.comparing",
    "simplify": "symlaw.tasks.describing",
    "snap": "symlaw.tasks.trusting",
    "trace": "symlaw.language.trace",
    "uncertainty": "symlaw.tasks.trusting",
}

__all__ = [
    "Expression", "Prior", "SymbolicRegressor", "__version__", "behaviour", "compare", "evaluate",
    "load", "loss", "null_control", "operator", "parse", "permutation_null", "refit", "simplify", "snap",
    "trace", "uncertainty",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'symlaw' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
