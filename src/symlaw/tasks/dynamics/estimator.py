"""`DynamicsRegressor`: the differential equations behind trajectories."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from symlaw.language.later import Later
from symlaw.search.watch import Watch
from symlaw.tasks.dynamics.fitting import fit
from symlaw.tasks.dynamics.intake import Asked
from symlaw.tasks.dynamics.settings import OPERATORS, DynamicsSettings
from symlaw.tasks.dynamics.simulating import forecast, simulate

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from symlaw.language.operators import Operator
    from symlaw.search.dynamics.finding import Memory
    from symlaw.tasks.dynamics.answer.own_units import DimensionlessForm
    from symlaw.tasks.dynamics.equations import Equations
    from symlaw.trust.dynamics.conserved import Conserved
    from symlaw.trust.dynamics.symmetries import Symmetry

_report: Any = Later("symlaw.report.answers.report_model")
_to_record: Any = Later("symlaw.tasks.dynamics.meaning.record_of")
_save: Any = Later("symlaw.tasks.dynamics.persistence.save")
_load: Any = Later("symlaw.tasks.dynamics.persistence.load")
_fixed_points: Any = Later("symlaw.tasks.dynamics.meaning.fixed_points_frame")
_stability: Any = Later("symlaw.tasks.dynamics.meaning.stability")
_symmetries: Any = Later("symlaw.tasks.dynamics.meaning.symmetries_of")
_constants: Any = Later("symlaw.tasks.dynamics.meaning.constants_frame")
_own_units: Any = Later("symlaw.tasks.dynamics.answer.own_units.own_units")
_conserved: Any = Later("symlaw.tasks.dynamics.meaning.conserved_quantities")
_plot: Any = Later("symlaw.report.plots.dynamics.plot_dynamics")
_exported: Any = Later("symlaw.language.printers.systems.exported_system")


class DynamicsRegressor(BaseEstimator):
    """Find the differential or difference equations that trajectories obey.

    The kind and size of the noise are found out, the smoothing is chosen by the data, and systems are fitted
    through a solver and judged by how short a description of the measured values they make.

    Parameters
    ----------
    operators
        Operators that right sides may use.
    time_budget
        Seconds after which no further system is tried.
    order
        1, or 2 where the states are positions whose rates were not measured: ``x'' = f(x, x')``.
    discrete
        Whether rows follow one from the other, ``x[k+1] = f(x[k])``, instead of by rates.
    known
        Right sides that are known, by state: ``{"x": "v"}``. Their constants stay as they are. A function
        that is no operator is an unknown part, of the columns named: ``{"v": "F/2 + f(x, v)"}``. A name that
        is no column is a number that is fitted: ``{"v": "F/m - k*x"}``, the same wherever it stands.
    guess
        Right sides to repair, by state: ``{"x": "a*x - x**2"}``; names that are no columns are constants.
        Terms that are missing are added and wrong ones left out, which a note tells.
    inputs_between
        How inputs are read between rows: ``"linear"`` or ``"held"`` at the last value.
    explicit_time
        Whether right sides may use the time.
    hidden
        1 tries, for each state in turn, its rate as a further state that was not measured: a second state
        behind a measured one, whatever it is, shows in that one's rate. Where the description gets shorter
        the system has it, and a note calls it a conjecture and says by how much.

    units
        Units of columns, the time's among them, such as ``{"t": "s", "x": "m"}``; constants may carry any.
        Right sides that no units of constants make consistent are left out, and a known equation that
        contradicts them is refused.
    constraints
        What every system of the front obeys: ``"bounded"`` (solutions from in and around the visited region,
        for as long as the runs are), ``"dissipative"`` (volumes of states shrink there),
        ``"x**2 + v**2 is conserved"``, ``"symmetric in x, y"`` (the equations stay the same when these
        states are exchanged, constants shared; ``"symmetric in x, y and v, w"`` exchanges both pairs).
    groups
        A column that tells groups of runs apart, the same all along a run, or True where each run is a group.
        All have the same form, and each has fitted constants of its own; with numbers in known equations it
        is these, and what is found is shared. `of_group` gives each group's system.
    shared
        Numbers of known equations that all groups have in common.

    Attributes
    ----------
    system_ : Equations
        The recommended system; ``system_["x"]`` is one right side. Numbers in brackets are standard errors of
        the last digits.
    front_ : pandas.DataFrame
        Systems from the simplest to the most accurate: complexity, nats of the description, r2, the share of
        tables of drawn rows on which each is preferred, r2 of runs or stretches held out, system.
    recommended_ : int
        Row of the front.
    reason_ : str
        Why it is recommended, and the runner-up.
    noise_ : str
        Kind and size of the errors of measurement, as found out.
    unknown_ : dict of str to Expression
        What was found for the unknown functions of known equations, by name.
    numbers_ : dict of str to float
        Values of the numbers that known equations name; `constants_` has their errors.
    groups_ : tuple of str
        Names of the groups of runs. ``system_``, simulations and exports are of the first one.
    notes_ : tuple of str
        What else should be known: constants that the data hardly say, solutions that diverge, ...
    states_, inputs_ : tuple of str
        Names of states and inputs.

    Examples
    --------
    >>> import numpy as np
    >>> from symlaw import DynamicsRegressor
    >>> t = np.linspace(0.0, 5.0, 60)
    >>> model = DynamicsRegressor(operators=["+", "*"]).fit({"t": t, "x": 2.0 * np.exp(-0.7 * t)})
    >>> print(model.system_["x"].text(3))
    -0.7 * x
    """

    # which question it is of, for runs and reports
    TASK = "dynamics"

    def __init__(
        self,
        *,
        operators: Sequence[str | Operator] = OPERATORS,
        time_budget: float = 60.0,
        order: int = 1,
        discrete: bool = False,
        known: Mapping[str, str] | None = None,
        guess: Mapping[str, str] | None = None,
        inputs_between: str = "linear",
        explicit_time: bool = False,
        hidden: int = 0,
        units: Mapping[str, str] | None = None,
        constraints: Sequence[str] = (),
        groups: str | bool | None = None,
        shared: Sequence[str] = (),
    ) -> None:
        self.operators = operators
        self.time_budget = time_budget
        self.order = order
        self.discrete = discrete
        self.known = known
        self.guess = guess
        self.inputs_between = inputs_between
        self.explicit_time = explicit_time
        self.hidden = hidden
        self.units = units
        self.constraints = constraints
        self.groups = groups
        self.shared = shared

    def fit(
        self,
        trajectories: Any,
        *,
        time: str = "t",
        states: Sequence[str] | None = None,
        inputs: Sequence[str] = (),
        run: str | None = None,
        watch: Watch | None = None,
        memory: Memory | None = None,
    ) -> DynamicsRegressor:
        """Find the equations.

        Parameters
        ----------
        trajectories
            A frame, mapping of columns or path, or a list of them, one for each run. Runs may differ in
            length; times may be uneven; missing values of states are left out.
        time
            Column of times.
        states
            Columns of the states; all others by default.
        inputs
            Columns of measured inputs.
        run
            Column that tells runs apart.
        watch
            What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it with what
            it has.
        memory
            Keeps what was worked out, for a fit that goes on after it was cut off.

        Raises
        ------
        InvalidSetting, ColumnNotFound, DataError
            When a setting or the data cannot be used.
        """
        named = None if states is None else _names(states, "states")
        inputs = _names(inputs, "inputs")
        asked = Asked(time, named, inputs, run, self.order, self.discrete, groups=self.groups)
        settings = DynamicsSettings(
            tuple(self.operators), self.time_budget, self.order, self.discrete, dict(self.known or {}),
            dict(self.guess or {}), self.inputs_between, self.explicit_time,
            self.hidden, dict(self.units or {}), tuple(self.constraints), self.groups,
            _names(self.shared, "shared"),
        )  # fmt: skip
        watch = watch or Watch(self.time_budget)
        with watch.heeding_signals():
            self.found_, self.run_ = fit(trajectories, asked, settings, watch, memory), run
        self._learn()
        return self

    def _learn(self) -> None:
        """Set what is shown from what was found."""
        found = self.found_
        self.system_: Equations = found.recommended.equations
        self.recommended_ = found.place
        self.reason_, self.noise_, self.notes_ = found.reason, found.noise, found.notes
        self.unknown_ = {name: part for _, name, part in found.recommended.unknown_parts()}
        self.numbers_ = {name: value for name, (value, _) in found.recommended.numbers.items()}
        self.groups_ = found.groups
        self.states_, self.inputs_, self.time_ = found.names.states, found.names.inputs, found.names.time

    def of_group(self, name: str) -> DynamicsRegressor:
        """The model of one group of runs, with that group's constants."""
        check_is_fitted(self, "found_")
        model = DynamicsRegressor(**self.get_params())
        model.found_, model.run_ = self.found_.of_group(name), self.run_
        model._learn()
        return model

    @property
    def constants_(self) -> pd.DataFrame:
        """Fitted constants of the recommended system: equation, name, value, standard error, SI dimension."""
        check_is_fitted(self, "found_")
        frame: pd.DataFrame = _constants(self)
        return frame

    @property
    def front_(self) -> pd.DataFrame:
        """One row for each system."""
        import pandas as pd

        check_is_fitted(self, "found_")
        return pd.DataFrame(
            {
                "complexity": [row.complexity for row in self.found_.rows],
                "nats": [row.nats for row in self.found_.rows],
                "r2": [row.r2 for row in self.found_.rows],
                "preferred": [row.preferred for row in self.found_.rows],
                "held_out": [row.held_out for row in self.found_.rows],
                "system": ["; ".join(row.equations.lines()) for row in self.found_.rows],
                "equations": [row.equations for row in self.found_.rows],
            }
        )

    def simulate(
        self,
        x0: Mapping[str, float] | ArrayLike,
        t: ArrayLike,
        inputs: Any = None,
        *,
        level: float | None = None,
        row: int | None = None,
    ) -> pd.DataFrame:
        """Solve the recommended system.

        Parameters
        ----------
        x0
            First state: numbers by name, or in the order of ``states_``.
        t
            Times, rising; the first is that of the first state.
        inputs
            Inputs at these times: a frame or mapping of columns, or one column.
        level
            Adds lower and upper ends of the states at this level, from the errors of the constants.
        row
            Row of the front to solve in the recommended one's stead.

        Returns
        -------
        pandas.DataFrame
            Time and states; nan from where the solution diverges, of which a warning tells.
        """
        check_is_fitted(self, "found_")
        return simulate(self.found_, x0, t, inputs, level, row)

    def forecast(
        self, span: float, *, run: int = -1, inputs: Any = None, points: int = 100, level: float = 0.9
    ) -> pd.DataFrame:
        """Solve on from the end of a run, with bands from the errors of constants and of the last state.

        Parameters
        ----------
        span
            How far beyond the last row, in units of time.
        run
            Which run.
        inputs
            Inputs over the span: a frame or mapping with the time column; the last values are held by
            default.
        points
            Rows of the answer.
        level
            Of the bands.
        """
        check_is_fitted(self, "found_")
        return forecast(self.found_, span, run, inputs, points, level)

    @property
    def fixed_points_(self) -> pd.DataFrame:
        """States that stay, in and around the visited region: their values, eigenvalues and kinds."""
        check_is_fitted(self, "found_")
        frame: pd.DataFrame = _fixed_points(self.found_)
        return frame

    @property
    def conserved_(self) -> tuple[Conserved, ...]:
        """Functions of the states that stay the same along solutions; empty where none was found."""
        check_is_fitted(self, "found_")
        found: tuple[Conserved, ...] = _conserved(self.found_)
        return found

    @property
    def symmetries_(self) -> tuple[Symmetry, ...]:
        """Changes of states and time that turn solutions into solutions; empty where none was found."""
        check_is_fitted(self, "found_")
        found: tuple[Symmetry, ...] = _symmetries(self.found_)
        return found

    @property
    def dimensionless_(self) -> DimensionlessForm:
        """The recommended system in units of its own, and the pure numbers that are left of its constants."""
        check_is_fitted(self, "found_")
        form: DimensionlessForm = _own_units(self.found_)
        return form

    @property
    def stability_(self) -> str:
        """How fast neighbouring solutions part, and whether solutions stay bounded."""
        check_is_fitted(self, "found_")
        return str(_stability(self.found_))

    def plot(self, kind: str = "trajectories", **options: Any) -> Any:
        """Draw what was found; returns matplotlib's axes.

        Parameters
        ----------
        kind
            ``"trajectories"``: measured values and solutions over time, which takes ``data`` as fitted.
            ``"phase"``: rates over the plane of two states, with fixed points and, of ``data``, measured
            values; ``states`` names the two.
            ``"residuals"``: what solutions leave of measured values, which takes ``data``.
            ``"forecast"``: states beyond the last run with bands, over ``span``, that of the data by default.
        options
            As above, and ``ax``.
        """
        check_is_fitted(self, "found_")
        return _plot(self, kind, **options)

    def export(self, form: str) -> str:
        """The recommended system as a program or document: see `symlaw.language.printers.systems.SYSTEMS`."""
        check_is_fitted(self, "found_")
        columns = (*self.states_, *self.inputs_, self.time_)
        return str(_exported(self.states_, self.system_.written, columns, form, self.discrete))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted model as JSON, which `DynamicsRegressor.load` reads."""
        check_is_fitted(self, "found_")
        _save(self, path)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> DynamicsRegressor:
        """Read what `save` wrote; no code is run."""
        model: DynamicsRegressor = _load(path)
        return model

    def front_text(self) -> str:
        """The front as lines, a star at the recommended system."""
        check_is_fitted(self, "found_")
        lines = ["   size  R2         system"]
        for place, row in enumerate(self.found_.rows):
            mark = "*" if place == self.recommended_ else " "
            lines.append(f" {mark} {row.complexity:>4g}  {row.r2:<9.6f}  {'; '.join(row.equations.lines())}")
        return "\n".join(lines)

    def summary(self) -> str:
        """The front, the recommended system, and what is known of it, as text."""
        return f"{self.front_text()}\n\n{self}"

    def outcome(self) -> dict[str, Any]:
        """Figures of the recommended system, for lists of runs."""
        row = self.found_.recommended
        formula = "; ".join(row.equations.lines())
        sought = ", ".join(self.states_)
        loss = max(0.0, 1.0 - row.r2)
        return {"target": sought, "complexity": row.complexity, "loss": loss, "formula": formula}

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        check_is_fitted(self, "found_")
        record: dict[str, Any] = _to_record(self)
        return record

    def report(self, path: str | os.PathLike[str], data: Any = None) -> None:
        """Write what was found as one file that stands by itself.

        Parameters
        ----------
        path
            File to write: ``.html``, ``.md`` or ``.pdf``.
        data
            The trajectories, as fitted; without them no picture shows them.
        """
        check_is_fitted(self, "found_")
        _report(self, path, data)

    def __str__(self) -> str:
        if not hasattr(self, "found_"):
            return repr(self)
        said = [*self._lines(), f"Noise: {self.noise_}.", f"Recommended: {self.reason_}."]
        return "\n".join([*said, *(f"Note: {note}." for note in self.notes_)])

    def _lines(self) -> list[str]:
        """The recommended system, of each group where there are groups."""
        if not self.groups_:
            return self.system_.lines()
        rows = [self.found_.recommended.of_group(k) for k in range(len(self.groups_))]
        return [
            line
            for name, row in zip(self.groups_, rows, strict=True)
            for line in (f"{name}:", *(f"  {one}" for one in row.equations.lines()))
        ]

    def _repr_html_(self) -> str:
        if not hasattr(self, "found_"):
            return f"<pre>{self!r}</pre>"
        import html

        rows = "".join(
            f"<tr><td>{'★' if k == self.recommended_ else ''}</td><td>{row.complexity:g}</td>"
            f"<td>{_r2(row.r2)}</td>"
            f"<td>{'<br>'.join(html.escape(line) for line in row.equations.lines())}</td></tr>"
            for k, row in enumerate(self.found_.rows)
        )
        head = "<tr><th></th><th>size</th><th>R²</th><th>system</th></tr>"
        said = [
            f"Noise: {self.noise_}.",
            f"Recommended: {self.reason_}.",
            *(f"{note}." for note in self.notes_),
        ]
        return f"<table>{head}{rows}</table><p>{html.escape(' '.join(said))}</p>"


def _r2(value: float) -> str:
    return "" if math.isnan(value) else f"{np.floor(value * 1e5) / 1e5:.5g}"


def _names(given: Any, what: str) -> tuple[str, ...]:
    from symlaw.errors import InvalidSetting

    if isinstance(given, str) or not all(isinstance(one, str) for one in given):
        raise InvalidSetting(f"{what} is {given!r}: give a list of columns, such as ['x', 'v']")
    return tuple(given)
