"""Settings as other tools call them, and what to write for each."""

from __future__ import annotations

import difflib
import inspect
from typing import TYPE_CHECKING, Any

from symlaw.errors import WrongType

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

_BUDGET = "time_budget=60 (seconds) or max_evaluations=1_000_000"
_NOTHING = "nothing: symlaw sets it itself"
# Of PySR, gplearn, Operon and others.
_WRITTEN = {
    "niterations": _BUDGET,
    "generations": _BUDGET,
    "max_evals": "max_evaluations=1_000_000",
    "timeout_in_seconds": "time_budget=60",
    "max_time": "time_budget=60",
    "time_limit": "time_budget=60",
    "binary_operators": "operators=['+', '-', '*', '/', 'sin'], all in one list",
    "unary_operators": "operators=['+', '-', '*', '/', 'sin'], all in one list",
    "function_set": "operators=['+', '-', '*', '/', 'sin']",
    "allowed_symbols": "operators=['+', '-', '*', '/', 'sin']",
    "extra_sympy_mappings": _NOTHING,
    "populations": _NOTHING,
    "population_size": _NOTHING,
    "ncycles_per_iteration": _NOTHING,
    "ncyclesperiteration": _NOTHING,
    "tournament_size": _NOTHING,
    "p_crossover": _NOTHING,
    "p_subtree_mutation": _NOTHING,
    "p_hoist_mutation": _NOTHING,
    "p_point_mutation": _NOTHING,
    "mutation_probability": _NOTHING,
    "crossover_probability": _NOTHING,
    "parsimony": "complexity_costs={'sin': 2}, or nothing: the front has every size",
    "parsimony_coefficient": "complexity_costs={'sin': 2}, or nothing: the front has every size",
    "complexity_of_operators": "complexity_costs={'sin': 2}",
    "complexity_of_constants": "complexity_costs={'constant': 2}",
    "complexity_of_variables": "complexity_costs={'variable': 2}",
    "nested_constraints": "max_nesting={'sin': {'sin': 0}}",
    "maxsize": "max_complexity=30",
    "maxdepth": "max_complexity=30",
    "max_length": "max_complexity=30",
    "max_depth": "max_complexity=30",
    "elementwise_loss": "loss='absolute', or a function of (y, y_pred)",
    "loss_function": "objective=, a function of a formula and the data",
    "full_objective": "objective=, a function of a formula and the data",
    "metric": "loss='absolute'",
    "stopping_criteria": "target_loss=1e-6",
    "early_stop_condition": "target_loss=1e-6",
    "const_range": "constants=True; they are fitted, in no range",
    "feature_names": "nothing: give a data frame to fit",
    "variable_names": "nothing: give a data frame to fit",
    "X_units": "units={'x0': 'm'} with target_unit=",
    "y_units": "target_unit='m' with units=",
    "procs": "n_jobs=4",
    "n_threads": "n_jobs=4",
    "num_threads": "n_jobs=4",
    "parallelism": "n_jobs=4",
    "deterministic": "max_evaluations=1_000_000 with random_state=0",
    "seed": "random_state=0",
    "model_selection": "nothing: choose a row of front_",
    "expression_spec": "template='a * f(x0) + b'",
    "output_directory": "run_folder='run'",
    "progress": "verbose=1",
}


def without_self(function: Callable[..., Any]) -> inspect.Signature:
    """The signature of a class whose ``__init__`` this is."""
    signature = inspect.signature(function)
    _, *others = signature.parameters.values()
    return signature.replace(parameters=others)


def check_settings(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse settings that there are not, with what to write for them.

    Raises
    ------
    WrongType
        With the first such setting.
    """
    for name in given:
        if name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        written = _WRITTEN.get(name) or (f"{near[0]}=" if near else None)
        said = f"write {written}" if written else f"settings are {', '.join(known)}"
        raise WrongType(f"there is no setting {name!r}: {said}")
