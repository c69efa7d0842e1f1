"""Plots of a system: solutions over measured trajectories, and the plane of two states."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.report.plots.style import (
    BLUE,
    GREY,
    ORANGE,
    VERMILLION,
    name_axes,
    panel,
    panels_of,
    styled,
    title,
)
from symlaw.search.dynamics.data import inputs_of
from symlaw.tasks.dynamics.intake import Asked, taken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.data import Trajectory
    from symlaw.tasks.dynamics.estimator import DynamicsRegressor

    Array = NDArray[np.float64]

_ARROWS, _POINTS = 17, 400


def plot_dynamics(model: DynamicsRegressor, kind: str, data: Any = None, **options: Any) -> Any:
    """Draw what a fit found; see `symlaw.DynamicsRegressor.plot`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InvalidSetting
        When there is no such kind, or what it needs is not given.
    """
    if kind == "trajectories":
        if data is None:
            raise InvalidSetting("a plot of trajectories shows measured values: give data=, as it was fitted")
        return plot_trajectories(model, data, **options)
    if kind == "residuals":
        if data is None:
            raise InvalidSetting("a plot of residuals needs measured values: give data=, as it was fitted")
        return plot_residuals(model, data, **options)
    if kind == "forecast":
        return plot_forecast(model, **options)
    if kind == "phase":
        return plot_phase(model, data, **options)
    raise InvalidSetting(f"kind is {kind!r}: give 'trajectories', 'residuals', 'phase' or 'forecast'")


def _measured(model: DynamicsRegressor, data: Any) -> tuple[Trajectory, ...]:
    """Runs as they were given, rates of positions left out."""
    measured = tuple(name for name in model.states_ if name not in _rates(model))
    runs = taken(data, Asked(model.time_, measured, model.inputs_, model.run_, 1, model.discrete)).runs
    return tuple(runs)


def _as_fitted(model: DynamicsRegressor, data: Any) -> tuple[Trajectory, ...]:
    runs, count = _measured(model, data), len(model.found_.begins)
    if len(runs) != count:
        raise InvalidSetting(f"data has {len(runs)} runs and the fit had {count}: give the same data")
    return runs


def _rates(model: DynamicsRegressor) -> tuple[str, ...]:
    return model.found_.unmeasured


def plot_trajectories(model: DynamicsRegressor, data: Any) -> Any:
    """Measured states and the recommended system's solutions from the fitted first states, over time."""
    runs, found = _as_fitted(model, data), model.found_
    solver, count = found.solver(), runs[0].states.shape[1]
    with styled():
        figure, panels = panels_of(count)
        for number, run in enumerate(runs):
            times = run.times if model.discrete else np.linspace(run.times[0], run.times[-1], _POINTS)
            solution = solver.solve(found.begins[number], times, inputs_of(run, found.input_kind))
            for k in range(count):
                label = ("measured", "solution") if number == 0 else (None, None)
                panels[k].plot(run.times, run.states[:, k], ".", color=GREY, markersize=3, label=label[0])
                panels[k].plot(times, solution.states[:, k], color=BLUE, label=label[1])
        for k in range(count):
            name_axes(panels[k], model.time_, model.states_[k])
            title(panels[k], model.system_.lines()[k])
        panels[0].legend()
        return figure


def plot_residuals(model: DynamicsRegressor, data: Any) -> Any:
    """What the recommended system's solutions from the fitted first states leave of measured states."""
    runs, found = _as_fitted(model, data), model.found_
    solver, count = found.solver(), runs[0].states.shape[1]
    with styled():
        figure, panels = panels_of(count)
        for number, run in enumerate(runs):
            solution = solver.solve(found.begins[number], run.times, inputs_of(run, found.input_kind))
            for k in range(count):
                left = run.states[:, k] - solution.states[:, k]
                panels[k].plot(run.times, left, ".", color=GREY, markersize=3)
        for k in range(count):
            panels[k].axhline(0.0, color=BLUE, linewidth=0.8)
            name_axes(panels[k], model.time_, f"{model.states_[k]} left")
        return figure


def plot_forecast(model: DynamicsRegressor, *, span: float | None = None) -> Any:
    """States beyond the end of the last run, with bands of 90%."""
    far = model.found_.span if span is None else span
    with warnings.catch_warnings():
        # where it diverges the curve ends, and the notes say so
        warnings.simplefilter("ignore", RuntimeWarning)
        ahead = model.forecast(far)
    with styled():
        figure, panels = panels_of(len(model.states_))
        for k, name in enumerate(model.states_):
            low, high = ahead[f"{name}_low"], ahead[f"{name}_high"]
            panels[k].fill_between(ahead[model.time_], low, high, color=BLUE, alpha=0.2, linewidth=0)
            panels[k].plot(ahead[model.time_], ahead[name], color=BLUE)
            name_axes(panels[k], model.time_, name)
        return figure


def plot_phase(
    model: DynamicsRegressor, data: Any = None, *, states: Sequence[str] | None = None, ax: Any = None
) -> Any:
    """Rates over the plane of two states, others held in the middle of the data; fixed points lie in it."""
    found, chosen = model.found_, tuple(states or model.states_[:2])
    if len(chosen) != 2 or any(name not in model.states_ for name in chosen) or model.discrete:
        raise InvalidSetting(
            f"a plane needs two states of {', '.join(model.states_)}, and rates: states is {chosen}"
        )
    x, y = (model.states_.index(name) for name in chosen)
    low, high = found.low, found.high
    grid = np.meshgrid(np.linspace(low[x], high[x], _ARROWS), np.linspace(low[y], high[y], _ARROWS))
    rates = _rates_over(model, grid, x, y)
    with styled():
        ax = panel(ax)
        ax.streamplot(*grid, *rates, color="#9fb8cc", linewidth=0.7, arrowsize=0.7, density=1.1)
        if data is not None and not set(chosen) & set(_rates(model)):
            for run in _measured(model, data):
                ax.plot(run.states[:, x], run.states[:, y], ".", color=ORANGE, markersize=3)
        if not model.inputs_ and len(model.states_) == 2:
            points = model.fixed_points_
            for _, point in points.iterrows():
                filled = VERMILLION if str(point["kind"]).startswith("stable") else "white"
                ax.plot(point[chosen[0]], point[chosen[1]], "o", color=VERMILLION, markerfacecolor=filled)
        ax.set_xlim(low[x], high[x])
        ax.set_ylim(low[y], high[y])
        name_axes(ax, *chosen)
        title(ax, "; ".join(model.system_.lines()))
        return ax.figure


def _rates_over(model: DynamicsRegressor, grid: Sequence[Array], x: int, y: int) -> tuple[Array, Array]:
    """Rates of two states over a grid of both."""
    found, solver = model.found_, model.found_.solver()
    held = found.held_inputs()
    state = 0.5 * (found.low + found.high)
    values = np.zeros((2, grid[0].size))
    for place, (a, b) in enumerate(zip(grid[0].ravel(), grid[1].ravel(), strict=True)):
        state[x], state[y] = a, b
        rate, _ = solver.rates(state, 0.0, held)
        values[:, place] = rate[x], rate[y]
    return values[0].reshape(grid[0].shape), values[1].reshape(grid[0].shape)
