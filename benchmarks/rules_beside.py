"""Rules beside other packages in the same run: people's tables, and truth tables made small.

    python -m benchmarks.rules_beside tables --tables DIR --out FILE
    python -m benchmarks.rules_beside small --out FILE
    python -m benchmarks.rules_beside verdict --out FILE

``tables`` fits symlaw, FIGS and RuleFit (imodels), RIPPER (wittgenstein), a tree and a forest of 100 trees
to the same rows. FIGS has as many splits as symlaw's rule has literals, the tree one leaf more than that, and
the others are as they come. A package that fails on a table has the error in the place of its scores.
``small`` has random truth tables made small by symlaw, by SymPy's ``simplify_logic`` and by espresso (pyeda),
and counts the literals; every answer is computed in each row. The packages come with ``pip install imodels
wittgenstein pyeda``; those that are not installed are left out and named.

Splits are those of ``benchmarks.rules``, the first split of all tables before the second. ``--out FILE``
takes a line of JSON for each answer; what it holds already is not done again.
"""

from __future__ import annotations

import argparse
import itertools
import json
import platform
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

import symlaw
from benchmarks.rules import SPLITS, TWINS, literals, scored, since, splits, table

Answer = dict[str, Any]
PACKAGES = ("imodels", "wittgenstein", "sympy", "pyeda", "scikit-learn")
# AUCs that differ by no more are a tie.
TIE = 0.005
INPUTS, DRAWN = (3, 4, 5, 6), 10


def tables(folder: Path, done: Callable[[str], bool]) -> Iterator[Answer]:
    """Scores on the rows left out, of two classes."""
    names = [path.name.removesuffix(".tsv.gz") for path in sorted(folder.glob("*.tsv.gz"))]
    for number in range(SPLITS):
        for name in names:
            key = f"tables {name} {number}"
            frame, y = table(folder, name)
            if name in TWINS or done(key) or len(np.unique(y)) != 2:
                continue
            _, train, test = next(itertools.islice(splits(frame, y), number, None))
            yield {"key": key, **compared(frame, y, train, test)}


def compared(frame: pd.DataFrame, y: np.ndarray, train: np.ndarray, test: np.ndarray) -> Answer:
    """Scores, sizes and seconds of all packages."""
    y = (y == np.unique(y)[-1]).astype(int)
    began = perf_counter()
    own = symlaw.RuleClassifier(random_state=0).fit(frame.iloc[train], y[train])
    size = literals(own)
    answer: Answer = {
        "symlaw": {**scored(own, frame.iloc[test], y[test]), "size": size, "seconds": since(began)}
    }
    for name, made in peers(max(1, size)).items():
        began = perf_counter()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                model, count = made(frame.iloc[train], y[train])
                found = scored(model, frame.iloc[test], y[test])
            answer[name] = {**found, "size": int(count), "seconds": since(began)}
        except ImportError:
            continue
        except Exception as error:
            answer[name] = {"failed": f"{type(error).__name__}: {error}"[:200]}
    return answer


Made = Callable[[pd.DataFrame, np.ndarray], tuple[Any, int]]


def peers(size: int) -> dict[str, Made]:
    """How the other packages are fitted; each gives its model and how many literals it has."""

    def figs(frame: pd.DataFrame, y: np.ndarray) -> tuple[Any, int]:
        from imodels import FIGSClassifier

        model = FIGSClassifier(max_rules=size, random_state=0).fit(frame.to_numpy(float), y)
        return OnArrays(model), int(model.complexity_)

    def rulefit(frame: pd.DataFrame, y: np.ndarray) -> tuple[Any, int]:
        from imodels import RuleFitClassifier

        model = RuleFitClassifier(random_state=0).fit(frame.to_numpy(float), y)
        return OnArrays(model), sum(str(rule).count(" and ") + 1 for rule in model.rules_)

    def ripper(frame: pd.DataFrame, y: np.ndarray) -> tuple[Any, int]:
        from wittgenstein import RIPPER

        model = RIPPER(random_state=0)
        model.fit(frame.reset_index(drop=True), y, pos_class=1)
        return OfRipper(model), sum(len(rule.conds) for rule in model.ruleset_.rules)

    def tree(frame: pd.DataFrame, y: np.ndarray) -> tuple[Any, int]:
        model = DecisionTreeClassifier(max_leaf_nodes=size + 1, random_state=0).fit(frame, y)
        return model, int(model.get_n_leaves()) - 1

    def forest(frame: pd.DataFrame, y: np.ndarray) -> tuple[Any, int]:
        model = RandomForestClassifier(100, random_state=0).fit(frame, y)
        return model, sum(one.get_n_leaves() - 1 for one in model.estimators_)

    return {"figs": figs, "rulefit": rulefit, "ripper": ripper, "tree": tree, "forest": forest}


class OnArrays:
    """A model of arrays as one of frames."""

    def __init__(self, model: Any) -> None:
        self._model, self.classes_ = model, np.array([0, 1])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """The labels."""
        return np.asarray(self._model.predict(frame.to_numpy(float))).astype(int)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """The probabilities of both classes."""
        return np.asarray(self._model.predict_proba(frame.to_numpy(float)))


class OfRipper:
    """A rule set of wittgenstein, which says whether a rule holds, with labels of 0 and 1."""

    def __init__(self, model: Any) -> None:
        self._model, self.classes_ = model, np.array([0, 1])

    def predict(self, frame: pd.DataFrame) -> np.ndarray:
        """The labels."""
        return np.asarray(self._model.predict(frame.reset_index(drop=True))).astype(int)

    def predict_proba(self, frame: pd.DataFrame) -> np.ndarray:
        """The probabilities of both classes."""
        return np.asarray(self._model.predict_proba(frame.reset_index(drop=True)))


def small(folder: Path | None, done: Callable[[str], bool]) -> Iterator[Answer]:
    """Literals of random truth tables, half of the rows true on average."""
    for n in INPUTS:
        for number in range(DRAWN):
            key = f"small {n} {number}"
            outputs = np.random.default_rng([31, n, number]).integers(0, 2, 2**n)
            if done(key) or outputs.all() or not outputs.any():
                continue
            answer: Answer = {"key": key}
            for name, made in {"symlaw": own_formula, "sympy": of_sympy, "espresso": of_espresso}.items():
                began = perf_counter()
                try:
                    size, said = made(outputs)
                except ImportError:
                    continue
                answer[name] = {
                    "literals": size,
                    "right": bool((said == outputs).all()),
                    "seconds": since(began),
                }
            yield answer


def own_formula(outputs: np.ndarray) -> tuple[int, np.ndarray]:
    """Of symlaw, conjunctions and disjunctions only, as the others have them."""
    law = symlaw.boolean("".join(map(str, outputs)), exclusive_or=False)
    rows = np.array(list(itertools.product((0, 1), repeat=len(law.table.names))))
    return law.formulas[law.recommended_].size, law.predict(rows).astype(int)


def of_sympy(outputs: np.ndarray) -> tuple[int, np.ndarray]:
    """Of SymPy, the shorter of a two-level form of either kind."""
    import sympy
    from sympy.logic import simplify_logic
    from sympy.logic.boolalg import SOPform

    n = int(np.log2(len(outputs)))
    names = sympy.symbols(f"x0:{n}")
    rows = list(itertools.product((0, 1), repeat=n))
    terms = [list(row) for row, output in zip(rows, outputs, strict=True) if output]
    formula = simplify_logic(SOPform(names, terms), force=True)
    said = [bool(formula.subs(dict(zip(names, map(bool, row), strict=True)))) for row in rows]
    count = sum(isinstance(one, sympy.Symbol) for one in sympy.preorder_traversal(formula))
    return count, np.array(said).astype(int)


def of_espresso(outputs: np.ndarray) -> tuple[int, np.ndarray]:
    """Of espresso, a disjunction of conjunctions."""
    from pyeda.inter import espresso_tts, exprvars, truthtable

    n = int(np.log2(len(outputs)))
    names = exprvars("x", n)
    # the first variable of its tables changes fastest
    rows = np.array(list(itertools.product((0, 1), repeat=n)))
    order = np.argsort(rows @ (1 << np.arange(n)))
    (formula,) = espresso_tts(truthtable(names, "".join(map(str, outputs[order]))))
    said = [bool(formula.restrict(dict(zip(names, map(int, row), strict=True)))) for row in rows]
    tree = formula.to_ast()
    return leaves_of(tree), np.array(said).astype(int)


def leaves_of(tree: Any) -> int:
    """How many literals a formula of pyeda has."""
    if tree[0] == "lit":
        return 1
    return sum(leaves_of(part) for part in tree[1:] if isinstance(part, tuple))


def verdict(lines: list[Answer]) -> None:
    """What the answers say together."""
    found = [line for line in lines if line["key"].startswith("tables")]
    if found:
        print(f"{len(found)} splits; AUC beside FIGS of as many splits as literals, mean by table:")
        both = [line for line in found if "auc" in line.get("figs", {})]
        by_table: dict[str, list[float]] = {}
        for line in both:
            by_table.setdefault(line["key"].split()[1], []).append(
                line["symlaw"]["auc"] - line["figs"]["auc"]
            )
        means = {name: float(np.mean(values)) for name, values in by_table.items()}
        for name, mean in means.items():
            print(f"  {name}: {mean:+.3f}")
        good = sum(mean >= -TIE for mean in means.values())
        print(f"won or tied on {good} of {len(means)} tables (bar: two thirds)")
        for name in ("symlaw", "figs", "rulefit", "ripper", "tree", "forest"):
            print(summed(name, found))
    made = [line for line in lines if line["key"].startswith("small")]
    for name in ("symlaw", "sympy", "espresso"):
        own = [line[name] for line in made if name in line]
        if own:
            mean = np.mean([one["literals"] for one in own])
            print(
                f"{name}: {mean:.1f} literals on average of {len(own)} truth tables, "
                f"{sum(one['right'] for one in own)} right, {sum(one['seconds'] for one in own):.0f} s"
            )


def summed(name: str, found: list[Answer]) -> str:
    """A package's means."""
    own = [line[name] for line in found if "f1" in line.get(name, {})]
    failed = sum("failed" in line.get(name, {}) for line in found)
    if not own:
        return f"{name}: no answers, {failed} failed"
    mean = {word: float(np.mean([one[word] for one in own])) for word in ("f1", "auc", "accuracy")}
    size, seconds = (np.median([one[word] for one in own]) for word in ("size", "seconds"))
    return (
        f"{name}: F1 {mean['f1']:.3f}, AUC {mean['auc']:.3f}, accuracy {mean['accuracy']:.3f}, "
        f"median size {size:g}, {seconds:g} s; {failed} failed"
    )


def installed() -> str:
    """Versions of the packages."""
    found = []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


GROUPS: dict[str, Callable[..., Iterator[Answer]]] = {"tables": tables, "small": small}


def main() -> None:
    """Run a group, and write its answers as lines; or say what a file of answers comes to."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("group", choices=[*GROUPS, "verdict"])
    asked.add_argument("--tables", type=Path, help="folder of NAME.tsv.gz")
    asked.add_argument("--out", type=Path, required=True, help="file of answers, to which is added")
    asked.add_argument("--most", type=int, default=10**9, help="answers at most")
    given = asked.parse_args()
    if given.tables is None and given.group == "tables":
        asked.error("tables needs --tables, a folder of NAME.tsv.gz")
    print(f"# symlaw {symlaw.__version__}, Python {platform.python_version()}, {platform.machine()}")
    print(f"# {installed()}")
    known = [json.loads(line) for line in given.out.read_text().splitlines()] if given.out.exists() else []
    keys = {line["key"] for line in known}
    if given.group != "verdict":
        for answer in itertools.islice(GROUPS[given.group](given.tables, keys.__contains__), given.most):
            known.append(answer)
            line = json.dumps(answer)
            print(line, flush=True)
            with given.out.open("a") as file:
                file.write(line + "\n")
    verdict(known)


if __name__ == "__main__":
    main()
