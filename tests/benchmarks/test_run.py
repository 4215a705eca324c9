"""The whole performance table, as small as it can be: that it works, not how fast anything is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import table
from benchmarks.browser import binary

ROOT = Path(__file__).resolve().parents[2]
RUN_SECONDS = 300  # a limit, not a wait

pytestmark = pytest.mark.house


def test_every_row_is_measured(tmp_path):
    names = [name for name in table.ALL if name != "paint" or binary()]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "CHROMIUM")
            if name in os.environ}  # fmt: skip
    command = [sys.executable, "-m", "benchmarks", "--tiny", "--folder", str(tmp_path)]

    run = subprocess.run(
        [*command, "--rows", *names],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
    )

    assert run.returncode == 0, run.stderr
    results = json.loads((tmp_path / "results.json").read_text())
    assert list(results) == names
    for name, row in results.items():
        assert row["product"], name
        assert bool(row["baseline"]) == bool(table.ALL[name].baseline), name
    assert (tmp_path / "RESULTS.md").read_text().count("\n| ") == 1 + len(names)
