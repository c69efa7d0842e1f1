"""What a fit leaves in an estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.tasks.display.frames import alternatives_of, frame_of, report_of, terms_frame

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from symlaw.tasks.regression.fit import Fitted


def learn(model: Any, results: Sequence[Fitted], outputs: Sequence[str | int | None]) -> None:
    """Set the attributes of a fitted `symlaw.SymbolicRegressor`: tuples of each target's for several."""
    import pandas as pd

    single = list(outputs) == [None]
    frames = [frame_of(result, output) for output, result in zip(outputs, results, strict=True)]
    model.front_ = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    starts = np.cumsum([0, *(len(frame) for frame in frames)])
    places = [int(s) + r.recommended.place for s, r in zip(starts[:-1], results, strict=True)]

    def each(values: Iterable[Any]) -> Any:
        found = tuple(values)
        return found[0] if single else found

    model.recommended_ = each(places)
    model.expression_ = each(model.front_["expression"].iloc[place] for place in places)
    model.reason_ = each(result.recommended.reason for result in results)
    model.finding_ = each(result.finding for result in results)
    model.verdict_ = each("" if one.finding is None else one.finding.word for one in results)
    model.doubts_ = each(tuple(doubt.words() for doubt in result.doubts) for result in results)
    model.noise_ = each(result.noise for result in results)
    model.proof_ = each(result.proof for result in results)
    model.terms_ = terms_frame([result.terms for result in results], outputs)
    model.stopped_by_ = each(result.outcome.stopped_by for result in results)
    model.alternatives_found_ = list(map(alternatives_of, results))
    model.search_report_ = report_of(results, outputs)
    model.n_evaluations_ = sum(result.outcome.spent.evaluations for result in results)
