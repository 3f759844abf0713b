"""docs/python.md is what the annotated source says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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
