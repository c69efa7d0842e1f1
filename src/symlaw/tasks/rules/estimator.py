"""`RuleClassifier`: a short rule from a table, as a scikit-learn estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.later import Later
from symlaw.language.rules.decision import Clause, Decision
from symlaw.language.rules.formula import text_of
from symlaw.language.rules.normal_forms import printed
from symlaw.language.rules.printers import exported
from symlaw.language.rules.printers.writing import plain
from symlaw.search.rules.compiling import compile_rules
from symlaw.search.rules.preparing import Plan
from symlaw.search.watch import Watch
from symlaw.tasks.rules.abstaining import disputed, marked
from symlaw.tasks.rules.accounts import (
    confusion_of,
    front_frame,
    front_lines,
    rival_lines,
    said_of_errors,
    said_of_fairness,
    status_of,
)
from symlaw.tasks.rules.costs import costs_of
from symlaw.tasks.rules.fairness import bounds_of, reached
from symlaw.tasks.rules.fitting import Rows, Step, fit_list, fit_two
from symlaw.tasks.rules.inputs import (
    all_missing,
    check_forbidden,
    check_monotone,
    check_required,
    check_target,
    columns_of,
    positive_of,
)
from symlaw.tasks.rules.saving import plain_rows, read, write
from symlaw.tasks.rules.stability import stability

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.rules.literals import Columns
    from symlaw.search.rules.preparing import Bound

    Floats = NDArray[np.float64]

_report: Any = Later("symlaw.report.answers.report_model")
_view: Any = Later("symlaw.report.answers.view_of")


class RuleClassifier(ClassifierMixin, BaseEstimator):
    """Find a short rule that tells classes apart.

    Parameters
    ----------
    max_literals
        The largest size of a rule: its literals, one more for each gate that is no ``and`` or ``or``, for
        each comparison of two columns, and for each two labels of a set.
    error_costs
        What errors cost. For two classes ``{"miss": 5, "false_alarm": 1}``: a miss is a row of the class of
        the rule in which it does not hold. For any number of classes ``{("high", "low"): 5}`` by the true
        class and what is said of it, all other errors costing 1; or a data frame with the true classes down
        and what is said across.
    class_weight
        ``"balanced"``, a dict of weights by class, or None.
    positive
        For two classes, the one that the rule is about; the last in sorted order by default.
    forbidden
        Columns that no rule may use.
    required
        Columns that every rule uses.
    fair
        For two classes, columns that no rule uses, and by how much rates may differ between their labels:
        ``{"sex": 0.05}`` bounds the shares of rows in which the rule holds, ``{"sex":
        {"true_positive_rate": 0.05, "false_positive_rate": 0.1}}`` those of the rows of the rule's class and
        of the others. Labels of fewer than ten rows are left out. ``status_`` says what was reached.
    monotone
        For two classes, columns of numbers of which larger values may only speak for the rule's class
        (``"increasing"``) or only against it (``"decreasing"``), such as ``{"age": "increasing"}``; rules
        then have no ``xor``, and say nothing of gaps in these columns.
    exclusive_or, at_least
        Whether rules may have ``xor``, and gates such as "at least 2 of (a; b; c)".
    time_budget
        Seconds after which the search ends with what it has; None for no limit. The search has an end of its
        own, and the clock only cuts.
    random_state
        Of the division of rows on which sizes are compared.

    Attributes
    ----------
    decision_ : Decision
        The rule, or for more than two classes rules in order.
    front_ : pandas.DataFrame
        For two classes, rules from the simplest to the one that is best on the rows given; for more, those of
        each step.
    status_ : str
        What is known of the rule.
    classes_ : ndarray
        The labels.
    rivals_ : tuple of str
        Other rules of the same size that describe the rows given as well, up to 200; for more than two
        classes each behind its class.
    aside_ : tuple of str
        Columns that were left aside before the search because others say more about the target.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> X = rng.uniform(0, 10, (200, 3))
    >>> model = RuleClassifier(random_state=0).fit(X, (X[:, 0] > 6) & (X[:, 2] < 5))
    >>> print(model)
    x0 > 6 and x2 <= 5
    """

    # which question it is of, for runs and reports
    TASK = "rules"
    _kinds: dict[str, str]

    def __init__(
        self,
        *,
        max_literals: int = 30,
        error_costs: Mapping[Any, float] | pd.DataFrame | None = None,
        class_weight: Mapping[Any, float] | str | None = None,
        positive: Any = None,
        forbidden: Sequence[str] | None = None,
        required: Sequence[str] | None = None,
        fair: Mapping[str, float | Mapping[str, float]] | None = None,
        monotone: Mapping[str, str] | None = None,
        exclusive_or: bool = True,
        at_least: bool = True,
        time_budget: float | None = 60.0,
        random_state: Any = None,
    ) -> None:
        self.max_literals = max_literals
        self.error_costs = error_costs
        self.class_weight = class_weight
        self.positive = positive
        self.forbidden = forbidden
        self.required = required
        self.fair = fair
        self.monotone = monotone
        self.exclusive_or = exclusive_or
        self.at_least = at_least
        self.time_budget = time_budget
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.string = True
        return tags

    def fit(
        self, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None, *, watch: Watch | None = None
    ) -> RuleClassifier:
        """Find a rule.

        Parameters
        ----------
        X
            Columns of numbers, truths, texts and dates, some cells missing: a data frame, or an array of
            shape (n_samples, n_features).
        y
            Labels, (n_samples,).
        sample_weight
            How much each row counts, (n_samples,), not negative.
        watch
            What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it with what
            it has.

        Raises
        ------
        DataError
            When there is one class only, or no column has a cell.
        InvalidSetting
            When a setting makes no sense.
        """
        _check_settings(self)
        watch = watch or Watch(self.time_budget)
        columns = self._columns(X, reset=True)
        labels = column_or_1d(y, warn=True)
        if labels.dtype.kind == "f" and np.isnan(labels).any():
            row = int(np.flatnonzero(np.isnan(labels))[0]) + 1
            raise DataError(f"y is NaN in row {row}: leave out rows without a label")
        if labels.dtype.kind in "fc":
            check_classification_targets(labels)
        n = len(next(iter(columns.values())))
        if len(labels) != n:
            raise DataError(f"X has {n} rows and y has {len(labels)} labels: give one label for each row")
        weights = _check_sample_weight(
            sample_weight, np.empty((n, 0)), dtype=np.float64, ensure_non_negative=True
        )
        counted = weights > 0
        if not counted.any():
            raise DataError("sample_weight is 0 in every row: at least one row must count")
        labels, weights = labels[counted], weights[counted]
        columns = {name: values[counted] for name, values in columns.items()}
        self.classes_ = check_target(labels)
        if all_missing(columns):
            raise DataError("every cell of every column is missing: give columns with cells")
        weights = weights * compute_sample_weight(self.class_weight, labels)
        with watch.heeding_signals():
            compile_rules(watch)
            self._fit(columns, labels, weights, watch)
        return self

    def _fit(self, columns: Columns, labels: NDArray[Any], weights: Floats, watch: Watch) -> None:
        positive = positive_of(self.positive, self.classes_) if len(self.classes_) == 2 else None
        rows = Rows(columns, labels, weights, costs_of(self.error_costs, self.classes_, positive))
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        plan = Plan(
            most=self.max_literals,
            odd=self.exclusive_or,
            several=self.at_least,
            forbidden=check_forbidden(self.forbidden, rows.columns),
            required=check_required(self.required, self.forbidden, self.fair, rows.columns),
            fair=bounds_of(self.fair, rows.columns),
            monotone=check_monotone(self.monotone, rows.columns),
            seed=seed,
        )
        if len(self.classes_) == 2:
            watch.tell(f"rules for {positive}")
            steps = [fit_two(rows, positive, plan, watch)]
            self._otherwise = next(label for label in self.classes_ if label != positive)
        else:
            asked = {"positive": self.positive, "monotone": self.monotone, "fair": self.fair}
            given = [name for name, value in asked.items() if value is not None]
            if given:
                raise InvalidSetting(
                    f"{given[0]} is for two classes, and the target has {len(self.classes_)}: leave it out"
                )
            steps, self._otherwise = fit_list(rows, plan, watch)
        self._steps = [
            (step.label, step.found.front[step.found.place].formula, step.shares) for step in steps
        ]
        self._learn(rows, steps, plan.fair)

    def _learn(self, rows: Rows, steps: list[Step], bounds: Sequence[Bound]) -> None:
        """Keep what is shown of the fronts."""
        self.front_ = front_frame(steps, rows)
        self.aside_ = tuple(dict.fromkeys(name for step in steps for name in step.found.candidates.aside))
        self.status_ = status_of(steps)
        self._rivals = [step.found.rivals.formulas for step in steps]
        self._confusion = confusion_of(self.decision_, rows)
        self._errors = said_of_errors(self.decision_, rows, self._confusion)
        if self.fair:
            self._learn_fairness(rows, steps[0], bounds)

    def _learn_fairness(self, rows: Rows, step: Step, bounds: Sequence[Bound]) -> None:
        """Keep what was reached of the rates that may not differ."""
        holds = self.decision_.places(rows.columns, len(rows.y)) == 0
        found = reached(bounds, rows.columns, rows.y == step.label, holds, step.found.left_out)
        self.status_ += said_of_fairness(step, found)
        self._errors += [one.line(step.label) for one in found]

    @property
    def decision_(self) -> Decision:
        """The recommended decision."""
        check_is_fitted(self, "classes_")
        return Decision(tuple(Clause(formula, label) for label, formula, _ in self._steps), self._otherwise)

    @property
    def rivals_(self) -> tuple[str, ...]:
        """Other rules of the same size that describe the rows given as well."""
        check_is_fitted(self, "classes_")
        several = len(self.classes_) > 2
        return tuple(
            f"{label}: {text_of(rival)}" if several else text_of(rival)
            for (label, _, _), rivals in zip(self._steps, self._rivals, strict=True)
            for rival in rivals
        )

    @property
    def confusion_(self) -> pd.DataFrame:
        """How many of the rows given are of each class (down) and get each label (across)."""
        check_is_fitted(self, "classes_")
        return self._confusion.frame()

    @property
    def errors_(self) -> tuple[str, ...]:
        """The confusion of labels on the rows given, and which of these the rule gets wrong, in lines."""
        check_is_fitted(self, "classes_")
        return tuple(self._errors)

    def disputed(self, X: Any) -> NDArray[np.bool_]:
        """Rows of which a rival says something else than the rule, (n_samples,).

        The rows that were fitted cannot tell the rule from its rivals.
        """
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        return disputed(self.decision_, self._rivals, columns, len(next(iter(columns.values()))))

    def predict(self, X: Any, *, abstain: bool = False) -> NDArray[Any]:
        """The label of each row, (n_samples,).

        Parameters
        ----------
        X
            Rows with the columns of the fit.
        abstain
            Whether a row that the rule and one of its rivals label differently has None in place of a label;
            the labels are then objects.
        """
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        n = len(next(iter(columns.values())))
        decision = self.decision_
        labels = np.array([*(label for label, _, _ in self._steps), self._otherwise], self.classes_.dtype)
        found = np.asarray(labels[decision.places(columns, n)])
        return marked(found, disputed(decision, self._rivals, columns, n)) if abstain else found

    def predict_proba(self, X: Any) -> Floats:
        """How probable each class is, (n_samples, n_classes), in the order of ``classes_``.

        Rows are counted in which the same literals hold, and to these some that are as far from the decision:
        by how many literals would have to change for the rule to say otherwise.
        """
        return self._probabilities(X)[0]

    def predict_intervals(self, X: Any) -> Floats:
        """Ends of the 95% interval of what `predict_proba` says of the rule's class, (n_samples, 2)."""
        check_is_fitted(self)
        if len(self.classes_) != 2:
            raise InvalidSetting("intervals are for two classes: take predict_proba")
        return self._probabilities(X)[1]

    def _probabilities(self, X: Any) -> tuple[Floats, Floats]:
        check_is_fitted(self)
        columns = self._columns(X, reset=False)
        n = len(next(iter(columns.values())))
        found, left = np.zeros((n, len(self.classes_))), np.ones(n)
        ends = np.zeros((n, 2))
        for label, formula, shares in self._steps:
            share, low, high = shares.said(formula, columns, n)
            found[:, int(np.flatnonzero(self.classes_ == label)[0])] += left * share
            left = left * (1.0 - share)
            ends = np.column_stack([low, high])
        found[:, int(np.flatnonzero(self.classes_ == self._otherwise)[0])] += left
        return found, ends

    def _columns(self, X: Any, *, reset: bool) -> Columns:
        """The columns of a table by name, checked as scikit-learn does."""
        # one kind of sparse matrix is a dict
        if isinstance(X, Mapping) and not issparse(X):
            X = pd.DataFrame(X)
        if hasattr(X, "columns") or hasattr(X, "__arrow_c_stream__"):
            validate_data(self, X, skip_check_array=True, reset=reset)
            columns, kinds = columns_of(X, None if reset else self._kinds)
        else:
            dtype = "numeric" if getattr(getattr(X, "dtype", None), "kind", "O") != "O" else None
            array = validate_data(self, X, dtype=dtype, ensure_all_finite="allow-nan", reset=reset)
            columns, kinds = columns_of(np.asarray(array), None if reset else self._kinds)
        if reset:
            self._kinds = kinds
        return columns

    def stability(self, X: Any, y: ArrayLike, *, draws: int = 20, time_budget: float = 5.0) -> pd.DataFrame:
        """Rules that are found on tables of rows drawn again, and how often each is.

        Parameters
        ----------
        X, y
            As for `fit`.
        draws
            Tables that are drawn, each of as many rows, with replacement.
        time_budget
            Seconds for each.

        Returns
        -------
        pandas.DataFrame
            ``columns`` that a rule uses, its ``share`` of the draws, one such ``rule``, and in which share of
            the given rows it says the same as this model (``agrees``), the commonest first.
        """
        check_is_fitted(self, "classes_")
        return stability(self, X, y, draws, time_budget)

    def text(self, way: str = "factored") -> str:
        """The rule of each class in one of `symlaw.language.rules.normal_forms.WAYS`.

        Parameters
        ----------
        way
            ``"factored"`` as it was found, ``"two-level"`` as conjunctions side by side,
            ``"decision-list"`` as conjunctions in order.
        """
        check_is_fitted(self, "classes_")
        clauses = self.decision_.clauses
        said = [printed(clause.formula, way) for clause in clauses]
        if len(clauses) == 1:
            return said[0]
        return "\n".join(f"{clause.label}:\n{one}" for clause, one in zip(clauses, said, strict=True))

    def export(self, form: str, **options: Any) -> str:
        """The decision in one of `symlaw.language.rules.printers.FORMS`, such as ``sql``.

        Parameters
        ----------
        form
            Its name.
        options
            ``name`` of the SQL column or the Python function, ``cells`` of the columns in a sheet.
        """
        return exported(self.decision_, form, **options)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the rule to a JSON file, which `RuleClassifier.load` reads."""
        check_is_fitted(self)
        write(self, path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> RuleClassifier:
        """Read what `save` wrote; no code is run.

        Raises
        ------
        RunError
            When the file is missing, damaged or of an unknown version.
        """
        model = cls()
        read(model, path)
        return model

    def report(self, path: str | os.PathLike[str]) -> None:
        """Write what was found as one file that stands by itself: ``.html``, ``.md`` or ``.pdf``."""
        check_is_fitted(self)
        _report(self, path)

    def summary(self) -> str:
        """The front, the rule, what is known of it, and where it errs, as text."""
        return f"{self.front_text()}\n\n{self}\n\n{self.accounts()}"

    def outcome(self) -> dict[str, Any]:
        """Figures of the rule, for lists of runs."""
        taken = self.front_[self.front_["recommended"]]
        sums = {"complexity": int(taken["literals"].sum()), "loss": float(taken["cost"].sum())}
        return {**sums, "formula": " ".join(str(self).split())}

    def to_record(self) -> dict[str, Any]:
        """What was found, as plain values for programs."""
        check_is_fitted(self)
        return {
            "rule": str(self), "status": self.status_, "rivals": list(self.rivals_),
            "classes": [plain(label) for label in self.classes_], "aside": list(self.aside_),
            "front": plain_rows(self.front_), "errors": list(self._errors),
        }  # fmt: skip

    def accounts(self) -> str:
        """What is known of the rule, and where it errs, as text."""
        check_is_fitted(self)
        return "\n".join([self.status_, *rival_lines(self.rivals_), "", *self._errors])

    def front_text(self) -> str:
        """The front as lines: size, cost, cost on rows left out, rule; the recommended one is marked."""
        check_is_fitted(self)
        return front_lines(self.front_)

    def _repr_html_inner(self) -> str:
        """What a notebook shows: the rule, once fitted, above scikit-learn's diagram."""
        found = str(_view(self)) if hasattr(self, "classes_") else ""
        return found + str(super()._repr_html_inner())

    def __str__(self) -> str:
        return self.decision_.text() if hasattr(self, "classes_") else repr(self)


def _check_settings(model: RuleClassifier) -> None:
    literals, seconds = model.max_literals, model.time_budget
    if not isinstance(literals, (int, np.integer)) or isinstance(literals, bool) or literals < 1:
        raise InvalidSetting(f"max_literals is {literals!r}: give a whole number from 1 up")
    if seconds is not None and not (isinstance(seconds, (int, float)) and seconds > 0):
        raise InvalidSetting(f"time_budget is {seconds!r}: give seconds above 0, or None")
