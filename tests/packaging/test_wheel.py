"""The built wheel, installed where nothing can be written, fits, and starts warm the second time."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from symlaw import parse

ROOT = Path(__file__).resolve().parent.parent.parent
FIT = ["-m", "symlaw", "fit", str(ROOT / "examples" / "kepler.csv"), "--target", "period_years"]
SMALL = ["--max-evaluations", "2000", "--seed", "1"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    return folder


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files in a folder of their own, nothing in it writable."""
    folder = tmp_path_factory.mktemp("site-packages")
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


def run(installed: Path, cache: Path, work: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed), "SYMLAW_CACHE_DIR": str(cache)}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "CI": "true"}
    return subprocess.run(
        [sys.executable, *FIT, *SMALL, "--runs", str(work / "runs")],
        env=environment, cwd=work, capture_output=True, text=True, check=False,
    )  # fmt: skip


def files(folder: Path) -> set[str]:
    return {str(path) for path in folder.rglob("*") if path.is_file()}


def test_sdist_and_wheel_build(built: Path) -> None:
    assert len(list(built.glob("*.whl"))) == 1
    assert len(list(built.glob("*.tar.gz"))) == 1


def test_wheel_holds_the_page_of_the_dashboard(built: Path) -> None:
    page = ROOT / "src" / "symlaw" / "dashboard" / "page"
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        assert {f"symlaw/dashboard/page/{path.name}" for path in page.iterdir()} <= set(wheel.namelist())


def test_a_law_runs_where_only_numpy_is_installed(built: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=True)
    pip = [str(tmp_path / "bare" / "bin" / "pip"), "install", "--quiet"]
    subprocess.run([*pip, "numpy"], check=True, capture_output=True)
    subprocess.run([*pip, "--no-deps", str(next(built.glob("*.whl")))], check=True, capture_output=True)
    law, table = tmp_path / "law.json", tmp_path / "data.csv"
    law.write_text(parse("364.6 * n**2 / (n**2 - 4)").export("json"))
    table.write_text("n\n3\n")
    command = [str(tmp_path / "bare" / "bin" / "symlaw-run"), str(law), str(table)]
    bare = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("predicted\n656.28\n", "")


def test_wheel_fits_from_a_read_only_place_and_is_warm_the_second_time(
    installed: Path, tmp_path: Path
) -> None:
    cache, before = tmp_path / "cache", files(installed)
    first = run(installed, cache, tmp_path)
    assert first.returncode == 0, first.stderr
    assert "compiling kernels" in first.stdout + first.stderr
    compiled = files(cache)
    second = run(installed, cache, tmp_path)
    assert second.returncode == 0, second.stderr
    assert "compiling kernels" not in second.stdout + second.stderr
    assert files(cache) == compiled
    assert files(installed) == before
