"""What is exported computes the reference values where it is meant to run: 100 random formulas at a time."""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import sqlite3
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
import pytest

from symlaw.language import Expression, operator_table, parse
from symlaw.language.printers import targets
from symlaw.language.values import values
from symlaw.testing.formulas import random_formula
from tests.language.printers.comparing import EXACT, ROUGH, compare
from tests.language.printers.reading_latex import read_latex

pytestmark = pytest.mark.consumers
Values = list[list[float]]

NAMES = ("x", "for", "mass [kg]", 'a"b\n*/', "=cmd", "__import__('os')")
N_FORMULAS, N_ROWS = 100, 7
SCHEMA = Path("/usr/share/xml/w3c-sgml-lib/schema/dtd/REC-MathML3-20101021")
COLUMNS = {
    name: np.random.Generator(np.random.Philox(place)).normal(0.4, 1.3, N_ROWS)
    for place, name in enumerate(NAMES)
}
# What ONNX Runtime has in single precision only.
SINGLE = ("asin", "acos", "atan", "atan2", "erf")
LOGIC = tuple(row.name for row in operator_table().values() if not row.is_real)
# SymPy's own code fails on some nests of these; tests/language/test_operator_table.py has each of them alone.
LEFT_OUT = {
    "latex": LOGIC,
    "sympy": (*LOGIC, "sign", "step", "floor", "min", "max", "abs", "cbrt", "atan2", "clamp"),
}


@cache
def formulas(name: str) -> tuple[Expression, ...]:
    """Random formulas of the operators that a target has, each operator alone among them."""
    left_out = (*targets()[name].lacks(), *LEFT_OUT.get(name, ()))
    rows = [row for row in operator_table().values() if row.name not in left_out]
    rng = np.random.Generator(np.random.Philox(3))
    alone = [random_formula(rng, [row], NAMES, 1, constant_share=0.0) for row in rows]
    count = N_FORMULAS - len(alone)
    return (*alone, *(random_formula(rng, rows, NAMES, int(rng.integers(2, 10))) for _ in range(count)))


def arguments(expression: Expression, row: int) -> list[float]:
    """Values of the formula's columns in a row, in the order of parameters."""
    return [float(COLUMNS[name][row]) for name in expression.variables]


def need(*programs: str) -> str:
    """The first of these programs that is there; the test is skipped without any."""
    found = next(filter(None, map(shutil.which, programs)), None)
    if found is None:
        pytest.skip(f"{programs[0]} is not installed")
    return found


def run(*command: str | Path, folder: Path) -> str:
    """Standard output of a command that has to succeed."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def read(text: str) -> Values:
    """A line of numbers for each formula."""
    return [[float(word) for word in line.split()] for line in text.splitlines() if line.strip()]


# --- one runner for each target --------------------------------------------------------------------


def run_text(laws: Sequence[Expression], _: Path) -> Values:
    return [values(parse(law.export("text")), COLUMNS).tolist() for law in laws]


def run_json(laws: Sequence[Expression], _: Path) -> Values:
    return [values(Expression.from_json(law.export("json")), COLUMNS).tolist() for law in laws]


def run_latex(laws: Sequence[Expression], _: Path) -> Values:
    """As a reader computes it."""
    found = []
    for law in laws:
        again = read_latex(law.export("latex", digits=17), law.variables)
        found.append(np.broadcast_to(values(again, COLUMNS), N_ROWS).tolist())
    return found


def run_sympy(laws: Sequence[Expression], _: Path) -> Values:
    import sympy

    from symlaw.language.printers.formats.documents.text import sympy_words

    found = []
    for law in laws:
        text = "\n".join(line for line in law.export("sympy").splitlines() if not line.startswith("#"))
        symbols = {word: sympy.Symbol(word, real=True) for word in sympy_words(law).values()}
        form = sympy.sympify(text, locals=symbols)
        if form.has(sympy.zoo, sympy.nan):
            found.append([math.nan] * N_ROWS)
            continue
        # SymPy's own numbers take minutes for some formulas
        function = sympy.lambdify(list(symbols.values()), form, ["scipy", "numpy"])
        with np.errstate(all="ignore"):
            got = function(*(COLUMNS[name] for name in law.variables))
        got = np.broadcast_to(got, N_ROWS)
        found.append(np.where(np.imag(got) == 0, np.real(got), np.nan).tolist())
    return found


def run_python(laws: Sequence[Expression], _: Path) -> Values:
    found = []
    for law in laws:
        space: dict[str, Any] = {}
        exec(law.export("python"), space)
        found.append([space["formula"](*arguments(law, row)) for row in range(N_ROWS)])
    return found


def run_numpy(laws: Sequence[Expression], _: Path) -> Values:
    found = []
    for law in laws:
        space: dict[str, Any] = {}
        exec(law.export("numpy"), space)
        with np.errstate(all="ignore"):
            got = space["formula"](*(COLUMNS[name] for name in law.variables))
        found.append(np.broadcast_to(got, N_ROWS).tolist())
    return found


def run_c(laws: Sequence[Expression], folder: Path) -> Values:
    compiler = need("gcc", "cc", "clang")
    calls, declared = [], []
    for k, law in enumerate(laws):
        source = f"#define formula formula_{k}\n{law.export('c')}"
        (folder / f"f{k}.c").write_text(source)
        declared.append(f"double formula_{k}({', '.join(['double'] * len(law.variables)) or 'void'});")
        for row in range(N_ROWS):
            calls.append(f'printf("%.17g ", formula_{k}({", ".join(map(repr, arguments(law, row)))}));')
        calls.append('printf("\\n");')
    main = "\n".join(["#include <stdio.h>", *declared, "int main(void) {", *calls, "return 0; }"])
    (folder / "main.c").write_text(main)
    files = sorted(path.name for path in folder.glob("*.c"))
    run(
        compiler,
        "-std=c99",
        "-pedantic-errors",
        "-Wall",
        "-Werror",
        "-o",
        "all",
        *files,
        "-lm",
        folder=folder,
    )
    return read(run(folder / "all", folder=folder))


def run_rust(laws: Sequence[Expression], folder: Path) -> Values:
    compiler = need("rustc")
    modules, calls = [], []
    for k, law in enumerate(laws):
        modules.append(f"mod f{k} {{\n{law.export('rust')}}}\n")
        for row in range(N_ROWS):
            given = ", ".join(f"{value!r}_f64" for value in arguments(law, row))
            calls.append(f'print!("{{:e}} ", f{k}::formula({given}));')
        calls.append("println!();")
    (folder / "all.rs").write_text("".join(modules) + "fn main() {\n" + "\n".join(calls) + "\n}\n")
    run(compiler, "-D", "warnings", "-o", "all", "all.rs", folder=folder)
    return read(run(folder / "all", folder=folder))


def run_javascript(laws: Sequence[Expression], folder: Path) -> Values:
    node = need("node", "nodejs")
    lines = ['"use strict";']
    for k, law in enumerate(laws):
        rows = [arguments(law, row) for row in range(N_ROWS)]
        lines.append(f"const f{k} = (() => {{\n{law.export('javascript')}\nreturn formula; }})();")
        lines.append(f"console.log({json.dumps(rows)}.map((row) => f{k}(...row)).join(' '));")
    (folder / "all.js").write_text("\n".join(lines), encoding="utf-8")
    return read(run(node, "all.js", folder=folder).replace("Infinity", "inf"))


def run_matlab(laws: Sequence[Expression], folder: Path) -> Values:
    octave = need("octave-cli", "octave")
    lines = []
    for k, law in enumerate(laws):
        (folder / f"f{k}.m").write_text(law.export("matlab"))
        given = ", ".join(str(COLUMNS[name].tolist()) for name in law.variables)
        lines.append(f'printf("%.17g ", f{k}({given}) + zeros(1, {N_ROWS})); printf("\\n");')
    (folder / "all.m").write_text("\n".join(lines) + "\n")
    return read(run(octave, "--no-gui", "--norc", "--quiet", "all.m", folder=folder))


def run_excel(laws: Sequence[Expression], folder: Path) -> Values:
    office = need("soffice", "libreoffice")
    letters = dict(zip(NAMES, "ABCDEF", strict=True))
    lines = []
    for row in range(N_ROWS):
        cells = [
            f'<c r="{letters[name]}{row + 2}"><v>{COLUMNS[name][row].item()!r}</v></c>' for name in NAMES
        ]
        for k, law in enumerate(laws):
            text = law.export("excel", cells={name: f"{letters[name]}{row + 2}" for name in law.variables})
            place = k + len(NAMES)
            column = (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)
            cells.append(f'<c r="{column}{row + 2}"><f>{escape(text.removeprefix("="))}</f></c>')
        lines.append(f'<row r="{row + 2}">{"".join(cells)}</row>')
    _workbook(folder / "all.xlsx", "".join(lines))
    # fields apart by commas, quoted, UTF-8, numbers as they are instead of as shown
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"
    _recalculating(folder / "office" / "user" / "registrymodifications.xcu")
    home = f"-env:UserInstallation=file://{folder / 'office'}"
    run(office, home, "--headless", "--convert-to", form, "--outdir", folder, "all.xlsx", folder=folder)
    with (folder / "all.csv").open(encoding="utf-8", newline="") as file:
        table = [row[len(NAMES) :] for row in csv.reader(file) if any(row)]
    return [[_number(row[k]) for row in table] for k in range(len(laws))]


def _recalculating(path: Path) -> None:
    """LibreOffice's settings with formulas of files computed when read."""
    path.parent.mkdir(parents=True)
    path.write_text(
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item'
        ' oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"'
        ' oor:op="fuse"><value>0</value></prop></item></oor:items>'
    )


def _workbook(path: Path, rows: str) -> None:
    """A workbook of one sheet, as Excel would read it."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override'
        f' PartName="/w.xml" ContentType="{types}.sheet.main+xml"/><Override PartName="/s.xml"'
        f' ContentType="{types}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="a"'
        f' Type="{office}/officeDocument" Target="w.xml"/></Relationships>',
        "_rels/w.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="s"'
        f' Type="{office}/worksheet" Target="s.xml"/></Relationships>',
        "w.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="s" sheetId="1" r:id="s"/>'
        "</sheets></workbook>",
        "s.xml": f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _selected(connection: Any, laws: Sequence[Expression], target: str, kind: str) -> Values:
    columns = ", ".join(f"{_quoted(name)} {kind}" for name in NAMES)
    connection.execute(f"CREATE TABLE t ({columns})")
    rows = [[float(COLUMNS[name][row]) for name in NAMES] for row in range(N_ROWS)]
    connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(NAMES))})", rows)
    found = connection.execute(f"SELECT {', '.join(law.export(target) for law in laws)} FROM t").fetchall()
    return [[math.nan if row[k] is None else float(row[k]) for row in found] for k in range(len(laws))]


def run_sqlite(laws: Sequence[Expression], _: Path) -> Values:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("SELECT sin(1)")
    except sqlite3.OperationalError:
        pytest.skip("this SQLite is built without mathematical functions")
    return _selected(connection, laws, "sqlite", "REAL")


def run_duckdb(laws: Sequence[Expression], _: Path) -> Values:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    return _selected(duckdb.connect(), laws, "duckdb", "DOUBLE")


def run_torch(laws: Sequence[Expression], _: Path) -> Values:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    found = []
    for law in laws:
        given = [torch.tensor(COLUMNS[name], dtype=torch.float64) for name in law.variables]
        found.append(np.broadcast_to(law.torch()(*given).detach().numpy(), N_ROWS).tolist())
    return found


def run_jax(laws: Sequence[Expression], _: Path) -> Values:
    jax = pytest.importorskip("jax", reason="jax is not installed")
    with jax.enable_x64(True):
        found = []
        for law in laws:
            function, constants = law.jax()
            given = [jax.numpy.asarray(COLUMNS[name]) for name in law.variables]
            found.append(np.broadcast_to(np.asarray(function(constants, *given)), N_ROWS).tolist())
    return found


def run_onnx(laws: Sequence[Expression], _: Path) -> Values:
    pytest.importorskip("onnx", reason="onnx is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")
    options = runtime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    found = []
    for law in laws:
        session = runtime.InferenceSession(law.export("onnx"), options, providers=["CPUExecutionProvider"])
        given = {
            one.name: COLUMNS[name] for one, name in zip(session.get_inputs(), law.variables, strict=True)
        }
        found.append(np.broadcast_to(session.run(None, given)[0], N_ROWS).tolist())
    return found


RUNNERS: dict[str, Callable[[Sequence[Expression], Path], Values]] = {
    name.removeprefix("run_"): function
    for name, function in list(globals().items())
    if name.startswith("run_")
}
NOT_RUN = {
    "mathml": "nothing computes it; tests/language/printers/test_mathml.py says how it reads",
}


def test_every_target_is_run_or_says_why_not() -> None:
    assert set(RUNNERS) | set(NOT_RUN) == set(targets())


@pytest.mark.parametrize("name", RUNNERS)
def test_values_are_the_reference(name: str, tmp_path: Path) -> None:
    laws = formulas(name)
    found = RUNNERS[name](laws, tmp_path)
    assert len(found) == len(laws) == N_FORMULAS
    checked = undefined = 0
    for law, got in zip(laws, found, strict=True):
        rough = name == "onnx" and any(getattr(node, "name", "") in SINGLE for node in law.nodes)
        # SymPy's values may be real by way of complex ones
        told, lost = compare(
            law, got, COLUMNS, precision=ROUGH if rough else EXACT, told_undefined=name != "sympy"
        )
        checked, undefined = checked + told, undefined + lost
    assert checked > 0.5 * N_FORMULAS * N_ROWS
    assert undefined > 0 or name == "sympy"


def test_katex_sets_every_formula(tmp_path: Path) -> None:
    node = need("node", "nodejs")
    modules = subprocess.run([need("npm"), "root", "-g"], capture_output=True, text=True, check=True).stdout
    script = (
        "const katex = require('katex'); const fs = require('fs');"
        "for (const text of JSON.parse(fs.readFileSync('laws.json')))"
        " katex.renderToString(text, {strict: 'error', displayMode: true});"
    )
    (tmp_path / "laws.json").write_text(json.dumps([law.export("latex") for law in formulas("latex")]))
    found = os.pathsep.join([modules.strip(), os.environ.get("NODE_PATH", "")])
    done = subprocess.run(
        [node, "-e", script],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "NODE_PATH": found},
    )
    if "Cannot find module 'katex'" in done.stderr:
        pytest.skip("katex is not installed")
    assert done.returncode == 0, done.stderr[-3000:]


def test_torch_trains_the_constants() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    module, x = parse("1.5 * exp(-0.3 * x) + 0.1").torch(), torch.linspace(0, 2, 30, dtype=torch.float64)
    target = 2.0 * torch.exp(-0.5 * x) + 0.2
    optimizer = torch.optim.LBFGS(
        module.parameters(), max_iter=200, tolerance_grad=1e-12, tolerance_change=1e-15
    )

    def loss() -> Any:
        optimizer.zero_grad()
        value = torch.mean((module(x) - target) ** 2)
        value.backward()
        return value

    optimizer.step(loss)
    assert {name for name, _ in module.named_parameters()} == {"c0", "c1", "c2"}
    np.testing.assert_allclose([p.item() for p in module.parameters()], [2.0, -0.5, 0.2], rtol=1e-3)


def test_jax_differentiates_by_the_constants() -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed")
    function, constants = parse("1.5 * exp(-0.3 * x)").jax()
    slopes = jax.grad(lambda c: function(c, 2.0))(constants)
    # the constants are 1.5 and, as part of the product with x, -0.3
    np.testing.assert_allclose(slopes, [math.exp(-0.6), 1.5 * 2.0 * math.exp(-0.6)], rtol=1e-5)


def test_mathml_is_valid_by_its_schema(tmp_path: Path) -> None:
    """By the document type definition of MathML 3 that W3C publishes, as Debian ships it."""
    xmllint, schema = need("xmllint"), SCHEMA / "mathml3.dtd"
    if not schema.exists():
        pytest.skip("the schema of MathML is not here: apt-get install w3c-sgml-lib")
    paths = []
    for number, formula in enumerate(formulas("mathml")):
        paths.append(tmp_path / f"{number}.xml")
        paths[-1].write_text(str(formula.export("mathml")), encoding="utf-8")
    told = subprocess.run(
        [xmllint, "--noout", "--nonet", "--dtdvalid", str(schema), *map(str, paths)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[:2000]
    assert len(paths) == N_FORMULAS
