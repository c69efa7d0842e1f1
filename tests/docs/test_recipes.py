"""The batch script on the page about clusters runs, with one machine as the cluster."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
# Slurm's program, which starts what follows its options.
SRUN = """#!/bin/bash
while [[ "$1" == --* ]]; do shift; done
exec "$@"
"""


def script() -> str:
    blocks = re.findall(r"```text\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
    (found,) = [block for block in blocks if block.startswith("#!/bin/bash")]
    return found


def test_directives_come_first_and_the_shell_can_read_the_script(tmp_path: Path) -> None:
    lines = script().splitlines()
    directives = [place for place, line in enumerate(lines) if line.startswith("#SBATCH ")]
    assert directives == list(range(1, 1 + len(directives)))
    assert all(re.fullmatch(r"#SBATCH --[a-z-]+=\S+", lines[place]) for place in directives)
    path = tmp_path / "job.sh"
    path.write_text(script())
    assert subprocess.run(["bash", "-n", str(path)], capture_output=True, check=False).returncode == 0


@pytest.mark.slow
def test_the_script_fits_a_table(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    X = np.random.default_rng(0).uniform(1.0, 3.0, (300, 2))
    pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": X[:, 0] * np.sin(X[:, 1])}).to_parquet(
        tmp_path / "data.parquet"
    )
    programs = tmp_path / "programs"
    programs.mkdir()
    texts = {
        "srun": SRUN,
        "symlaw": f'#!/bin/bash\n[ "$1" = warmup ] || exec {sys.executable} -m symlaw "$@"\n',
        "dask": f'#!/bin/bash\nexec {sys.executable} -m dask "$@"\n',
    }
    for name, text in texts.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    # a short search, with the kernels that there are
    text = script().replace("--time 12000", "--time 600 --max-evaluations 3000 --seed 1")
    text = re.sub("export SYMLAW_CACHE_DIR.*", "", text.replace("$(hostname)", "127.0.0.1"))
    job, said = tmp_path / "job.sh", tmp_path / "said.txt"
    job.write_text(text)
    environment = {
        **os.environ,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    with said.open("w") as file:
        done = subprocess.Popen(
            ["bash", str(job)], cwd=tmp_path, env=environment, start_new_session=True, stdout=file,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            code = done.wait(timeout=300)
        finally:
            # as Slurm does when a job's script ends
            os.killpg(done.pid, signal.SIGKILL)
    assert code == 0, said.read_text()
    assert "y = " in said.read_text()
