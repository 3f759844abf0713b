"""docs/python.md is what the annotated source says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import spof

HOME = Path(__file__).parents[2]


def test_the_reference_is_up_to_date() -> None:
    program = [sys.executable, HOME / "python/reference.py"]
    told = subprocess.run(program, capture_output=True, text=True, check=True).stdout
    kept = (HOME / "docs/python.md").read_text(encoding="utf-8")
    assert told == kept, "write it anew: python python/reference.py > docs/python.md"


def test_the_types_fit_together() -> None:
    words = [sys.executable, "-m", "mypy", "--config-file", HOME / "pyproject.toml"]
    checked = subprocess.run(words, cwd=HOME, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_what_the_page_about_python_shows_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME)
    page = (HOME / "docs/how-to/python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.S)
    quick_start, cluster = blocks
    names: dict[str, object] = {}
    exec(quick_start, names)
    assert isinstance(names["run"], spof.Run)
    # The cluster has tests of its own; here its lines run on this machine, and shorter.
    here = cluster.replace('engine="ray"', "**short").replace("1000", "3")
    short = {"set": {"run.duration": "20s", "run.warmup": "2s"}}
    exec(here, names | {"short": short})
