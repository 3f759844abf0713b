"""A progress bar for what takes longer: tqdm's, if it is there, in terminals and in notebooks."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from types import TracebackType
from typing import Any

PATIENCE_S = 0.5
"""What is done sooner needs no bar."""


class Progress:
    """Shown if it is wanted, or if nobody says and somebody looks: at a terminal or a notebook."""

    def __init__(self, wanted: bool | None) -> None:
        is_there = importlib.util.find_spec("tqdm") is not None
        if wanted and not is_there:
            raise ImportError("progress=True needs tqdm: pip install 'spof[progress]'")
        self._is_shown = is_there and (_somebody_looks() if wanted is None else wanted)
        self._begun = time.monotonic()
        self._bar: Any = None

    def show(self, tasks: str, done: int, of: int) -> None:
        """So many of so many tasks of this name are done."""
        is_soon = time.monotonic() - self._begun < PATIENCE_S
        if not self._is_shown or (self._bar is None and (is_soon or done >= of)):
            return
        if self._bar is None:
            # Without widgets, tqdm's bar for notebooks is a warning.
            has_widgets = importlib.util.find_spec("ipywidgets") is not None
            tqdm = importlib.import_module("tqdm.auto" if has_widgets else "tqdm").tqdm
            self._bar = tqdm(total=of, desc=tasks, leave=False)
        self._bar.total = of
        self._bar.set_description_str(tasks, refresh=False)
        self._bar.update(done - self._bar.n)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def _somebody_looks() -> bool:
    return "ipykernel" in sys.modules or sys.stderr.isatty()
