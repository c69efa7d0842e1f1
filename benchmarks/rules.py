"""Rules beside a forest and a tree: tables in a folder, planted formulas, costs, wide tables, proofs.

    python -m benchmarks.rules exact --tables DIR
    python -m benchmarks.rules tables --tables DIR
    python -m benchmarks.rules planted
    python -m benchmarks.rules noisy
    python -m benchmarks.rules costs --tables DIR
    python -m benchmarks.rules wide
    python -m benchmarks.rules proofs

A folder holds files ``NAME.tsv.gz`` with a column ``target``. Splits are stratified, 75% of the rows to
train, and fixed by their number. ``--out FILE`` takes a line of JSON for each answer; what it
holds already is not done again, and ``python -m benchmarks.rules_verdict FILE`` sums it up.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

import symlaw
from benchmarks.drup_check import check
from symlaw.language.rules.formula import Gate, truths_of, writings
from symlaw.language.rules.literals import Holds

EXACT = ("monk1", "mux6", "threeOf9", "parity5", "tic-tac-toe")
TWINS = ("crx", "agaricus-lepiota")
SPLITS = 5
Answer = dict[str, Any]


def table(folder: Path, name: str) -> tuple[pd.DataFrame, np.ndarray]:
    """A table without its target, and the target."""
    frame = pd.read_csv(folder / f"{name}.tsv.gz", sep="\t")
    return frame.drop(columns="target"), frame["target"].to_numpy()


def splits(frame: pd.DataFrame, y: np.ndarray) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """The rows to train on and those left out, by number."""
    for seed in range(SPLITS):
        train, test = train_test_split(np.arange(len(y)), test_size=0.25, random_state=seed, stratify=y)
        yield seed, train, test


def exact(folder: Path, done: Callable[[str], bool]) -> Iterator[Answer]:
    """Whether a rule from 75% of the rows is right in every row of the file."""
    for name in EXACT:
        frame, y = table(folder, name)
        for seed, train, _ in splits(frame, y):
            key = f"exact {name} {seed}"
            if not done(key):
                began = time.perf_counter()
                model = symlaw.RuleClassifier(random_state=0).fit(frame.iloc[train], y[train])
                right = bool((model.predict(frame) == y).all())
                yield {"key": key, "right": right, "literals": literals(model), "seconds": since(began)}


def tables(folder: Path, done: Callable[[str], bool]) -> Iterator[Answer]:
    """F1 of the rarer class and AUC on the rows left out, beside a forest and a tree."""
    for path in sorted(folder.glob("*.tsv.gz")):
        name = path.name.removesuffix(".tsv.gz")
        frame, y = table(folder, name)
        if name in TWINS:
            continue
        for seed, train, test in splits(frame, y):
            key = f"tables {name} {seed}"
            if done(key):
                continue
            began = time.perf_counter()
            model = symlaw.RuleClassifier(random_state=0).fit(frame.iloc[train], y[train])
            seconds = since(began)
            own = literals(model)
            forest = RandomForestClassifier(100, random_state=0).fit(frame.iloc[train], y[train])
            tree = DecisionTreeClassifier(max_leaf_nodes=max(2, own + 1), random_state=0)
            tree.fit(frame.iloc[train], y[train])
            said = {"rules": model, "forest": forest, "tree": tree}
            scores = {word: scored(one, frame.iloc[test], y[test]) for word, one in said.items()}
            yield {"key": key, "literals": own, "seconds": seconds, **scores}


def scored(model: Any, frame: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
    """F1 of the rarest class, accuracy, and AUC of two classes."""
    labels, counts = np.unique(y, return_counts=True)
    rare, said = labels[np.argmin(counts)], model.predict(frame)
    found = {
        "f1": float(f1_score(y == rare, said == rare, zero_division=0)),
        "accuracy": float(np.mean(said == y)),
    }
    if len(labels) == 2:
        found["auc"] = float(roc_auc_score(y == model.classes_[1], model.predict_proba(frame)[:, 1]))
    return found


def planted(folder: Path | None, done: Callable[[str], bool], flipped: float = 0.0) -> Iterator[Answer]:
    """Random formulas of 5 to 9 literals over 8 inputs, half of the rows missing."""
    word = "noisy" if flipped else "planted"
    every = np.array(list(itertools.product((False, True), repeat=8)))
    for number in range(100):
        key = f"{word} {number}"
        rng = np.random.default_rng([17, number])
        size = int(rng.integers(5, 10))
        formula = drawn(rng, size)
        truths = value(formula, every)
        rows = rng.permutation(256)[:128]
        clean = truths[rows]
        if done(key) or clean.all() or not clean.any():
            continue
        asked = clean ^ (rng.random(128) < flipped)
        columns = {f"x{k}": every[rows, k].astype(int) for k in range(8)}
        began = time.perf_counter()
        law = symlaw.boolean({**columns, "f": asked.astype(int)})
        one = law.formulas[law.recommended_]
        wrong, seconds = int(np.sum(clean != asked)), since(began)
        least, asked_for = smallest(truths), bits(size, wrong) - writings(as_formula(formula))
        yield {
            "key": key, "planted": size, "literals": one.size, "wrong": round(one.loss), "flipped": wrong,
            "same": bool((law.predict(every) == truths).all()), "on_front": on_front(law, every, truths),
            "shorter": told_in(one, one.loss) <= asked_for + 1e-9,
            "smallest": least.size, "told": told_in(least, wrong) <= told_in(one, one.loss) + 1e-9,
            "seconds": seconds,
        }  # fmt: skip


def smallest(truths: np.ndarray) -> Any:
    """The smallest formula found of the planted function, from all of its rows, none wrong.

    Where it and its errors (``told``) take more bits than the formula found, the rows speak for that one.
    """
    law = symlaw.boolean("".join(map(str, truths.astype(int))))
    return law.formulas[law.recommended_]


def told_in(one: Any, wrong: float) -> float:
    """Bits of a formula and its errors, less those of the ways to write it."""
    return bits(one.size, wrong) - writings(one.formula)


def as_formula(drawn: Any) -> Any:
    """A planted formula with gates of any number of parts."""
    if len(drawn) == 2:
        return Holds(f"x{drawn[0]}", drawn[1])
    word, *sides = drawn
    parts: list[Any] = []
    for one in sides:
        same = len(one) == 3 and one[0] == word
        parts += as_formula(one).parts if same else [as_formula(one)]
    return Gate(len(parts) if word == "and" else 1, tuple(parts))


def on_front(law: symlaw.BooleanLaw, every: np.ndarray, truths: np.ndarray) -> bool:
    """Whether a formula of the front is the planted function."""
    columns = {name: every[:, place].astype(float) for place, name in enumerate(law.table.names)}
    return any((truths_of(one.formula, columns, len(every)) == truths).all() for one in law.formulas)


def bits(size: int, wrong: float) -> float:
    """The description that recommends a formula of a table of 128 rows and 16 literals."""
    from symlaw.search.rules.growth import description_length

    return description_length(size, min(0.5, wrong / 128), 128.0, 16)


def drawn(rng: np.random.Generator, size: int) -> Any:
    """A random tree of conjunctions and disjunctions."""
    parts: list[Any] = [(int(rng.integers(8)), bool(rng.integers(2))) for _ in range(size)]
    while len(parts) > 1:
        i, j = sorted(rng.choice(len(parts), 2, replace=False).tolist())
        both = ("and" if rng.integers(2) else "or", parts[i], parts[j])
        parts = [part for place, part in enumerate(parts) if place not in (i, j)] + [both]
    return parts[0]


def value(formula: Any, rows: np.ndarray) -> np.ndarray:
    """Its truths."""
    if len(formula) == 2:
        return rows[:, formula[0]] == formula[1]
    left, right = value(formula[1], rows), value(formula[2], rows)
    return left & right if formula[0] == "and" else left | right


def costs(folder: Path, done: Callable[[str], bool]) -> Iterator[Answer]:
    """Mean cost at 5 : 1 with a tenth of the cells missing, beside a forest whose threshold is tuned."""
    for name in (
        "breast-cancer",
        "colic",
        "credit-a",
        "heart-c",
        "heart-h",
        "house-votes-84",
        "monk3",
        "titanic",
    ):
        frame, y = table(folder, name)
        positive = np.unique(y)[-1]
        gone = np.random.default_rng(3).random(frame.shape) < 0.1
        frame = frame.astype(float).mask(gone)
        for seed, train, test in splits(frame, y):
            key = f"costs {name} {seed}"
            if done(key):
                continue
            began = time.perf_counter()
            model = symlaw.RuleClassifier(error_costs={"miss": 5, "false_alarm": 1}, random_state=0)
            model.fit(frame.iloc[train], y[train])
            forest = RandomForestClassifier(100, oob_score=True, random_state=0).fit(
                frame.iloc[train], y[train]
            )
            inside = forest.oob_decision_function_[:, 1]
            cuts = np.linspace(0.02, 0.8, 40)
            cut = min(cuts, key=lambda one: cost(y[train] == positive, inside > one))
            yield {
                "key": key, "literals": literals(model), "seconds": since(began),
                "cost": cost(y[test] == positive, model.predict(frame.iloc[test]) == positive),
                "forest": cost(y[test] == positive, forest.predict_proba(frame.iloc[test])[:, 1] > cut),
            }  # fmt: skip


def cost(true: np.ndarray, said: np.ndarray) -> float:
    """Mean cost of a row, misses five times as dear as false alarms."""
    return float(np.mean(5.0 * (true & ~said) + 1.0 * (~true & said)))


def wide(folder: Path | None, done: Callable[[str], bool]) -> Iterator[Answer]:
    """5,000 columns, 1,000 rows, a rule of 5 literals, 5% of the labels flipped."""
    for seed in range(5):
        if done(f"wide {seed}"):
            continue
        rng = np.random.default_rng([5, seed])
        X = rng.normal(size=(1000, 5000))
        a, b, c, d, e = rng.choice(5000, 5, replace=False).tolist()
        y = ((X[:, a] > 0.3) & ((X[:, b] < 0.5) | (X[:, c] > 0.8))) | ((X[:, d] > 1) & (X[:, e] < 0))
        began = time.perf_counter()
        model = symlaw.RuleClassifier(random_state=0).fit(X, y ^ (rng.random(1000) < 0.05))
        seconds = since(began)
        fresh = rng.normal(size=(2000, 5000))
        true = ((fresh[:, a] > 0.3) & ((fresh[:, b] < 0.5) | (fresh[:, c] > 0.8))) | (
            (fresh[:, d] > 1) & (fresh[:, e] < 0)
        )
        used = set(model.decision_.columns) == {f"x{k}" for k in (a, b, c, d, e)}
        right = float(np.mean(model.predict(fresh) == true))
        yield {
            "key": f"wide {seed}",
            "columns": used,
            "right": right,
            "rule": str(model),
            "seconds": seconds,
            "gib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2),
        }


def proofs(folder: Path | None, done: Callable[[str], bool]) -> Iterator[Answer]:
    """Refutations of circuits of random functions of three and four inputs, checked without the solver."""
    for number in range(1000):
        key = f"proofs {number}"
        if done(key):
            continue
        rng = np.random.default_rng([23, number])
        inputs = int(rng.integers(3, 5))
        outputs = rng.integers(0, 2, 2**inputs)
        if outputs.all() or not outputs.any():
            continue
        law = symlaw.boolean("".join(map(str, outputs)), prove=True, time_budget=20.0)
        claim = law.circuit_
        assert claim is not None
        # the second program shares nothing with symlaw; its own checker takes minutes for larger refutations
        checked = [not check([*map(list, one.clauses)], list(one.proof)) for one in claim.certificates]
        own = [one.holds() for one in claim.certificates if len(one.proof) < 3_000]
        yield {
            "key": key, "status": claim.words(), "checked": len(checked), "own": len(own),
            "false": checked.count(False) + own.count(False),
            "longest": max((len(one.proof) for one in claim.certificates), default=0),
        }  # fmt: skip


def literals(model: Any) -> int:
    """Sizes of the recommended rules together."""
    front = model.front_
    return int(front.loc[front["recommended"], "literals"].sum())


def since(began: float) -> float:
    """Seconds since then."""
    return round(time.perf_counter() - began, 1)


GROUPS: dict[str, Callable[..., Iterator[Answer]]] = {
    "exact": exact, "tables": tables, "planted": planted,
    "noisy": lambda folder, done: planted(folder, done, 0.1), "costs": costs, "wide": wide, "proofs": proofs,
}  # fmt: skip


def main() -> None:
    """Run a group, and write its answers as lines."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("group", choices=GROUPS)
    asked.add_argument("--tables", type=Path, help="folder of NAME.tsv.gz")
    asked.add_argument("--out", type=Path, help="file of answers, to which is added")
    asked.add_argument("--most", type=int, default=10**9, help="answers at most")
    given = asked.parse_args()
    if given.tables is None and given.group in ("exact", "tables", "costs"):
        asked.error(f"{given.group} needs --tables, a folder of NAME.tsv.gz")
    print(
        f"# symlaw {symlaw.__version__}, Python {platform.python_version()}, {platform.machine()}", flush=True
    )
    known: set[str] = set()
    if given.out is not None and given.out.exists():
        known = {json.loads(line)["key"] for line in given.out.read_text().splitlines()}
    answers = GROUPS[given.group](given.tables, known.__contains__)
    for answer in itertools.islice(answers, given.most):
        line = json.dumps(answer)
        print(line, flush=True)
        if given.out is not None:
            with given.out.open("a") as file:
                file.write(line + "\n")


if __name__ == "__main__":
    main()
