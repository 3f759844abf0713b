"""The notebooks run from start to end, so that what they say is so, and are kept without outputs."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(HOME.glob("*.ipynb"))
LONGEST_S = 300


def test_there_are_nine() -> None:
    assert [int(path.name.split("-")[0]) for path in NOTEBOOKS] == list(range(1, 10))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_outputs_and_proves_what_it_says(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert sum(len(re.findall(r"^\s*assert ", cell.source, re.M)) for cell in code) >= 4
    assert sum(cell.cell_type == "markdown" for cell in notebook.cells) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    # With a home that nobody else writes to, and pictures where the kernel wants them.
    monkeypatch.delenv("MPLBACKEND", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)
    before = set(os.listdir(HOME))
    client = nbclient.NotebookClient(
        notebook, timeout=LONGEST_S, kernel_name="python3", resources={"metadata": {"path": str(HOME)}}
    )
    client.execute()
    pictures = [
        output
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if any(kind.startswith("image/") or kind == "text/html" for kind in output.get("data", {}))
    ]
    assert pictures, "a lesson has pictures"
    assert set(os.listdir(HOME)) == before, "nothing is left behind"
