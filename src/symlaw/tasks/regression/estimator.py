"""`SymbolicRegressor`: formulas from a table, as a scikit-learn estimator."""

from __future__ import annotations

from dataclasses import fields, replace
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from symlaw.engine.evaluate import evaluate
from symlaw.language.grammar import DEFAULT_OPERATORS
from symlaw.language.later import Later
from symlaw.language.user_operators.pickling import with_carried, with_fetched
from symlaw.search.executors import check_executor
from symlaw.tasks.display.frames import alternatives_frame, place_of
from symlaw.tasks.display.fronts import text_of
from symlaw.tasks.display.notebook import fitted_view
from symlaw.tasks.display.plotting import Above
from symlaw.tasks.inputs.intake import features_of, taken, tell
from symlaw.tasks.inputs.rescaling import taken_in_one_scale
from symlaw.tasks.model.exports import exported
from symlaw.tasks.model.learned import learn
from symlaw.tasks.regression.multi_output import fit_outputs
from symlaw.tasks.regression.other_tools import check_settings, without_self
from symlaw.tasks.regression.settings import Settings, seconds_of_each, thread_count
from symlaw.tasks.regression.shared_parts import Outputs

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from symlaw.engine.losses.table import Loss
    from symlaw.knowledge.priors.prior import Prior
    from symlaw.language.macros import Macro
    from symlaw.language.operators import Operator
    from symlaw.search.loop.search import Progress
    from symlaw.search.searchers.base import Searcher

# What is made of the estimator in modules that import it.
_save: Callable[..., None] = Later("symlaw.tasks.model.persistence.save")
_evidence_of: Callable[..., pd.DataFrame] = Later("symlaw.tasks.model.trust.evidence_of")


class SymbolicRegressor(MultiOutputMixin, RegressorMixin, BaseEstimator):
    """Find formulas that explain a target, from simplest to most accurate.

    Parameters
    ----------
    operators
        Operators that formulas may use: names, see ``symlaw.language.operator_table()``, and operators made
        of Python functions by `symlaw.operator`.
    time_budget
        Seconds to search, or None for no limit; the search may end earlier, as when a formula is exact.
    max_evaluations
        Formulas to score at most. With it and no ``time_budget``, a seed gives the same front each time.
    loss
        What is made small: ``"squared"`` errors, ``"absolute"``, ``"huber"`` or ``"huber:1.35"`` (square up
        to 1.35 times the scale of the noise, which is measured beforehand between neighbouring rows),
        ``"log-cosh"`` (the same, smoothly), ``"quantile:0.9"``, ``"relative"`` (squared errors over squared
        targets), ``"log"`` (squared errors of the logarithm, for large errors in proportion to the target),
        ``"poisson"`` (counts; formulas give the rate) or ``"logistic"`` (0 and 1; formulas give the
        probability); or a function of (y, y_pred) or (y, y_pred, weights) that gives what each row costs, see
        `symlaw.loss`. It is reported as a fraction of the best constant's. Searchers that need least squares
        stand aside under all but squared and relative errors.
    objective
        A function of (expression, X, y) or (expression, X, y, weights) that gives a number to make small. The
        front is ordered by it; the loss, beside it, steers the search and fits constants. It may be slow.
    target_loss
        Loss, as the front has it, at which the search ends; under an objective, that one's value.
    holdout
        Which fifth of the rows is held out of the search to check formulas: ``"last"``, as a forecast needs,
        or a column whose values tell rows that belong together; by chance, of 60 rows or more, by default.
    patience
        Evaluations without improvement after which the search ends. ``"auto"``: it ends when the same formula
        has long been the one to recommend, and longer ones only follow the noise; judged by evaluations, and
        off where no ``time_budget`` is given. None: never.
    max_complexity
        Largest complexity of a formula, its fitted scale and offset apart. ``"auto"``: 30, and 60 for sums of
        terms of at most 30 each.
    max_terms, max_term_complexity
        Most terms of a sum, and the largest complexity of each; any by default.
    complexity_costs
        Cost by operator name, ``"variable"`` and ``"constant"``; 1 each where not given.
    constants
        Whether fitted constants may stand inside formulas; scale and offset are always fitted. Or what all of
        them may be: ``"integer"``, ``"rational"``, ``"positive"``, or a mapping of ``kind``,
        ``max_denominator``, ``min``, ``max`` and ``positive``.
    named_constants
        Constants that formulas may use by name: symbols or names of CODATA, such as ``["c", "k_B"]``, or a
        mapping of names to a value, a pair of value and unit, or such a symbol. With ``units`` they take part
        in them, converted to what the columns imply; otherwise CODATA's are in SI units.
    exponents
        What powers may have as exponents: ``[-2, -1, 0.5, 2]`` for the operator ``pow``.
    operator_weights
        How much more or less an operator is expected than the others: ``{"sin": 0.1}``.
    prior
        What operators are expected where: ``"corpus"``, counted from engineering correlations; the path of a
        file made by ``symlaw prior fit``; or a `symlaw.Prior`.
    searchers
        Searchers, or their names; ``["sparse", "bank", "decomposition", "evolution"]`` by default.
        ``"terms"``, ``"tree_search"`` and those that installed packages add are there to be asked for.
    bank_memory
        Memory of the bank of formulas in MiB, 768 by default; a smaller bank reaches less far.
    macros
        Pieces of formulas that evolution and tree search put in as a whole: names with definitions in ``x``,
        or in ``x`` and ``y``, such as ``{"gauss": "exp(-x**2)"}``, or a list of definitions. Formulas show
        them written out.
    units
        Unit of each column by name: pint's names, such as ``"kg*m/s**2"``, or exponents, such as
        ``{"length": 1, "time": -2}``; columns left out are pure numbers. Formulas that add metres to seconds
        are not proposed. With it goes ``target_unit``.
    target_unit
        Unit of the target, ``""`` for a pure number.
    constant_units
        ``"dimensionless"``: fitted constants are pure numbers, so that a formula has the target's unit by
        itself; ``"free"``: they may carry units, scale and offset among them.
    max_nesting
        How many levels of operators may stand inside an operator: ``{"sin": {"sin": 0, "cos": 0}}``.
    max_argument_size
        Largest complexity of an operator's argument: ``{"exp": 5}``, or ``{"/": (9, 4)}`` for each of two.
    forbidden
        Parts that may not occur, in text: ``["exp(exp(x))", "a / b"]``.
    required
        What formulas of the front hold, in text: ``["x0", "sin", "exp(x1)"]``.
    template
        The form of every formula: ``"a * f(x0, x1) + g(x2)**2"``. Functions that are no operators are found,
        names that are no columns are fitted, ``diff(f(x0), x0)`` is a derivative.
    groups
        Name of a column whose values tell groups of rows. Formulas are shared, constants (with a template its
        parameters only) are a group's own, written as lookups, such as ``a[sensor]``.
    guesses
        Formulas to begin with, in text.
    library
        Folder of what earlier fits found: formulas of data that behaved alike are tried first and judged as
        any other; what is recommended is kept there.
    shared_parts
        Whether formulas of several targets share parts: what is found for one is tried in the others, in 40%
        of the time and evaluations, and numbers of a shared part are fitted on all targets. Squared errors.
    constraints
        What is known about the formula's values, in sentences: ``"increasing in x0"``, ``"y >= 0"``,
        ``"y = 1 at x0 = 0"``, ``"y -> 0 as x0 -> inf"``, ... (`symlaw.knowledge.statements.reading`); no
        formula of the front breaks one. With a price, as ``{"that": "convex in x0", "weight": 0.1}``, each
        squared standard deviation of the target by which it is off, on average, adds that to the loss. The
        target is called ``y``, and ``y0``, ``y1``, ... where there are several.
    domain
        Where constraints hold, by column: ``{"x0": (0, 10)}``; the data's range where not given.
    simplify
        Whether formulas are shown in the simplest form found with the same values on the data
        (`symlaw.simplify`); not with a template or an objective.
    oracle
        A function of an array (n_points, n_features) that gives the target there, (n_points,), or all
        targets, for data that come from a program. Decomposition asks it at points that no row has, instead
        of a smooth model of the table; losses are those on the table. It is not kept in runs.
    n_jobs
        Threads, -1 for all cores; the front does not depend on it under ``max_evaluations``.
    executor
        Who runs evolution's islands, with the same front: those ``"threads"``, as many ``"processes"``,
        ``"dask"``, the workers of a cluster, or a `distributed.Client`. ``n_jobs`` is not given with Dask.
    cluster
        Address of the cluster's scheduler, such as ``"tcp://host:8786"``.
    random_state
        Seed, or None for another search each time.
    warm_start
        Whether `fit` starts from the front found by the last one.
    run_folder
        Folder to keep a run in while it goes: header, journal, checkpoints and result.
    resume
        Whether `fit` goes on with the run in ``run_folder``, if there is one, from its latest checkpoint,
        with the same data and settings; limits may be others.
    callback
        Called with a `Progress` after each epoch; return False to stop.
    verbose
        1 prints improvements as they come; in a notebook a table and a figure are redrawn in place.

    Attributes
    ----------
    front_ : pandas.DataFrame
        One row per formula: complexity, loss (over the best constant's; for squared errors the fraction of
        variance left), r2, rmse, mae, max_error, equation, expression; several targets add ``output``,
        constraints ``constraints``: ``"proven"``, ``"tested"`` (no counterexample known) or ``"violated"``.
    expression_ : Expression
        The recommended formula; a tuple of them for several targets.
    recommended_ : int
        Its row in ``front_``; a tuple for several targets.
    reason_ : str
        Why it is recommended; a tuple for several targets.
    shared_ : System or None
        With ``shared_parts``: ``parts`` by name, ``formulas`` in terms of them, and ``text(targets)``.
    verdict_ : str
        ``"identified"``, ``"rivals"`` or ``"not learnable"``: whether these rows tell the law; empty where
        that is not asked. ``finding_``: rivals, probabilities, a sentence.
    noise_ : str
        What the recommended formula's errors say, such as ``"even: 0.02"``; a tuple for several targets.
    proof_ : str
        What is proved of short formulas beside it, such as ``"no formula of up to 5 symbols without constants
        inside does better: proved"``; empty where nothing is, and a tuple for several targets. `prove` takes
        more time for it.
    terms_ : pandas.DataFrame
        One row per term of a recommended sum of three or more: `symlaw.trust.terms.TermFigures`.
    doubts_ : tuple of str
        Constraints that the data contradict, each in a sentence; a tuple of such tuples for several targets.
    stopped_by_ : str
        What ended the search; a tuple for several targets.
    n_evaluations_ : int
        Formulas scored.
    search_report_ : pandas.DataFrame
        One row per searcher: the fields of `symlaw.search.loop.accounting.Tally`; of several targets each.
    notes_ : tuple of str
        What was done to the data, and what may be meant otherwise; also warnings of `fit`.
    target_names_ : tuple of str
        What the targets are called; y, or y0, y1, ..., where they have no names.
    reading_ : Reading
        How the formulas' columns are read of data, see ``columns``.
    group_labels_ : list of str or None
        What the groups' numbers in formulas stand for, where labels were text: number 0 for the first.
    n_features_in_, feature_names_in_
        As everywhere in scikit-learn.

    Examples
    --------
    >>> import numpy as np
    >>> from symlaw import SymbolicRegressor
    >>> X = np.linspace(1, 3, 30)[:, None]
    >>> model = SymbolicRegressor(operators=["+", "*"], max_evaluations=2000, time_budget=None,
    ...                           random_state=0).fit(X, X[:, 0] ** 2)
    >>> print(model.expression_)
    x0 * x0
    """

    def __new__(cls, *_: Any, **given: Any) -> Any:
        """A regressor; settings of other tools are refused with what to write for them."""
        check_settings(given, cls._get_param_names())
        return super().__new__(cls)

    def __init__(
        self,
        *,
        operators: Sequence[str | Operator] = DEFAULT_OPERATORS,
        time_budget: float | None = 60.0,
        max_evaluations: int | None = None,
        loss: str | Loss | Callable[..., Any] = "squared",
        objective: Callable[..., Any] | None = None,
        target_loss: float | None = None,
        holdout: str | None = None,
        patience: int | str | None = "auto",
        max_complexity: int | str = "auto",
        max_terms: int | None = None,
        max_term_complexity: int | None = None,
        complexity_costs: Mapping[str, float] | None = None,
        constants: bool | str | Mapping[str, Any] = True,
        named_constants: Sequence[str] | Mapping[str, Any] | None = None,
        exponents: Sequence[float] | None = None,
        operator_weights: Mapping[str, float] | None = None,
        prior: str | os.PathLike[str] | Prior | None = None,
        searchers: Sequence[str | Searcher] | None = None,
        bank_memory: float | None = None,
        macros: Mapping[str, str] | Sequence[str | Macro] | None = None,
        units: Mapping[str, Any] | None = None,
        target_unit: Any = None,
        constant_units: str = "dimensionless",
        max_nesting: Mapping[str, Mapping[str, int]] | None = None,
        max_argument_size: Mapping[str, Any] | None = None,
        forbidden: Sequence[str] | None = None,
        required: Sequence[str] | None = None,
        template: str | None = None,
        groups: str | None = None,
        guesses: Sequence[str] | None = None,
        library: str | os.PathLike[str] | None = None,
        shared_parts: bool = False,
        constraints: Sequence[Any] | None = None,
        domain: Mapping[str, Any] | None = None,
        simplify: bool = True,
        oracle: Callable[[NDArray[np.float64]], ArrayLike] | None = None,
        n_jobs: int | None = -1,
        executor: Any = "threads",
        cluster: str | None = None,
        random_state: Any = None,
        warm_start: bool = False,
        run_folder: str | os.PathLike[str] | None = None,
        resume: bool = False,
        callback: Callable[[Progress], bool | None] | None = None,
        verbose: int = 0,
    ) -> None:
        self.operators = operators
        self.time_budget = time_budget
        self.max_evaluations = max_evaluations
        self.loss = loss
        self.objective = objective
        self.target_loss = target_loss
        self.holdout = holdout
        self.patience = patience
        self.max_complexity = max_complexity
        self.max_terms = max_terms
        self.max_term_complexity = max_term_complexity
        self.complexity_costs = complexity_costs
        self.constants = constants
        self.named_constants = named_constants
        self.exponents = exponents
        self.operator_weights = operator_weights
        self.prior = prior
        self.searchers = searchers
        self.bank_memory = bank_memory
        self.macros = macros
        self.units = units
        self.target_unit = target_unit
        self.constant_units = constant_units
        self.max_nesting = max_nesting
        self.max_argument_size = max_argument_size
        self.forbidden = forbidden
        self.required = required
        self.template = template
        self.groups = groups
        self.guesses = guesses
        self.library = library
        self.shared_parts = shared_parts
        self.constraints = constraints
        self.domain = domain
        self.simplify = simplify
        self.oracle = oracle
        self.n_jobs = n_jobs
        self.executor = executor
        self.cluster = cluster
        self.random_state = random_state
        self.warm_start = warm_start
        self.run_folder = run_folder
        self.resume = resume
        self.callback = callback
        self.verbose = verbose

    __signature__ = without_self(__init__)

    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        *,
        y_std: ArrayLike | str | None = None,
    ) -> SymbolicRegressor:
        """Search for formulas of ``y`` in the columns of ``X``.

        Parameters
        ----------
        X
            (n_samples, n_features), an array or a pandas or polars frame; column names become variables.
        y
            (n_samples,) or (n_samples, n_outputs).
        sample_weight
            (n_samples,), not negative.
        y_std
            Standard deviations of the target's errors in place of weights: one number per row, or the name of
            a column of ``X``, which is then no feature. Rows weigh ``1 / y_std**2``.

        Raises
        ------
        DataError
            When there are fewer than 3 rows, or a target is none that the loss can judge.
        InvalidSetting, UnknownOperator
            When a setting makes no sense, or the oracle does not fit the data.
        """
        data = taken(self, X, y, sample_weight, y_std)
        data, units = taken_in_one_scale(data, self.units, self.target_unit)
        tell(data.notes, self.groups)
        self.notes_, self.reading_ = data.notes, data.reading
        self.group_labels_ = data.reading.labels(self.groups)
        settings = replace(self._settings(n_outputs=data.Y.shape[1]), units=units)
        problem = Outputs.of(data)
        results, self.shared_ = fit_outputs(self, problem, settings)
        self.target_names_ = tuple(problem.called(place) for place in range(len(results)))
        learn(self, results, [None] if data.single else problem.shown)
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Values of the recommended formula.

        Returns
        -------
        ndarray of shape (n_samples,) or (n_samples, n_outputs)
            nan where a formula is undefined.
        """
        check_is_fitted(self)
        data = features_of(self, X)
        several = isinstance(self.expression_, tuple)
        formulas: Any = self.expression_ if several else (self.expression_,)
        values = evaluate(formulas, data, self._names())
        return np.asarray(values.T if several else values[0])

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted model as JSON, read back by `symlaw.load`."""
        _save(self, path)

    def export(self, target: str, **options: Any) -> Any:
        """The recommended formula in another form, as `Expression.export`; a tuple for several targets.

        Cells of a sheet are by default those of the data's columns, dates and texts among them.
        """
        check_is_fitted(self)
        return exported(self, target, options)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    __str__ = text_of

    def __getstate__(self) -> Any:
        return with_carried(super().__getstate__(), ("loss", "objective", "oracle", "callback"))

    def __setstate__(self, state: Any) -> None:
        # parameters that the version which pickled it did not have are as usual
        usual = {name: one.default for name, one in signature(type(self)).parameters.items()}
        super().__setstate__({**usual, **with_fetched(state)})

    plot_front = Above("symlaw.report.plots.results")
    plot_fit = Above("symlaw.report.plots.results")
    plot_residuals = Above("symlaw.report.plots.results")
    plot_parity = Above("symlaw.report.plots.results")
    plot_slices = Above("symlaw.report.plots.results")
    plot_terms = Above("symlaw.report.plots.terms")
    plot_tree = Above("symlaw.report.plots.trees")
    plot_search = Above("symlaw.report.plots.search")
    report = Above("symlaw.report.document")
    add_formula = Above("symlaw.tasks.front.add_formula")
    prove = Above("symlaw.tasks.model.proving")

    def _repr_html_inner(self) -> str:
        """What a notebook shows: the front, once fitted, above scikit-learn's diagram."""
        found = fitted_view(self) if hasattr(self, "front_") else ""
        return found + str(super()._repr_html_inner())

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        bundle: dict[str, str] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, "text/html": self._repr_html_inner()} if "text/html" in bundle else bundle

    def evidence(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None, *, y_std: Any = None
    ) -> pd.DataFrame:
        """What speaks for each row of the front; the columns are `symlaw.trust.selection.evidence.Evidence`.

        X and y are those of the fit. It takes some hundred fits of constants, and needs squared errors.
        """
        return _evidence_of(self, X, y, sample_weight, y_std)

    def alternatives_(self, complexity: float, output: int | str | None = None) -> pd.DataFrame:
        """Distinct formulas of a complexity that the search found, comparable with the best, best first.

        Their constants were fitted to the rows that the search saw.

        Parameters
        ----------
        complexity
            As in ``front_``.
        output
            Number or name of the target, where there are several; the first by default.

        Returns
        -------
        pandas.DataFrame
            Columns complexity, loss, equation, expression; empty where there is none.
        """
        check_is_fitted(self)
        place = 0 if output is None else place_of(self, output) or 0
        return alternatives_frame(self.alternatives_found_[place], complexity)

    def columns(self, X: Any) -> pd.DataFrame:
        """Columns of data as the formulas have them, for `symlaw.uncertainty` and `symlaw.refit`."""
        import pandas as pd

        check_is_fitted(self)
        return pd.DataFrame(features_of(self, X), columns=self._names(), index=getattr(X, "index", None))

    def score(self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """R² of the predictions, on the rows that have all cells and a target."""
        from symlaw.tasks.model.score import score_of

        return score_of(self, X, y, sample_weight)

    def _settings(self, n_outputs: int) -> Settings:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        check_executor(self.executor, self.cluster, self.n_jobs)
        own: dict[str, Any] = {"score": self.objective, "threads": thread_count(self.n_jobs), "seed": seed}
        own["time_budget"] = seconds_of_each(self.time_budget, n_outputs)
        same = [one.name for one in fields(Settings) if one.name not in own]
        return Settings(**{name: getattr(self, name) for name in same}, **own)

    def _names(self) -> list[str]:
        return list(self.reading_.names)
